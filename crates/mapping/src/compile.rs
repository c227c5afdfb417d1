//! From what the user wrote to what runs. Every mistake is noted and compiling goes on.

mod choice;
mod field;
mod same;

use care::{AddPolicy, RecordType, TestDefinition};
use hl7::{Outline, Selector};
use regex::Regex;

use self::same::{record_of, same_records};
use crate::codes::TEST;
use crate::error::{LoadError, LoadProblem, Place};
use crate::hint::Hint;
use crate::route::{Route, Routes};
use crate::rule::{Condition, FieldRule, Identity, MessageType, ResultRule, Rule, Test};
use crate::spec::{At, ConditionSpec, FieldSpec, IdentitySpec, RuleSpec, TestSpec};
use crate::table_file::TableFile;

/// The parts of a result, which a rule sets by `result` and not one by one.
const RESULT_PARTS: &[&str] = &[
    "result_text",
    "result_number",
    "comparator",
    "result_choice",
];

/// What a rule may name.
pub(crate) struct Names<'n> {
    pub(crate) tables: &'n [TableFile],
    pub(crate) tests: &'n [TestDefinition],
}

/// Compiles rules one by one.
pub(crate) struct Compiler<'n> {
    names: Names<'n>,
    rule: String,
    each: Option<String>,
    errors: Vec<LoadError>,
}

impl<'n> Compiler<'n> {
    pub(crate) fn new(names: Names<'n>) -> Compiler<'n> {
        Compiler {
            names,
            rule: String::new(),
            each: None,
            errors: Vec::new(),
        }
    }

    /// What was found wrong.
    pub(crate) fn into_errors(self) -> Vec<LoadError> {
        self.errors
    }

    /// Compiles every rule that has no mistake.
    pub(crate) fn rules(&mut self, specs: &[RuleSpec]) -> Vec<Rule> {
        let rules = specs.iter().filter_map(|spec| self.rule(spec)).collect();
        for (place, spec) in specs.iter().enumerate() {
            let earlier = specs
                .iter()
                .take(place)
                .find(|earlier| same_records(earlier, spec));
            if let (Some(earlier), Some(record)) = (earlier, record_of(spec)) {
                let (record, other) = (record.name, earlier.name.clone());
                self.rule.clone_from(&spec.name);
                self.complain(&spec.place, LoadProblem::SameRecords { record, other });
            }
        }
        rules
    }

    /// Compiles the identity section.
    pub(crate) fn identity(&mut self, spec: &IdentitySpec) -> Identity {
        self.rule.clear();
        self.each = None;
        let identifiers = spec
            .identifiers
            .iter()
            .flatten()
            .map(|path| self.routes(path))
            .collect();
        Identity {
            identifiers,
            last_name: self.optional_routes(spec.last_name.as_ref()),
            first_name: self.optional_routes(spec.first_name.as_ref()),
            birth_date: self.optional_routes(spec.birth_date.as_ref()),
            sex: self.optional_routes(spec.sex.as_ref()),
        }
    }

    fn rule(&mut self, spec: &RuleSpec) -> Option<Rule> {
        let before = self.errors.len();
        self.rule.clone_from(&spec.name);
        self.each = spec.each.as_ref().map(|each| self.segment(each));
        let messages = self.messages(spec);
        let record = self.record(spec)?;
        let (fields, result) = self.fields(spec, record);
        let rule = Rule {
            name: spec.name.clone(),
            record,
            messages,
            each: self.each.clone(),
            key: self.key(spec, record),
            as_of: self.optional_routes(spec.as_of.as_ref()),
            when: self.conditions(&spec.when),
            unless: self.conditions(&spec.unless),
            all_or_nothing: spec.all_or_nothing,
            add: self.add(spec, record),
            fields,
            result,
        };
        (self.errors.len() == before).then_some(rule)
    }

    fn segment(&mut self, name: &At<String>) -> String {
        if !is_segment_name(&name.value) {
            let text = name.value.clone();
            self.complain(&name.place, LoadProblem::BadSegment { text });
        }
        name.value.clone()
    }

    fn messages(&mut self, spec: &RuleSpec) -> Vec<MessageType> {
        if spec.messages.is_empty() && !spec.keys.iter().any(|key| key.value == "messages") {
            self.complain(&spec.place, LoadProblem::MissingKey { key: "messages" });
        }
        let mut messages = Vec::new();
        for text in &spec.messages {
            if let Some(message) = message_type(&text.value) {
                messages.push(message);
            } else {
                let problem = LoadProblem::BadMessageType {
                    text: text.value.clone(),
                };
                self.complain(&text.place, problem);
            }
        }
        messages
    }

    fn record(&mut self, spec: &RuleSpec) -> Option<&'static RecordType> {
        let Some(name) = &spec.record else {
            if !spec.keys.iter().any(|key| key.value == "record") {
                self.complain(&spec.place, LoadProblem::MissingKey { key: "record" });
            }
            return None;
        };
        let record = care::record_type(&name.value);
        if record.is_none() {
            let known: Vec<_> = care::catalogue().iter().map(|record| record.name).collect();
            let (record, known) = (name.value.clone(), known.join(", "));
            self.complain(&name.place, LoadProblem::UnknownRecord { record, known });
        }
        record
    }

    fn key(&mut self, spec: &RuleSpec, record: &RecordType) -> Vec<Routes> {
        match (&spec.key, record.name) {
            (Some(key), "client") => {
                let reason = "means nothing for a client, who is found by identity; leave it out";
                self.misplaced("key", &key.place, reason);
                Vec::new()
            }
            (Some(key), _) => key.value.iter().map(|path| self.routes(path)).collect(),
            (None, "client") => Vec::new(),
            (None, _) => {
                if !spec.keys.iter().any(|key| key.value == "key") {
                    self.complain(&spec.place, LoadProblem::MissingKey { key: "key" });
                }
                Vec::new()
            }
        }
    }

    fn add(&mut self, spec: &RuleSpec, record: &RecordType) -> Option<AddPolicy> {
        let add = spec.add.as_ref()?;
        if record.name != "client" {
            self.misplaced("add", &add.place, "is for rules that make clients");
        }
        match add.value.as_str() {
            "automatic" => Some(AddPolicy::Automatic),
            "hold" => Some(AddPolicy::Hold),
            _ => {
                let (key, wanted) = ("add".to_owned(), "\"automatic\" or \"hold\"");
                self.complain(&add.place, LoadProblem::WrongShape { key, wanted });
                None
            }
        }
    }

    fn conditions(&mut self, specs: &[ConditionSpec]) -> Vec<Condition> {
        specs
            .iter()
            .filter_map(|spec| self.condition(spec))
            .collect()
    }

    fn condition(&mut self, spec: &ConditionSpec) -> Option<Condition> {
        let routes = self.routes(&spec.path);
        let test = match &spec.test {
            TestSpec::OneOf(values) => Test::OneOf(values.clone()),
            TestSpec::Present => Test::Present,
            TestSpec::Absent => Test::Absent,
            TestSpec::Matches(pattern) => Test::Matches(self.pattern("matches", pattern)?),
            TestSpec::InTable(table) => Test::InTable(self.table(table)),
        };
        Some(Condition { routes, test })
    }

    fn fields(
        &mut self,
        spec: &RuleSpec,
        record: &'static RecordType,
    ) -> (Vec<FieldRule>, Option<ResultRule>) {
        let (mut fields, mut result) = (Vec::new(), None);
        for own in &spec.fields {
            match record.field(&own.name.value) {
                Some(field) => fields.extend(self.field(own, field)),
                None if is_result(own, record) => result = self.result(spec, own),
                None => {
                    let known = record.fields.iter().map(|field| field.name);
                    let hint = Hint::of(&own.name.value, known.chain(result_name(record)));
                    let (field, record) = (own.name.value.clone(), record.name);
                    let problem = LoadProblem::UnknownField {
                        field,
                        record,
                        hint,
                    };
                    self.complain(&own.name.place, problem);
                }
            }
        }
        for field in record.fields.iter().filter(|field| field.required) {
            if !spec.fields.iter().any(|own| own.name.value == field.name) {
                let (field, record) = (field.name, record.name);
                self.complain(&spec.place, LoadProblem::MissingField { field, record });
            }
        }
        (fields, result)
    }

    fn result(&mut self, spec: &RuleSpec, own: &FieldSpec) -> Option<ResultRule> {
        for key in own
            .keys
            .iter()
            .filter(|key| !["from", "keep_if_null"].contains(&key.value.as_str()))
        {
            let reason = "means nothing for result, which is read by OBX-2; set result_text and the others one by one instead";
            self.misplaced(&key.value, &key.place, reason);
        }
        for part in spec
            .fields
            .iter()
            .filter(|f| RESULT_PARTS.contains(&f.name.value.as_str()))
        {
            self.misplaced(
                &part.name.value,
                &part.name.place,
                "is set by result already",
            );
        }
        let Some(from) = &own.from else {
            self.complain(&own.name.place, LoadProblem::MissingKey { key: "from" });
            return None;
        };
        let routes = self.routes(from);
        if !routes.iter().all(is_whole_result) {
            self.misplaced(
                "result",
                &from.place,
                "is read from OBX-5 as a whole; write \"OBX-5\"",
            );
        }
        Some(ResultRule {
            routes,
            keep_if_null: own.keep_if_null,
        })
    }

    fn table(&mut self, name: &At<String>) -> String {
        let names = || self.names.tables.iter().map(|table| table.name.as_str());
        let mut known = names().chain([TEST]);
        if !known.any(|known| known == name.value) {
            let hint = Hint::of(&name.value, names().chain([TEST]));
            let table = name.value.clone();
            self.complain(&name.place, LoadProblem::UnknownTable { table, hint });
        }
        name.value.clone()
    }

    fn pattern(&mut self, key: &'static str, pattern: &At<String>) -> Option<Regex> {
        match Regex::new(&pattern.value) {
            Ok(regex) => Some(regex),
            Err(error) => {
                // The last line of the regex crate's message is the sentence.
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                let reason = last.trim_start_matches("error: ").to_owned();
                self.complain(&pattern.place, LoadProblem::BadPattern { key, reason });
                None
            }
        }
    }

    fn optional_routes(&mut self, path: Option<&At<String>>) -> Routes {
        path.map(|path| self.routes(path)).unwrap_or_default()
    }

    fn routes(&mut self, path: &At<String>) -> Routes {
        let routes = Routes::parse(&path.value).unwrap_or_else(|bad| {
            let reason = bad.error.to_string();
            self.complain(
                &path.place,
                LoadProblem::BadPath {
                    path: bad.path,
                    reason,
                },
            );
            Routes::default()
        });
        for route in routes.iter().filter(|route| route.occurrence.is_some()) {
            let Some(each) = &self.each else { continue };
            if !Outline::can_be_several(route.path.segment(), each) {
                let reason = format!(
                    "for each {each} there is one {}; write it without [ ] after the name",
                    route.path.segment(),
                );
                let path_text = route.path.to_string();
                self.complain(
                    &path.place,
                    LoadProblem::BadPath {
                        path: path_text,
                        reason,
                    },
                );
            }
        }
        routes
    }

    fn misplaced(&mut self, key: &str, place: &Place, reason: &'static str) {
        self.complain(
            place,
            LoadProblem::Misplaced {
                key: key.to_owned(),
                reason,
            },
        );
    }

    fn complain(&mut self, place: &Place, problem: LoadProblem) {
        let rule = Some(self.rule.as_str()).filter(|rule| !rule.is_empty());
        self.push(LoadError::new(place, rule, problem));
    }

    fn push(&mut self, error: LoadError) {
        // Several rules may use one table, whose mistakes are told once.
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }
}

fn is_result(own: &FieldSpec, record: &RecordType) -> bool {
    result_name(record).is_some_and(|name| own.name.value == name)
}

/// Results are read from all repetitions and components, by OBX-2.
fn is_whole_result(route: &Route) -> bool {
    let path = &route.path;
    (path.segment(), path.field(), path.component()) == ("OBX", 5, None)
        && path.selector() == Selector::First
}

/// `result`, for the record types that have its parts.
fn result_name(record: &RecordType) -> Option<&'static str> {
    RESULT_PARTS
        .iter()
        .all(|part| record.field(part).is_some())
        .then_some("result")
}

fn message_type(text: &str) -> Option<MessageType> {
    let is_code = |text: &str| {
        text.len() == 3
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let (code, trigger) = match text.split_once('^') {
        Some((code, trigger)) => (code, Some(trigger)),
        None => (text, None),
    };
    let good = is_code(code) && trigger.is_none_or(is_code);
    good.then(|| MessageType {
        code: code.to_owned(),
        trigger: trigger.map(str::to_owned),
    })
}

fn is_segment_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() == 3
        && bytes.next().is_some_and(|b| b.is_ascii_uppercase())
        && bytes.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
