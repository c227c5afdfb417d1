//! `Debug` without content: ids, lengths and states, because message bytes are patient data.

use std::fmt::{Debug, Formatter, Result};

use crate::arrival::{Altered, Answer, Arrival, Arrived, AsWritten, MessageKeys, Receipt};
use crate::batch::{Claimed, Disposition};
use crate::body::Body;
use crate::reply::{DueReply, OpenLink};
use crate::view::{FindingView, MessageView, Stored};
use crate::work_list::WorkItem;

/// How many bytes or things there are, in the place of what they are.
struct Length(usize);

impl Debug for Length {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "[{}]", self.0)
    }
}

impl Debug for Body {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        Length(self.len()).fmt(f)
    }
}

impl Debug for Arrival {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Arrival")
            .field("feed", &self.feed)
            .field("peer", &self.peer)
            .field("received_at", &self.received_at)
            .field("body", &self.body)
            .field("state", &self.state)
            .field("answer", &self.answer)
            .field("altered", &self.altered)
            .field("sequence", &self.sequence)
            .field("read_as", &self.read_as)
            .finish_non_exhaustive()
    }
}

impl Debug for Altered {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Altered")
            .field("state", &self.state)
            .field("answer", &self.answer)
            .finish()
    }
}

impl Debug for MessageKeys {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("MessageKeys")
            .field("control_id", &Length(self.control_id.len()))
            .finish_non_exhaustive()
    }
}

impl Debug for AsWritten {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str("AsWritten")
    }
}

impl Debug for Answer {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Answer")
            .field("code", &self.code)
            .field("bytes", &Length(self.bytes.len()))
            .finish()
    }
}

impl Debug for Arrived {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let (state, _) = self.state_and_reason();
        state.fmt(f)
    }
}

impl Debug for Receipt {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Receipt::New { id } => f.debug_struct("New").field("id", id).finish(),
            Receipt::Altered { id, earlier } => f
                .debug_struct("Altered")
                .field("id", id)
                .field("earlier", earlier)
                .finish(),
            Receipt::Repeat {
                id,
                answer,
                earlier,
            } => f
                .debug_struct("Repeat")
                .field("id", id)
                .field("answer", &Length(answer.len()))
                .field("earlier", earlier)
                .finish(),
            Receipt::OutOfSequence { expected } => f
                .debug_struct("OutOfSequence")
                .field("expected", expected)
                .finish(),
        }
    }
}

impl Debug for Claimed {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Claimed")
            .field("id", &self.id)
            .field("feed", &self.feed)
            .field("received_at", &self.received_at)
            .field("body", &Length(self.body.len()))
            .field("attempts", &self.attempts)
            .field("read_as", &self.read_as)
            .finish()
    }
}

impl Debug for Disposition {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Disposition::Import(import) => f
                .debug_struct("Import")
                .field("changes", &Length(import.changes.len()))
                .field("findings", &Length(import.findings.len()))
                .finish_non_exhaustive(),
            Disposition::Ignore(_) => f.write_str("Ignore"),
            Disposition::Hold(findings) => f
                .debug_tuple("Hold")
                .field(&Length(findings.len()))
                .finish(),
        }
    }
}

impl Debug for OpenLink {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("OpenLink")
            .field("peer", &self.peer)
            .field("heard_at", &self.heard_at)
            .finish_non_exhaustive()
    }
}

impl Debug for DueReply {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("DueReply")
            .field("message_id", &self.message_id)
            .field("due_at", &self.due_at)
            .field("received_at", &self.received_at)
            .field("peer", &self.peer)
            .field("wanted", &self.wanted)
            .field("state", &self.state)
            .field("head", &Length(self.head.len()))
            .field("read_as", &self.read_as)
            .field("findings", &self.findings)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

impl Debug for MessageView {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("MessageView")
            .field("id", &self.id)
            .field("feed", &self.feed)
            .field("received_at", &self.received_at)
            .field("state", &self.state)
            .field("answer_code", &self.answer_code)
            .field("altered_from", &self.altered_from)
            .finish_non_exhaustive()
    }
}

impl Debug for Stored {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Stored")
            .field("view", &self.view)
            .field("body", &Length(self.body.len()))
            .field("answer", &Length(self.answer.len()))
            .field("findings", &self.findings)
            .finish()
    }
}

impl Debug for FindingView {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("FindingView")
            .field("severity", &self.severity)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Debug for WorkItem {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("WorkItem")
            .field("kind", &self.kind)
            .field("feed", &self.feed)
            .field("table", &self.table)
            .field("findings", &self.findings)
            .field("messages", &self.messages)
            .field("first_message", &self.first_message)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}
