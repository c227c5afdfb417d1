//! Where a file goes, and what the report beside it says.

use std::fmt::Write as _;

use crate::file::FileReport;

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    /// What somebody should know, in sentences; never a word of the file.
    pub(super) report: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All of it is kept; some may wait for a person here.
    Processed,
    /// Something of it cannot be imported, and its sender should know.
    Rejected,
}

impl Outcome {
    /// Its name in the metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Outcome::Processed => "processed",
            Outcome::Rejected => "rejected",
        }
    }
}

impl Verdict {
    pub(super) fn of(report: &FileReport) -> Verdict {
        let kept = report.received + report.repeated + report.held + report.refused;
        let is_empty = kept + report.broken + report.not_kept == 0;
        if is_empty && report.ignored == 0 {
            return Verdict::rejected("No message is in this file.\n");
        }
        let outcome = if report.unusable() > 0 {
            Outcome::Rejected
        } else {
            Outcome::Processed
        };
        Verdict {
            outcome,
            report: (is_empty || report.waiting() > 0).then(|| told(report)),
        }
    }

    pub(super) fn too_long(bytes_max: usize) -> Verdict {
        Verdict::rejected(&format!(
            "This file was not read: it is longer than file_bytes_max, {bytes_max} bytes.\n\
             Keep it with `cistern hold`, or raise file_bytes_max and put it back into the folder.\n"
        ))
    }

    pub(super) fn utf_16() -> Verdict {
        Verdict::rejected(
            "This file was not read: it is UTF-16. Write it in UTF-8 and put it back.\n",
        )
    }

    fn rejected(report: &str) -> Verdict {
        Verdict {
            outcome: Outcome::Rejected,
            report: Some(report.to_owned()),
        }
    }
}

fn told(report: &FileReport) -> String {
    let mut text = String::new();
    for (count, sentence) in [
        (report.received, "kept, and on the way to the records"),
        (report.repeated, "kept before, and not again"),
        (report.held, "kept, and waiting for a person"),
        (
            report.refused,
            "kept, but not imported: the feed does not take such messages",
        ),
        (report.broken, "kept, but not messages"),
        (report.still_held, "of those kept before, still waiting"),
        (
            report.still_refused,
            "of those kept before, still not imported",
        ),
        (report.not_kept, "not kept: the database refuses it"),
        (
            report.ignored,
            "kept, but acknowledgments, of which nothing is imported",
        ),
    ] {
        if count > 0 {
            // Writing to a String cannot fail.
            writeln!(text, "{count} {sentence}").ok();
        }
    }
    if let Some(charset) = report.rows_read_as {
        writeln!(text, "rows read as {charset}").ok();
    }
    if report.waiting() == 0 {
        return text;
    }
    text.push('\n');
    for remark in &report.remarks {
        writeln!(text, "{remark}").ok();
    }
    if report.more() > 0 {
        writeln!(text, "and {} more", report.more()).ok();
    }
    text.push('\n');
    if report.held + report.still_held > 0 {
        text += "`cistern list --state held` shows what waits, `cistern retry` lets it go on.\n";
    }
    if report.unusable() > 0 {
        text += "When the lines above are mended, or the feed takes them, put the file back into the \
                 folder.\nWhat is kept already is not kept again.\n";
    }
    text
}
