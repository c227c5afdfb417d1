//! In which character set a message is read, and what to do where that fails.

use care::{Finding, FindingKind};
use hl7::{Charset, UnknownCharset};
use tank::{CharsetSource, Claimed, ReadAs};

/// The character set that was recorded when the message came; nothing where its own MSH-18 is to
/// say.
pub(crate) fn recorded(read_as: &ReadAs) -> Result<Option<Charset>, UnknownCharset> {
    match read_as.source {
        CharsetSource::Unrecorded | CharsetSource::Unknown => Ok(None),
        CharsetSource::Message | CharsetSource::Feed | CharsetSource::Guess => {
            Charset::from_label(read_as.charset.as_bytes()).map(Some)
        }
    }
}

/// Says of what is no text which setting would make it one.
pub(crate) fn advise(findings: &mut [Finding], message: &Claimed) {
    for finding in findings {
        if finding.kind == FindingKind::Undecodable {
            finding.sentence += &advice(message);
        }
    }
}

fn advice(message: &Claimed) -> String {
    let (because, setting) = match message.read_as.source {
        CharsetSource::Message => ("MSH-18 says so", "charset and charset_wins"),
        CharsetSource::Feed => ("its feed says so", "charset"),
        CharsetSource::Guess => ("MSH-18 is empty", "charset"),
        CharsetSource::Unknown => (
            "MSH-18 names no set that can be read",
            "charset and charset_wins",
        ),
        CharsetSource::Unrecorded => ("MSH-18 may be wrong", "charset and charset_wins"),
    };
    let feed = &message.feed;
    format!(
        "; {because}: set {setting} of feed {feed} to what the sender writes, then cistern retry"
    )
}
