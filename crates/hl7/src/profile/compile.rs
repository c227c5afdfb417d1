//! From what the user wrote to what runs. Every mistake is noted and reading goes on.

mod field;

use std::collections::{BTreeMap, BTreeSet};
use std::ops;

use toml::Spanned;

use super::Profile;
use super::error::{ProfileError, ProfileFault, ProfileFaultKind};
use super::range::Range;
use super::rule::{AcceptedVersion, MessageType, SegmentRules};
use super::spec::{FieldSpec, RangeSpec, Spec};
use crate::path::Path;
use crate::version::Version;

/// The profile that a spec means; the text is that of the file.
pub(super) fn compile(spec: Spec, text: &str) -> Result<Profile, ProfileError> {
    let mut compiler = Compiler {
        text,
        tables: &spec.tables,
        faults: Vec::new(),
    };
    compiler.check_tables();
    let profile = Profile {
        name: spec.name,
        message_types: compiler.list(spec.applies_to, message_type),
        versions: compiler.list(spec.versions, version),
        segments: compiler.segments(spec.segments, spec.fields),
    };
    if compiler.faults.is_empty() {
        Ok(profile)
    } else {
        Err(ProfileError::new(compiler.faults))
    }
}

fn message_type(text: &str) -> Result<MessageType, ProfileFaultKind> {
    let (code, event) = match text.split_once('^') {
        Some((code, event)) => (code, Some(event)),
        None => (text, None),
    };
    if !is_code(code) || !event.is_none_or(is_code) {
        return Err(ProfileFaultKind::MessageType);
    }
    Ok(MessageType {
        code: code.to_owned(),
        event: event.map(str::to_owned),
    })
}

fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    !text.is_empty() && text.bytes().all(is_part)
}

fn version(text: &str) -> Result<AcceptedVersion, ProfileFaultKind> {
    let version = Version::parse(text.as_bytes()).ok_or(ProfileFaultKind::Version)?;
    Ok(AcceptedVersion {
        version,
        text: text.to_owned(),
    })
}

struct Compiler<'s> {
    text: &'s str,
    tables: &'s BTreeMap<String, Spanned<Vec<String>>>,
    faults: Vec<ProfileFault>,
}

impl Compiler<'_> {
    fn check_tables(&mut self) {
        for codes in self.tables.values() {
            if codes.get_ref().is_empty() {
                self.fault(&codes.span(), ProfileFaultKind::EmptyList);
            }
        }
    }

    fn list<T>(
        &mut self,
        spec: Option<Spanned<Vec<Spanned<String>>>>,
        read: fn(&str) -> Result<T, ProfileFaultKind>,
    ) -> Vec<T> {
        let Some(spec) = spec else {
            return Vec::new();
        };
        if spec.get_ref().is_empty() {
            self.fault(&spec.span(), ProfileFaultKind::EmptyList);
        }
        let mut list = Vec::new();
        for one in spec.into_inner() {
            match read(one.get_ref()) {
                Ok(value) => list.push(value),
                Err(fault) => self.fault(&one.span(), fault),
            }
        }
        list
    }

    fn segments(
        &mut self,
        counts: BTreeMap<Spanned<String>, Spanned<RangeSpec>>,
        fields: BTreeMap<Spanned<String>, FieldSpec>,
    ) -> BTreeMap<[u8; 3], SegmentRules> {
        let mut segments: BTreeMap<[u8; 3], SegmentRules> = BTreeMap::new();
        for (name, count) in counts {
            let name = self.segment_name(&name);
            let count = self.range(&count);
            if let (Some(name), Some(count)) = (name, count) {
                segments.entry(name).or_default().count = count;
            }
        }
        let mut in_order: Vec<_> = fields.into_iter().collect();
        in_order.sort_by_key(|(key, _)| key.span().start);
        let mut places = BTreeSet::new();
        for (key, spec) in in_order {
            if let Some(rule) = self.field(&key, spec) {
                if !places.insert(rule.path) {
                    let place = rule.path.to_string();
                    self.fault(&key.span(), ProfileFaultKind::PlaceTwice { place });
                }
                segments
                    .entry(rule.path.name())
                    .or_default()
                    .fields
                    .push(rule);
            }
        }
        for rules in segments.values_mut() {
            rules.fields.sort_by_key(|rule| rule.path);
        }
        segments
    }

    fn segment_name(&mut self, name: &Spanned<String>) -> Option<[u8; 3]> {
        // The name of a place has the same form.
        match Path::parse(&format!("{}-1", name.get_ref())) {
            Ok(path) if !name.get_ref().contains('[') => Some(path.name()),
            _ => self.nothing(&name.span(), ProfileFaultKind::SegmentName),
        }
    }

    fn range(&mut self, spec: &Spanned<RangeSpec>) -> Option<Range> {
        let RangeSpec::Text(text) = spec.get_ref();
        match Range::parse(text) {
            Some(range) => Some(range),
            None => self.nothing(&spec.span(), ProfileFaultKind::Range),
        }
    }

    fn fault(&mut self, at: &ops::Range<usize>, kind: ProfileFaultKind) {
        self.faults
            .push(ProfileFault::new(kind, self.text, at.start));
    }

    fn nothing<T>(&mut self, at: &ops::Range<usize>, kind: ProfileFaultKind) -> Option<T> {
        self.fault(at, kind);
        None
    }
}
