//! From one message to an import.

mod coded;
mod combine;
mod field;
mod number;
mod person;
mod record;
mod result;
mod text;

use std::cmp::Reverse;
use std::collections::HashMap;

use care::{Account, AddPolicy, Change, Finding, FindingKind, Import, Severity};
use hl7::{Charset, Message, Outline, RecodeError, Segment};

use crate::codes::Codes;
use crate::mapping::Mapping;
use crate::route::Routes;
use crate::rule::Rule;
use crate::spot::{Found, Scope};

/// How many findings one message may have, besides the one that counts the others. Each is a row
/// of the database and a line that somebody reads.
const FINDINGS_MAX: usize = 1_000;

/// What a mapping must know besides the message.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "built by every importer")]
pub struct Setting<'s> {
    /// The code tables and decisions.
    pub codes: &'s Codes,
    /// When the message arrived, in milliseconds since 1970: newer and older where the message
    /// itself does not say.
    pub received_at: i64,
    /// The authority of identifiers that name none; without it, the sender.
    pub default_authority: Option<&'s str>,
    /// The offset from UTC, east positive, of timestamps that state none. Only the judgement of
    /// newer and older uses it; values are stored as they were sent.
    pub offset_minutes: i16,
    /// The character set of the message, where that is decided already. Without it, it is what
    /// MSH-18 says; where that is empty, UTF-8, or Windows-1252 where the bytes are no UTF-8.
    pub charset: Option<Charset>,
}

/// What a mapping makes of a message.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "every importer must treat each")]
#[expect(
    clippy::large_enum_variant,
    reason = "one per message, and taken apart at once"
)]
pub enum Mapped {
    /// No rule is for messages of this type.
    NotWanted,
    /// The records and findings.
    Import(Import),
}

impl Mapping {
    /// Applies the rules to one message.
    ///
    /// Whatever the message holds, this gives an import: what cannot be read is a finding. A
    /// record that a finding holds is not among the changes; the others are.
    pub fn apply(&self, message: &Message<'_>, setting: &Setting<'_>) -> Mapped {
        if !self.wants(&message.header()) {
            return Mapped::NotWanted;
        }
        let needs_recoding = match setting.charset {
            Some(charset) => charset.overlaps_ascii(),
            None => message.needs_recoding(),
        };
        if !needs_recoding {
            return Mapped::Import(self.import(message, setting));
        }
        let recoded = match setting.charset {
            Some(charset) => message.to_utf8_from(charset),
            None => message.to_utf8(),
        };
        let in_utf8 = Setting {
            charset: Some(Charset::UTF_8),
            ..*setting
        };
        Mapped::Import(match recoded {
            Ok(recoded) => self.import(&recoded.message(), &in_utf8),
            Err(error) => unsplittable(message, setting, error),
        })
    }

    fn import(&self, message: &Message<'_>, setting: &Setting<'_>) -> Import {
        let outline = Outline::of(message);
        let mut run = Run::new(message, &outline, setting);
        let person = run.person(&self.identity);
        let mut drafts = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.is_for(message)) {
            drafts.extend(run.records(rule));
        }
        if run.is_void {
            drafts.clear();
        }
        let add = add_policy(&drafts, message);
        let changes = combine::combine(drafts, &mut run.findings);
        let person = person.filter(|_| !run.is_void);
        let (account, findings) = (run.account, limited(unique(run.findings)));
        Import {
            account,
            person,
            add,
            changes,
            findings,
        }
    }
}

/// Nothing of a message that cannot be read as text before it is split: half of a character might
/// end a field.
fn unsplittable(message: &Message<'_>, setting: &Setting<'_>, error: RecodeError) -> Import {
    let outline = Outline::of(message);
    let mut run = Run::new(message, &outline, setting);
    let place = match error {
        RecodeError::Undecodable { segment, .. } => message.segment_at(segment),
        _ => None,
    };
    let place = place.map_or(String::new(), |segment| outline.name(segment));
    run.report(
        Severity::Hold,
        text::Fault {
            kind: FindingKind::Undecodable,
            path: place,
            sentence: error.to_string(),
        },
    );
    Import {
        account: run.account,
        person: None,
        add: AddPolicy::Hold,
        changes: Vec::new(),
        findings: run.findings,
    }
}

impl Rule {
    fn is_for(&self, message: &Message<'_>) -> bool {
        self.messages
            .iter()
            .any(|wanted| wanted.is(&message.header()))
    }
}

/// A change and the rule that made it.
struct Draft<'r> {
    rule: &'r Rule,
    change: Change,
}

/// One message on its way through the rules.
struct Run<'r, 'a> {
    outline: &'r Outline<'a>,
    setting: &'r Setting<'r>,
    charset: Charset,
    account: Account,
    findings: Vec<Finding>,
    /// Nothing of the message may be written: it is not clear whose it is, or a rule wants all of
    /// its records or none.
    is_void: bool,
}

impl<'r, 'a> Run<'r, 'a> {
    fn new(
        message: &Message<'a>,
        outline: &'r Outline<'a>,
        setting: &'r Setting<'r>,
    ) -> Run<'r, 'a> {
        let mut run = Run {
            outline,
            setting,
            charset: setting.charset.unwrap_or_else(|| charset(message)),
            account: Account::default(),
            findings: Vec::new(),
            is_void: false,
        };
        run.account = Account {
            sender: run.party("MSH-4.1 | MSH-3.1"),
            receiver: run.party("MSH-6.1 | MSH-5.1"),
        };
        run
    }

    fn party(&mut self, routes: &str) -> String {
        let routes = Routes::parse(routes).unwrap_or_default();
        match self.scope(None).first(&routes) {
            Found::Value(spot) => self.trimmed(&spot).unwrap_or_else(|undecodable| {
                self.report(Severity::Hold, undecodable);
                self.is_void = true;
                String::new()
            }),
            Found::Nothing | Found::Null(_) => String::new(),
        }
    }

    fn scope(&self, at: Option<Segment<'a>>) -> Scope<'r, 'a> {
        Scope {
            outline: self.outline,
            at,
        }
    }

    fn report(&mut self, severity: Severity, fault: text::Fault) {
        let finding = Finding::new(severity, fault.kind, fault.sentence).at(fault.path);
        self.findings.push(finding);
    }
}

/// What MSH-18 says, or one guess for the whole message where it says nothing. Of a set that
/// cannot be read at least ASCII can: other characters are findings.
fn charset(message: &Message<'_>) -> Charset {
    match message.charset() {
        Ok(Charset::UNSTATED) => Charset::guess(message.as_bytes()),
        Ok(charset) => charset,
        Err(_) => Charset::ASCII,
    }
}

/// Adds without asking only what a registration message says in full.
fn add_policy(drafts: &[Draft<'_>], message: &Message<'_>) -> AddPolicy {
    let is_registration = message.header().message_code() == b"ADT";
    let by_type = if is_registration {
        AddPolicy::Automatic
    } else {
        AddPolicy::Hold
    };
    let mut clients = drafts
        .iter()
        .filter(|draft| draft.change.record.name == "client")
        .peekable();
    let may_add = clients.peek().is_some()
        && clients.all(|draft| draft.rule.add.unwrap_or(by_type) == AddPolicy::Automatic);
    if may_add {
        AddPolicy::Automatic
    } else {
        AddPolicy::Hold
    }
}

/// Each fault of a place once, at its gravest: several fields may read the same place.
fn unique(findings: Vec<Finding>) -> Vec<Finding> {
    let mut unique: Vec<Finding> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let table = finding.code.as_ref().map(|code| code.table.clone());
        let key = (finding.kind, finding.path.clone(), table);
        match known
            .get(&key)
            .and_then(|place: &usize| unique.get_mut(*place))
        {
            Some(same) if !key.1.is_empty() && is_fault_of_place(key.0) => {
                if same.severity < finding.severity {
                    *same = finding;
                }
            }
            _ => {
                known.insert(key, unique.len());
                unique.push(finding);
            }
        }
    }
    unique
}

/// No more findings than a person reads: the gravest, in their order, and how many more there are.
fn limited(mut findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() <= FINDINGS_MAX {
        return findings;
    }
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let rest = findings.split_off(FINDINGS_MAX);
    if let Some(gravest) = rest.first() {
        let sentence = format!("and {} more findings", rest.len());
        findings.push(Finding::new(gravest.severity, gravest.kind, sentence));
    }
    findings
}

fn is_fault_of_place(kind: FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::BadValue | FindingKind::Undecodable | FindingKind::UnmappedCode
    )
}
