//! Compiling one line of `[rule.fields]`.

use care::{Field, Kind, Value};

use super::Compiler;
use crate::codes::TEST;
use crate::date_form::DateForm;
use crate::error::LoadProblem;
use crate::hint::Hint;
use crate::rule::{FieldRule, Keyword, Miss, Origin, Reading, TableUse};
use crate::spec::{At, FieldSpec};

impl Compiler<'_> {
    pub(super) fn field(&mut self, spec: &FieldSpec, field: &'static Field) -> Option<FieldRule> {
        self.check_choices(spec, field);
        let origin = match (&spec.value, &spec.from) {
            (Some(value), _) => {
                self.only_beside_value(spec);
                Origin::Constant(self.constant("value", value, field)?)
            }
            (None, Some(from)) => {
                self.check_combinations(spec, field);
                Origin::Message(self.reading(spec, from, field))
            }
            (None, None) => {
                self.complain(&spec.name.place, LoadProblem::MissingKey { key: "from" });
                return None;
            }
        };
        let default = spec
            .default
            .as_ref()
            .and_then(|text| self.constant("default", text, field));
        Some(FieldRule {
            field,
            origin,
            default,
            keep_if_null: spec.keep_if_null,
        })
    }

    fn only_beside_value(&mut self, spec: &FieldSpec) {
        for key in spec.keys.iter().filter(|key| key.value != "value") {
            self.misplaced(&key.value, &key.place, "means nothing beside value");
        }
    }

    fn check_combinations(&mut self, spec: &FieldSpec, field: &Field) {
        let tabled = spec.table.is_some();
        let dated = matches!(field.kind, Kind::Date | Kind::Timestamp);
        let coded = !dated && field.kind != Kind::Number;
        let rules = [
            ("pass", tabled, "means nothing without table"),
            ("miss", tabled, "means nothing without table"),
            ("miss", spec.pass.is_none(), "and pass exclude each other"),
            ("join", !tabled, "and table exclude each other"),
            ("date", !tabled, "and table exclude each other"),
            ("join", field.kind == Kind::Text, "is for fields of text"),
            ("date", dated, "is for fields of dates and times"),
            (
                "table",
                coded,
                "gives codes, which this field does not take",
            ),
        ];
        for (key, good, reason) in rules {
            let written = spec.keys.iter().find(|written| written.value == key);
            if let (Some(written), false) = (written, good) {
                self.misplaced(key, &written.place, reason);
            }
        }
    }

    fn reading(&mut self, spec: &FieldSpec, from: &At<String>, field: &Field) -> Reading {
        let is_set = |flag: &Option<At<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
        let keyword = spec.keyword.iter().filter_map(|keyword| {
            let pattern = self.pattern("keyword", &keyword.pattern)?;
            Some(Keyword {
                pattern,
                value: keyword.value.value.clone(),
            })
        });
        let keyword = keyword.collect();
        Reading {
            routes: if spec.table.is_some() {
                self.routes(from).whole()
            } else {
                self.routes(from)
            },
            join: spec.join.as_ref().map(|join| join.value.clone()),
            trim: is_set(&spec.trim),
            part: spec
                .part
                .as_ref()
                .and_then(|part| self.pattern("part", part)),
            keyword,
            upper: is_set(&spec.upper),
            date: spec.date.as_ref().and_then(|form| self.date_form(form)),
            table: spec.table.as_ref().map(|table| TableUse {
                name: self.table(table),
                miss: self.miss(spec, field),
            }),
        }
    }

    /// What was asked for; else by the rule that only what a record cannot be without holds it.
    fn miss(&mut self, spec: &FieldSpec, field: &Field) -> Miss {
        if let Some(miss) = &spec.miss {
            match miss.value.as_str() {
                "hold" => return Miss::Hold,
                "warn" => return Miss::Warn,
                _ => {
                    let (key, wanted) = ("miss".to_owned(), "\"hold\" or \"warn\"");
                    self.complain(&miss.place, LoadProblem::WrongShape { key, wanted });
                }
            }
        }
        if spec.pass.as_ref().is_some_and(|pass| pass.value) {
            Miss::Pass
        } else if spec.default.is_some() {
            Miss::Default
        } else if field.required {
            Miss::Hold
        } else {
            Miss::Warn
        }
    }

    fn date_form(&mut self, form: &At<String>) -> Option<DateForm> {
        let read = DateForm::parse(&form.value);
        if read.is_none() {
            let problem = LoadProblem::BadDateForm {
                form: form.value.clone(),
            };
            self.complain(&form.place, problem);
        }
        read
    }

    fn constant(
        &mut self,
        key: &'static str,
        text: &At<String>,
        field: &'static Field,
    ) -> Option<Value> {
        if field.kind == Kind::Reference && field.name == TEST {
            self.test_name(text);
        }
        match field.kind.read(&text.value) {
            Ok(value) => Some(value),
            Err(wrong) => {
                let problem = LoadProblem::BadConstant {
                    key,
                    field: field.name,
                    wrong,
                };
                self.complain(&text.place, problem);
                None
            }
        }
    }

    fn test_name(&mut self, text: &At<String>) {
        let tests = self.names.tests.iter().map(|test| test.name.as_str());
        if !tests.clone().any(|test| test == text.value) {
            let hint = Hint::of(&text.value, tests);
            let problem = LoadProblem::UnknownTest {
                test: text.value.clone(),
                hint,
            };
            self.complain(&text.place, problem);
        }
    }
}
