//! What came of a run.

use std::collections::BTreeMap;
use std::time::Duration;

use hl7::AckCode;

use crate::histogram::Histogram;
use crate::misbehaviour::Misbehaviour;

/// What came of a run: every answer, and every one that did not come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The time until the last answer.
    pub elapsed: Duration,
    /// Messages sent in whole frames; one that is repeated counts each time.
    pub sent: u64,
    /// Bytes of these frames.
    pub sent_bytes: u64,
    /// Answers by MSA-1 (HL7 table 0008), whatever they answer.
    pub answers: BTreeMap<&'static str, u64>,
    /// Messages whose time to be answered passed.
    pub missing: u64,
    /// Messages that had time left when their connection was lost, or was given up because the
    /// answer to an earlier one was missing.
    pub unanswered: u64,
    /// Answers to messages that were answered before.
    pub doubled: u64,
    /// Answers to what this link never sent.
    pub strange: u64,
    /// Frames that are no answers, and bytes that are no frames.
    pub unreadable: u64,
    /// Answers that overtook an earlier one. HL7 allows it.
    pub out_of_order: u64,
    /// Connections that the listener closed, or that broke, when nobody wished it.
    pub lost_connections: u64,
    /// Links that got no connection any more.
    pub lost_links: u64,
    /// Messages that were due at the rate and not sent before the end: what is reported is then
    /// about a lower rate.
    pub behind: u64,
    /// Time from the moment at which a message was due until its answer. Without a rate a message
    /// is due when there is room for it in flight. Messages of misbehaviours are not timed.
    pub latency: Histogram,
    /// Time from the moment at which a message was sent until its answer.
    pub service: Histogram,
    /// How the listener took each misbehaviour.
    pub misbehaviours: BTreeMap<Misbehaviour, Outcomes>,
}

/// How often a misbehaviour was answered as expected, and how often otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "there is no third way")]
pub struct Outcomes {
    /// As [`Misbehaviour::expected`] says.
    pub as_expected: u64,
    /// In any other way.
    pub otherwise: u64,
}

impl Report {
    /// Whether each message that was due was sent, answered once and accepted, and each
    /// misbehaviour taken as expected.
    pub fn is_good(&self) -> bool {
        let accepts = |code: &str| {
            let code = AckCode::parse(code.as_bytes());
            code.is_some_and(AckCode::is_accept)
        };
        let refused = self.answers.iter().filter(|(code, _)| !accepts(code));
        let refused = refused.map(|(_, count)| count).sum();
        let faults = [
            refused,
            self.missing,
            self.unanswered,
            self.doubled,
            self.strange,
            self.unreadable,
            self.lost_links,
            self.behind,
        ];
        let unexpected = self
            .misbehaviours
            .values()
            .map(|outcomes| outcomes.otherwise);
        faults.into_iter().chain(unexpected).all(|count| count == 0)
    }

    /// Adds what came of another link.
    pub(crate) fn add(&mut self, other: &Report) {
        self.elapsed = self.elapsed.max(other.elapsed);
        self.sent += other.sent;
        self.sent_bytes += other.sent_bytes;
        for (code, count) in &other.answers {
            *self.answers.entry(code).or_default() += count;
        }
        self.missing += other.missing;
        self.unanswered += other.unanswered;
        self.doubled += other.doubled;
        self.strange += other.strange;
        self.unreadable += other.unreadable;
        self.out_of_order += other.out_of_order;
        self.lost_connections += other.lost_connections;
        self.lost_links += other.lost_links;
        self.behind += other.behind;
        self.latency.add(&other.latency);
        self.service.add(&other.service);
        for (misbehaviour, outcomes) in &other.misbehaviours {
            let own = self.misbehaviours.entry(*misbehaviour).or_default();
            own.as_expected += outcomes.as_expected;
            own.otherwise += outcomes.otherwise;
        }
    }

    pub(crate) fn count_answer(&mut self, code: AckCode) {
        *self.answers.entry(code.as_str()).or_default() += 1;
    }

    pub(crate) fn count_outcome(&mut self, misbehaviour: Misbehaviour, as_expected: bool) {
        let outcomes = self.misbehaviours.entry(misbehaviour).or_default();
        if as_expected {
            outcomes.as_expected += 1;
        } else {
            outcomes.otherwise += 1;
        }
    }
}
