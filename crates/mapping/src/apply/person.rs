//! Whose message it is.

use std::collections::HashSet;

use care::{Finding, FindingKind, Identifier, Kind, Person, Severity};
use hl7::{Component, Field, Segment};

use super::Run;
use super::text::{Fault, iso};
use crate::codes::Lookup;
use crate::route::Routes;
use crate::rule::Identity;
use crate::spot::{Found, Scope, Spot};

/// What identifiers are by the field they stand in, where CX.5 does not say (2.3 senders).
const TYPES: &[(&str, u16, &str)] = &[
    ("PID", 2, "PT"),
    ("PID", 3, "MR"),
    ("PID", 4, "PI"),
    ("PID", 18, "AN"),
    ("PID", 19, "SS"),
];
/// How many identifiers one message may give a person. Real ones have a dozen; each costs its
/// look-ups in the database.
const IDENTIFIERS_MAX: usize = 100;
/// Stands for the authority where neither the message nor the setting names one.
const NO_AUTHORITY: &str = "unknown";

impl<'r, 'a> Run<'r, 'a> {
    /// The person of a message that has a PID with anything in it.
    ///
    /// A message of several people, or one whose identity cannot be read, is held as a whole:
    /// nothing of it may reach the wrong chart.
    pub(super) fn person(&mut self, identity: &Identity) -> Option<Person> {
        let mut patients = self.outline.patients();
        let first = patients.next()?;
        if patients.any(|other| !same_content(first, other)) {
            let sentence = "the message is about several people; its sender must send one each";
            let finding = Finding::new(Severity::Hold, FindingKind::AmbiguousClient, sentence);
            self.findings.push(finding.at("PID[2]"));
            self.is_void = true;
            return None;
        }
        if content(first).all(|field| field.iter().all(|byte| b"^~&\"".contains(byte))) {
            return None;
        }
        match self.read_person(identity) {
            Ok(person) => Some(person),
            Err(fault) => {
                self.report(Severity::Hold, fault);
                self.is_void = true;
                None
            }
        }
    }

    fn read_person(&mut self, identity: &Identity) -> Result<Person, Fault> {
        let scope = self.scope(None);
        Ok(Person {
            identifiers: self.all_identifiers(&scope, &identity.identifiers)?,
            last_name: self.text_of(&scope, &identity.last_name)?,
            first_name: self.text_of(&scope, &identity.first_name)?,
            birth_date: self.birth_date(&scope, &identity.birth_date)?,
            sex: self.sex(&scope, &identity.sex)?,
        })
    }

    /// Every identifier once, in the order of the message.
    fn all_identifiers(
        &self,
        scope: &Scope<'r, 'a>,
        places: &[Routes],
    ) -> Result<Vec<Identifier>, Fault> {
        let mut identifiers = Vec::new();
        let mut known = HashSet::new();
        for spot in places.iter().flat_map(|routes| scope.all(routes).0) {
            for identifier in self.identifiers(&spot)? {
                if known.insert(identifier.clone()) {
                    identifiers.push(identifier);
                }
            }
            if identifiers.len() > IDENTIFIERS_MAX {
                return Err(self.too_many_identifiers(&spot));
            }
        }
        Ok(identifiers)
    }

    fn too_many_identifiers(&self, spot: &Spot<'a>) -> Fault {
        let sentence = format!(
            "the person has more than {IDENTIFIERS_MAX} identifiers; nothing of the message is \
             imported"
        );
        Fault {
            kind: FindingKind::BadValue,
            path: spot.path(self.outline),
            sentence,
        }
    }

    /// The identifiers of one CX: under the universal id of its authority (CX.4.2) and under its
    /// namespace (CX.4.1), where it has both.
    fn identifiers(&self, spot: &Spot<'a>) -> Result<Vec<Identifier>, Fault> {
        let id = self.component(spot, 1)?;
        if id.is_empty() {
            return Ok(Vec::new());
        }
        let type_code = match self.component(spot, 5)? {
            stated if !stated.is_empty() => stated,
            _ => spot.type_by_place(TYPES).to_owned(),
        };
        let authority = spot.repetition.component(4);
        let universal = self.hd(spot, authority, 2)?;
        let namespace = self.hd(spot, authority, 1)?;
        let mut authorities: Vec<_> = [universal, namespace]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        if authorities.is_empty() {
            authorities.push(self.default_authority().to_owned());
        }
        let identifier = |authority| Identifier {
            authority,
            id: id.clone(),
            type_code: type_code.clone(),
        };
        Ok(authorities.into_iter().map(identifier).collect())
    }

    fn default_authority(&self) -> &str {
        match self.setting.default_authority {
            Some(authority) => authority,
            None if self.account.sender.is_empty() => NO_AUTHORITY,
            None => &self.account.sender,
        }
    }

    fn hd(
        &self,
        spot: &Spot<'a>,
        authority: Option<Component<'a>>,
        number: usize,
    ) -> Result<String, Fault> {
        let part = authority.and_then(|authority| authority.subcomponent(number));
        match part.and_then(|part| part.presence().value()) {
            Some(value) => self.trimmed(&spot.with(value)),
            None => Ok(String::new()),
        }
    }

    fn text_of(&self, scope: &Scope<'r, 'a>, routes: &Routes) -> Result<String, Fault> {
        Ok(self.first_text(scope, routes)?.unwrap_or_default())
    }

    fn birth_date(&mut self, scope: &Scope<'r, 'a>, routes: &Routes) -> Result<String, Fault> {
        let Found::Value(spot) = scope.first(routes) else {
            return Ok(String::new());
        };
        let text = self.trimmed(&spot)?;
        let read = iso(&text, Kind::Date);
        if read.is_none() {
            let fault = self.bad_value(&spot, &text, "not a date");
            self.report(Severity::Warn, fault);
        }
        Ok(read.unwrap_or_default())
    }

    /// In the words of table `sex`; a code that it does not know says nothing.
    fn sex(&self, scope: &Scope<'r, 'a>, routes: &Routes) -> Result<String, Fault> {
        let code = self.text_of(scope, routes)?;
        Ok(
            match self
                .setting
                .codes
                .lookup("sex", &self.account.sender, &code, "")
            {
                Lookup::Value(value) => value.to_owned(),
                Lookup::Skip | Lookup::Miss => String::new(),
            },
        )
    }
}

/// Whether two PID are the same but for their number (PID-1).
fn same_content(a: Segment<'_>, b: Segment<'_>) -> bool {
    content(a).eq(content(b))
}

fn content(pid: Segment<'_>) -> impl Iterator<Item = &[u8]> {
    pid.fields().skip(1).map(Field::raw)
}
