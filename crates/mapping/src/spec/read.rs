//! From TOML to a spec. Every mistake is noted and reading goes on.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Document, Keys};
use super::{At, ConditionSpec, FieldSpec, IdentitySpec, KeywordSpec, RuleSpec, Spec, TestSpec};
use crate::error::{LoadError, LoadProblem, Place};
use crate::source::SourceFile;

const FILE_KEYS: &[&str] = &["rule", "identity"];
const IDENTITY_KEYS: &[&str] = &[
    "identifiers",
    "last_name",
    "first_name",
    "birth_date",
    "sex",
];
const RULE_KEYS: &[&str] = &[
    "name",
    "extend",
    "record",
    "messages",
    "each",
    "key",
    "as_of",
    "when",
    "unless",
    "fields",
    "all_or_nothing",
    "add",
];
const FIELD_KEYS: &[&str] = &[
    "from",
    "table",
    "value",
    "default",
    "pass",
    "miss",
    "join",
    "part",
    "upper",
    "trim",
    "date",
    "keyword",
    "keep_if_null",
];

/// Reads one file; what is wrong with it goes to `errors`.
pub(crate) fn read(file: &SourceFile, errors: &mut Vec<LoadError>) -> Spec {
    let (table, faults) = DeTable::parse_recoverable(&file.text);
    let mut document = Document::new(&file.name, &file.text, errors);
    for fault in &faults {
        let place = document.place(&fault.span().unwrap_or_default());
        document.complain(&place, LoadProblem::Syntax(fault.message().to_owned()));
    }
    // What stands beside a fault of syntax may have been read wrongly: no second complaint of it.
    if faults.is_empty() {
        read_file(&mut document, &table)
    } else {
        Spec::default()
    }
}

fn read_file(document: &mut Document<'_>, table: &Spanned<DeTable<'_>>) -> Spec {
    let keys = document.keys(table.get_ref(), "a mapping", FILE_KEYS);
    let mut spec = Spec::default();
    match keys.get(document, "identity") {
        Some((_, DeValue::Table(table))) => {
            let keys = document.keys(table, "identity", IDENTITY_KEYS);
            spec.identity = read_identity(document, &keys);
        }
        Some((place, _)) => document.misshapen("identity", &place, "a section: [identity]"),
        None => {}
    }
    let Some((place, rules)) = keys.get(document, "rule") else {
        return spec;
    };
    let DeValue::Array(rules) = rules else {
        document.misshapen("rule", &place, "a list of sections: [[rule]]");
        return spec;
    };
    for rule in rules {
        let place = document.place(&rule.span());
        match rule.get_ref() {
            DeValue::Table(table) => spec.rules.extend(read_rule(document, table, &place)),
            _ => document.misshapen("rule", &place, "a list of sections: [[rule]]"),
        }
    }
    spec
}

fn read_identity(document: &mut Document<'_>, keys: &Keys<'_, '_>) -> IdentitySpec {
    IdentitySpec {
        identifiers: document.texts(keys, "identifiers").map(|texts| texts.value),
        last_name: document.text(keys, "last_name"),
        first_name: document.text(keys, "first_name"),
        birth_date: document.text(keys, "birth_date"),
        sex: document.text(keys, "sex"),
    }
}

fn read_rule(document: &mut Document<'_>, table: &DeTable<'_>, place: &Place) -> Option<RuleSpec> {
    let name = match table.get("name").map(Spanned::get_ref) {
        Some(DeValue::String(name)) => Some(name.to_string()),
        _ => None,
    };
    document.enter_rule(name.clone());
    let keys = document.keys(table, "a rule", RULE_KEYS);
    let named = document.text(&keys, "name");
    if !table.contains_key("name") {
        document.complain(place, LoadProblem::MissingKey { key: "name" });
    }
    let rule = RuleSpec {
        place: named.map_or_else(|| place.clone(), |name| name.place),
        name: name.unwrap_or_default(),
        extend: document
            .flag(&keys, "extend")
            .is_some_and(|flag| flag.value),
        record: document.text(&keys, "record"),
        messages: document
            .texts(&keys, "messages")
            .map(|at| at.value)
            .unwrap_or_default(),
        each: document.text(&keys, "each"),
        key: document.texts(&keys, "key"),
        as_of: document.text(&keys, "as_of"),
        when: read_conditions(document, &keys, "when"),
        unless: read_conditions(document, &keys, "unless"),
        all_or_nothing: document
            .flag(&keys, "all_or_nothing")
            .is_some_and(|flag| flag.value),
        add: document.text(&keys, "add"),
        fields: read_fields(document, &keys),
        keys: keys.written(document),
    };
    document.enter_rule(None);
    (!rule.name.is_empty()).then_some(rule)
}

fn read_conditions(
    document: &mut Document<'_>,
    keys: &Keys<'_, '_>,
    key: &str,
) -> Vec<ConditionSpec> {
    let Some((place, value)) = keys.get(document, key) else {
        return Vec::new();
    };
    let DeValue::Table(table) = value else {
        document.misshapen(
            key,
            &place,
            "conditions by path, like { \"OBX-2\" = [\"NM\"] }",
        );
        return Vec::new();
    };
    let mut conditions = Vec::new();
    for (path, value) in document.entries(table) {
        if let Some(test) = read_test(document, &path, value) {
            conditions.push(ConditionSpec { path, test });
        }
    }
    conditions
}

fn read_test(
    document: &mut Document<'_>,
    path: &At<String>,
    value: &DeValue<'_>,
) -> Option<TestSpec> {
    let test = match value {
        DeValue::String(word) if word == "present" => Some(TestSpec::Present),
        DeValue::String(word) if word == "absent" => Some(TestSpec::Absent),
        DeValue::Array(_) => document
            .list_of_texts(value)
            .map(|texts| TestSpec::OneOf(texts.into_iter().map(|text| text.value).collect())),
        DeValue::Table(table) => {
            let keys = document.keys(table, "a condition", &["matches", "in"]);
            let matches = document.text(&keys, "matches").map(TestSpec::Matches);
            let in_table = document.text(&keys, "in").map(TestSpec::InTable);
            match (matches, in_table) {
                (Some(test), None) | (None, Some(test)) => Some(test),
                _ => None,
            }
        }
        _ => None,
    };
    if test.is_none() {
        let wanted =
            "a list of texts, \"present\", \"absent\", { matches = \"…\" } or { in = \"…\" }";
        document.misshapen(&path.value, &path.place, wanted);
    }
    test
}

fn read_fields(document: &mut Document<'_>, keys: &Keys<'_, '_>) -> Vec<FieldSpec> {
    let Some((place, value)) = keys.get(document, "fields") else {
        return Vec::new();
    };
    let DeValue::Table(table) = value else {
        document.misshapen("fields", &place, "a section: [rule.fields]");
        return Vec::new();
    };
    let mut fields = Vec::new();
    for (name, value) in document.entries(table) {
        fields.extend(read_field(document, name, value));
    }
    fields
}

fn read_field(
    document: &mut Document<'_>,
    name: At<String>,
    value: &DeValue<'_>,
) -> Option<FieldSpec> {
    let empty = DeTable::new();
    let (table, from) = match value {
        DeValue::String(path) => (
            &empty,
            Some(At {
                value: path.to_string(),
                place: name.place.clone(),
            }),
        ),
        DeValue::Table(table) => (table, None),
        _ => {
            document.misshapen(&name.value, &name.place, "a path or { from = \"path\", … }");
            return None;
        }
    };
    let keys = document.keys(table, "a field", FIELD_KEYS);
    Some(FieldSpec {
        from: from.or_else(|| document.text(&keys, "from")),
        table: document.text(&keys, "table"),
        value: document.text(&keys, "value"),
        default: document.text(&keys, "default"),
        pass: document.flag(&keys, "pass"),
        miss: document.text(&keys, "miss"),
        join: document.text(&keys, "join"),
        part: document.text(&keys, "part"),
        upper: document.flag(&keys, "upper"),
        trim: document.flag(&keys, "trim"),
        date: document.text(&keys, "date"),
        keyword: read_keywords(document, &keys),
        keep_if_null: document
            .flag(&keys, "keep_if_null")
            .is_some_and(|flag| flag.value),
        keys: keys.written(document),
        name,
    })
}

fn read_keywords(document: &mut Document<'_>, keys: &Keys<'_, '_>) -> Vec<KeywordSpec> {
    let wanted = "a list like [{ pattern = \"…\", value = \"…\" }]";
    let Some((place, value)) = keys.get(document, "keyword") else {
        return Vec::new();
    };
    let DeValue::Array(items) = value else {
        document.misshapen("keyword", &place, wanted);
        return Vec::new();
    };
    let mut keywords = Vec::new();
    for item in items {
        let place = document.place(&item.span());
        let DeValue::Table(table) = item.get_ref() else {
            document.misshapen("keyword", &place, wanted);
            continue;
        };
        let keys = document.keys(table, "a keyword", &["pattern", "value"]);
        match (
            document.text(&keys, "pattern"),
            document.text(&keys, "value"),
        ) {
            (Some(pattern), Some(value)) => keywords.push(KeywordSpec { pattern, value }),
            _ => document.misshapen("keyword", &place, wanted),
        }
    }
    keywords
}
