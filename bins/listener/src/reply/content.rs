//! What a reply says: what became of the message, and what somebody must look at.

use hl7::{Ack, AckCode, AckCondition, AckStamp, Charset, Header};
use tank::{Answer, CharsetSource, DueReply};

use crate::feed::Feed;
use crate::remarks::{Remarks, code_of};

/// What there is to say.
pub(super) enum Content {
    Say(Answer),
    /// The sender does not want to hear of this outcome.
    NotWanted,
    /// The message is on its way through the importer again.
    NotYet,
}

/// The application acknowledgment to a message, a message of our own in the shape of its version.
pub(super) fn content(feed: &Feed, reply: &DueReply, stamp: &AckStamp<'_>) -> Content {
    if let Some(written) = &reply.written {
        return Content::Say(written.clone());
    }
    let Some(code) = code_of(reply.state) else {
        return Content::NotYet;
    };
    let wanted = AckCondition::parse(reply.wanted.as_bytes()).unwrap_or(AckCondition::Always);
    // It had a header when it was kept.
    let Some(header) = Header::parse(&reply.head)
        .ok()
        .filter(|_| wanted.wants(code))
    else {
        return Content::NotWanted;
    };
    let faults = Remarks::faults(match code {
        AckCode::ApplicationError => &reply.findings,
        _ => &[],
    });
    let errors = faults.errors();
    let ack = Ack {
        text: errors.first().and_then(|error| error.user_message),
        errors: &errors,
        charset: agreed_charset(feed, reply, header),
        ..Ack::new(code)
    };
    Content::Say(Answer {
        code: code.as_str().to_owned(),
        bytes: ack.answer(&header, stamp).into(),
    })
}

/// What was agreed with the sender when the message came, which is not what the feed says now; but of
/// a message that was kept before that was recorded, nothing else is known.
fn agreed_charset(feed: &Feed, reply: &DueReply, header: Header<'_>) -> Option<Charset> {
    let read_as = &reply.read_as;
    match read_as.source {
        CharsetSource::Feed => Charset::from_label(read_as.charset.as_bytes()).ok(),
        CharsetSource::Unrecorded => feed.agreed_charset(header),
        CharsetSource::Message | CharsetSource::Guess | CharsetSource::Unknown => None,
    }
}
