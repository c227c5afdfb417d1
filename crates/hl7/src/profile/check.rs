//! A message held against the rules of a profile.

use std::collections::BTreeMap;

use super::Profile;
use super::field_check::FieldCheck;
use super::finding::{Finding, Findings, Place};
use super::range::Range;
use crate::ack::{ErrorCondition, Severity};
use crate::charset::Charset;
use crate::message::Message;

pub(super) struct Check<'a> {
    profile: &'a Profile,
    message: &'a Message<'a>,
    /// None where MSH-18 names one that cannot be read.
    charset: Option<Charset>,
    findings: Findings,
}

impl<'a> Check<'a> {
    pub(super) fn run(profile: &'a Profile, message: &'a Message<'a>) -> Vec<Finding> {
        let mut check = Check {
            profile,
            message,
            charset: message.charset().ok(),
            findings: Findings::default(),
        };
        check.version();
        check.charset();
        check.segment_counts();
        check.fields();
        check.findings.into_vec()
    }

    fn version(&mut self) {
        let version = self.message.header().version_number();
        let versions = &self.profile.versions;
        if versions.is_empty() || versions.iter().any(|one| Some(one.version) == version) {
            return;
        }
        let texts: Vec<&str> = versions.iter().map(|one| one.text.as_str()).collect();
        let wanted = texts.join(" or ");
        let place = Place::of_segment(*b"MSH", 1).of_field(12);
        let sentence = format!("{place} is no version that is accepted: send {wanted}");
        self.found(ErrorCondition::UnsupportedVersionId, place, sentence);
    }

    fn charset(&mut self) {
        if self.charset.is_some() || !self.profile.may_read_text() {
            return;
        }
        let place = Place::of_segment(*b"MSH", 1).of_field(18);
        let sentence =
            format!("{place} is no character set that can be read: texts are not checked");
        self.found(ErrorCondition::TableValueNotFound, place, sentence);
    }

    fn segment_counts(&mut self) {
        let mut counts: BTreeMap<[u8; 3], usize> = BTreeMap::new();
        for segment in self.message.segments() {
            if let Some((name, _)) = self.profile.rules_of(segment) {
                *counts.entry(name).or_default() += 1;
            }
        }
        for (name, rules) in &self.profile.segments {
            let count = counts.get(name).copied().unwrap_or_default();
            if !rules.count.contains(count) {
                self.wrong_segment_count(*name, rules.count, count);
            }
        }
    }

    fn wrong_segment_count(&mut self, name: [u8; 3], wanted: Range, count: usize) {
        // The first that is too many, or the first that is missing.
        let place = Place::of_segment(name, wanted.most.min(count) + 1);
        let name = place.name();
        let (condition, sentence) = match (count, wanted.most) {
            (0, _) => (
                ErrorCondition::SegmentSequenceError,
                format!("{name} is missing: send {wanted}"),
            ),
            (_, 0) => (
                ErrorCondition::SegmentSequenceError,
                format!("{name} is not accepted: leave it out"),
            ),
            _ => (
                ErrorCondition::NonConformantCardinality,
                format!("the number of {name} is {count}: send {wanted}"),
            ),
        };
        self.found(condition, place, sentence);
    }

    fn fields(&mut self) {
        let mut ordinals: BTreeMap<[u8; 3], usize> = BTreeMap::new();
        for segment in self.message.segments() {
            let Some((name, rules)) = self.profile.rules_of(segment) else {
                continue;
            };
            let ordinal = ordinals.entry(name).or_default();
            *ordinal += 1;
            let place = Place::of_segment(name, *ordinal);
            for rule in &rules.fields {
                FieldCheck::run(rule, segment, place, self.charset, &mut self.findings);
            }
            if self.findings.are_full() {
                return;
            }
        }
    }

    fn found(&mut self, condition: ErrorCondition, place: Place, sentence: String) {
        self.findings.add(Finding {
            condition,
            severity: Severity::Error,
            place,
            sentence,
        });
    }
}
