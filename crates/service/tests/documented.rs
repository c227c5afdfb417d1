#![cfg(test)]
//! docs/operating.md against the configuration: it has every setting, no other, and the defaults.

use cistern_service::Config;

const PAGE: &str = include_str!("../../../docs/operating.md");

/// A line of a table of settings.
#[derive(Debug, PartialEq)]
struct Row<'p> {
    name: &'p str,
    default: &'p str,
}

/// The rows of the table under a heading.
fn rows(heading: &str) -> Vec<Row<'static>> {
    let (_, below) = PAGE
        .split_once(&format!("# {heading}\n"))
        .unwrap_or_else(|| panic!("the page has no section {heading}"));
    let section = below
        .split_once("\n#")
        .map_or(below, |(section, _)| section);
    let settings = section.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &'static str| {
        let cells: Vec<_> = line
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        Row {
            name: cells[1],
            default: cells[2],
        }
    };
    settings.map(row).collect()
}

/// The keys that may stand where `before` ends, as the complaint about an unknown one names them.
fn keys(before: &str, after: &str) -> Vec<String> {
    let text = format!("{before}no_such_setting = 1{after}");
    let complaint = Config::parse("cistern.toml", &text)
        .unwrap_err()
        .to_string();
    let (_, expected) = complaint.split_once("expected").expect(&complaint);
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

fn names(rows: &[Row<'_>]) -> Vec<String> {
    rows.iter().map(|row| row.name.to_owned()).collect()
}

#[test]
fn every_section_is_documented() {
    let sections = [
        "database", "listener", "importer", "log", "feed", "provider",
    ];
    assert_eq!(keys("", ""), sections);
}

#[test]
fn every_setting_is_documented_and_no_other() {
    let cases = [
        ("`[database]`", "[database]\n", ""),
        ("`[[feed]]`", "[[feed]]\n", ""),
        ("`folders` of a feed", "[[feed]]\nfolders = [{ ", " }]"),
        ("`tls` of a feed", "[[feed]]\ntls = { ", " }"),
        ("`return_tls` of a feed", "[[feed]]\nreturn_tls = { ", " }"),
        ("`senders` of a feed", "[[feed]]\nsenders = [{ ", " }]"),
        ("`codes` of a feed", "[[feed]]\ncodes = { ", " }"),
        ("`[listener]`", "[listener]\n", ""),
        ("`[importer]`", "[importer]\n", ""),
        ("`[[provider]]`", "[[provider]]\n", ""),
        (
            "`accounts` of a provider",
            "[[provider]]\naccounts = [{ ",
            " }]",
        ),
        ("`[log]`", "[log]\n", ""),
    ];
    for (heading, before, after) in cases {
        assert_eq!(names(&rows(heading)), keys(before, after), "{heading}");
    }
}

#[test]
fn the_documented_defaults_are_the_defaults() {
    for section in ["database", "listener", "importer", "log"] {
        let mut text = format!("[{section}]\n");
        for Row { name, default } in rows(&format!("`[{section}]`")) {
            if default != "none" {
                text.extend([name, " = ", default, "\n"]);
            }
        }
        let documented = Config::parse("docs/operating.md", &text).unwrap();
        assert_eq!(documented, Config::default(), "{section}");
    }
}

#[test]
fn every_number_has_a_range() {
    for section in ["listener", "importer"] {
        for Row { name, default } in rows(&format!("`[{section}]`")) {
            if default.starts_with(|first: char| first.is_ascii_digit()) {
                // Most that is far too much does not fit the type of the smallest.
                let huge = if name == "offset_minutes" {
                    "20_000"
                } else {
                    "1_000_000_000_000_000_000"
                };
                let text = format!("[{section}]\n{name} = {huge}\n");
                let complaint = Config::parse("it", &text).unwrap_err().to_string();
                let range = format!("it:2: {name} must be between ");
                assert!(complaint.starts_with(&range), "{complaint}");
            }
        }
    }
}
