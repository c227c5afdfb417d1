//! The character set of what an answer says itself, beside what it gives back.

use super::answer::V2_3;
use super::{Ack, AckStamp};
use crate::charset::Charset;
use crate::header::Header;
use crate::levels::Field;
use crate::version::Version;

/// The character set in which our own text is written: theirs, else UTF-8, else ASCII.
pub(super) fn charset_of_texts(
    ack: &Ack<'_>,
    header: Header<'_>,
    stamp: &AckStamp<'_>,
    version: Version,
) -> Charset {
    // Not where a character could hold the byte of a delimiter.
    let writes = |charset: Charset, text: &str| {
        charset.encode(text).is_some() && (text.is_ascii() || !charset.overlaps_ascii())
    };
    let stated = ack.charset_of(header);
    if let Ok(theirs) = stated
        && ack.texts(stamp).all(|text| writes(theirs, text))
    {
        return theirs;
    }
    let theirs = stated.unwrap_or(Charset::UNSTATED);
    let mut given_back = given_back(ack, header, stamp, version)
        .into_iter()
        .flatten();
    if given_back.all(|raw| reads_as_utf_8(raw, theirs)) {
        Charset::UTF_8
    } else {
        Charset::ASCII
    }
}

/// What goes back to the sender as it came.
fn given_back<'a>(
    ack: &Ack<'_>,
    header: Header<'a>,
    stamp: &AckStamp<'_>,
    version: Version,
) -> [Option<&'a [u8]>; 8] {
    let unless = |is_ours: bool, raw| Some(raw).filter(|_| !is_ours);
    let whole = |number| header.field(number).map(Field::raw);
    [
        Some(header.sending_application()),
        Some(header.sending_facility()),
        unless(
            stamp.sending_application.is_some(),
            header.receiving_application(),
        ),
        unless(
            stamp.sending_facility.is_some(),
            header.receiving_facility(),
        ),
        unless(version < V2_3, header.trigger_event()),
        Some(header.control_id()),
        whole(11),
        whole(12).filter(|_| ack.version.is_none()),
    ]
}

fn reads_as_utf_8(raw: &[u8], charset: Charset) -> bool {
    let text = charset.decode(raw);
    text.is_ok_and(|text| str::from_utf8(raw).is_ok_and(|utf_8| text == utf_8))
}
