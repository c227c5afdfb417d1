//! What messages get wrong by the dictionary of their version.

use std::collections::BTreeSet;

use hl7::{
    Dictionary, FieldDefinition, Message, Optionality, Presence, Segment, TypeDefinition, path,
};

/// Each mistake once: its place, and what is wrong there.
pub(crate) fn mistakes(message: &Message<'_>) -> BTreeSet<String> {
    let mut checking = Checking {
        dictionary: Dictionary::of_message(message),
        place: String::new(),
        mistakes: BTreeSet::new(),
    };
    checking.structure(message);
    for segment in message.segments() {
        checking.segment(segment);
    }
    let version = checking.dictionary.version();
    let mistakes = checking.mistakes.into_iter();
    mistakes
        .map(|mistake| format!("{version}: {mistake}"))
        .collect()
}

/// Lengths that the standard forgot: 2.3.1 added the structure to MSH-9, 2.5 a type of three
/// letters to OBX-2.
const TOO_SHORT: [&str; 2] = ["MSH-9", "OBX-2"];
/// Codes are not looked for where the list of the standard is not whole (0396, coding systems), and
/// where a version has no name for what senders of that version do all the same (0211, UTF-8).
const OPEN_TABLES: [u16; 2] = [396, 211];

struct Checking {
    dictionary: Dictionary,
    place: String,
    mistakes: BTreeSet<String>,
}

impl Checking {
    fn wrong(&mut self, what: &str) {
        self.mistakes.insert(format!("{} {what}", self.place));
    }

    /// MSH-9.3, if it is stated, is of the trigger event (table 0354 names those of each).
    fn structure(&mut self, message: &Message<'_>) {
        let Presence::Value(structure) = message.get(&path!("MSH-9.3")) else {
            return;
        };
        let event = text(message.header().trigger_event());
        let structures = self.dictionary.table(354).unwrap();
        let known = structures.code(text(structure.raw()));
        if !known.is_some_and(|known| known.meaning().contains(event)) {
            self.place = format!("MSH-9.3 of {event}");
            self.wrong("is another's");
        }
    }

    fn segment(&mut self, segment: Segment<'_>) {
        let name = text(segment.name());
        name.clone_into(&mut self.place);
        let definition = self.dictionary.segment(name);
        let Some(definition) = definition.filter(|known| !known.is_withdrawn()) else {
            return self.wrong("is unknown");
        };
        for field in definition.fields() {
            self.place = format!("{name}-{}", field.number());
            self.field(segment, field);
        }
        let known = definition.fields().map(FieldDefinition::number).max();
        let beyond = segment.fields().count() > known.unwrap_or_default().into();
        if beyond {
            self.wrong("has fields after it");
        }
    }

    fn field(&mut self, segment: Segment<'_>, definition: FieldDefinition) {
        let field = segment.field(definition.number().into());
        let Some(field) = field.filter(|field| !field.raw().is_empty()) else {
            if definition.optionality() == Optionality::Required {
                self.wrong("is required");
            }
            return;
        };
        // The delimiters themselves.
        if self.place == "MSH-1" || self.place == "MSH-2" {
            return;
        }
        let mut data_type = definition.data_type();
        let stated = segment.field(2).map_or(&b""[..], hl7::Field::raw);
        if data_type == "varies" {
            data_type = text(stated);
        }
        let most = definition.repetitions_max();
        if most.is_some_and(|most| field.repetitions().count() > most.into()) {
            self.wrong("repeats");
        }
        for repetition in field.repetitions() {
            let chars = String::from_utf8_lossy(repetition.raw()).chars().count();
            let most = definition.length_max().unwrap_or(u32::MAX);
            if chars > usize::try_from(most).unwrap() && !TOO_SHORT.contains(&&*self.place) {
                self.wrong(&format!("is longer than {most}"));
            }
            self.value(data_type, definition.table(), repetition.raw(), b"^&");
        }
    }

    /// A value of this type, in which these delimiters split it, the outer ones first.
    fn value(&mut self, data_type: &str, table: Option<u16>, raw: &[u8], delimiters: &[u8]) {
        let definition = self.dictionary.data_type(data_type);
        let primitive = definition.is_none_or(TypeDefinition::is_primitive);
        let (Some((delimiter, inner)), false) = (delimiters.split_first(), primitive) else {
            if raw.iter().any(|byte| delimiters.contains(byte)) {
                self.wrong(&format!("is split, and {data_type} has no parts"));
            }
            return self.code(table, raw);
        };
        let parts: Vec<&[u8]> = raw.split(|byte| byte == delimiter).collect();
        let place = self.place.clone();
        for component in definition.unwrap().components() {
            let number = component.number();
            self.place = format!("{place}.{number}");
            let part = parts.get(usize::from(number) - 1).copied();
            match part.filter(|part| !part.is_empty()) {
                None if component.optionality() == Optionality::Required => {
                    self.wrong("is required");
                }
                None => {}
                Some(part) => self.value(component.data_type(), component.table(), part, inner),
            }
        }
        self.place = place;
        if parts.len() > definition.unwrap().components().count() {
            self.wrong(&format!("has more parts than {data_type}"));
        }
        if ["CE", "CWE", "CNE"].contains(&data_type) {
            self.coded(table, &parts);
        }
    }

    /// A coded element: its code is of the table that it names, or else of that of its field.
    fn coded(&mut self, table: Option<u16>, parts: &[&[u8]]) {
        let (code, system) = (parts[0], parts.get(2).map_or("", |system| text(system)));
        match system.strip_prefix("HL7") {
            Some(number) => self.code(number.parse().ok(), code),
            None if system.is_empty() => self.code(table, code),
            None => {}
        }
    }

    fn code(&mut self, table: Option<u16>, code: &[u8]) {
        let Some(table) = table.and_then(|number| self.dictionary.table(number)) else {
            return;
        };
        let is_open = OPEN_TABLES.contains(&table.number()) || table.codes().next().is_none();
        if !is_open && table.code(text(code)).is_none() {
            self.wrong(&format!(
                "{} is not in table {:04}",
                text(code),
                table.number()
            ));
        }
    }
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap_or("not ASCII")
}
