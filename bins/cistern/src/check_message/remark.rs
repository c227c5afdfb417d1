//! One thing that is wrong.

use hl7::{Finding, Severity};

/// How grave it is, and what it is. It tells a place, never what stands there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) severity: Severity,
    pub(super) sentence: String,
}

impl Remark {
    pub(super) fn error(sentence: impl Into<String>) -> Remark {
        Remark {
            severity: Severity::Error,
            sentence: sentence.into(),
        }
    }

    pub(super) fn warning(sentence: impl Into<String>) -> Remark {
        Remark {
            severity: Severity::Warning,
            sentence: sentence.into(),
        }
    }

    pub(super) fn note(sentence: impl Into<String>) -> Remark {
        Remark {
            severity: Severity::Information,
            sentence: sentence.into(),
        }
    }
}

impl From<&Finding> for Remark {
    fn from(finding: &Finding) -> Remark {
        Remark {
            severity: finding.severity(),
            sentence: finding.sentence().to_owned(),
        }
    }
}

/// What a severity is called where people read it.
pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Information => "note",
        Severity::Warning => "warning",
        _ => "error",
    }
}
