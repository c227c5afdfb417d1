#![cfg(test)]
//! `cistern.toml`: what it may say, and what is said about what it may not.

use cistern_service::{Config, LogFormat};

fn error_of(text: &str) -> String {
    Config::parse("cistern.toml", text).unwrap_err().to_string()
}

#[test]
fn a_first_feed_is_read() {
    let text = r#"
[database]
url = "postgres://cistern@db/cistern"

[[feed]]
name = "harbor"
address = "0.0.0.0:2575"

[[provider]]
name = "Harbor Street Clinic"
accounts = [{ sender = "HARBOR", receiver = "CAREWARE" }]

[log]
format = "json"
"#;
    let config = Config::parse("cistern.toml", text).unwrap();
    assert_eq!(config.database.url, "postgres://cistern@db/cistern");
    assert_eq!(config.feeds().len(), 1);
    assert_eq!(config.feeds()[0].address, "0.0.0.0:2575");
    assert_eq!(config.provider[0].accounts[0].receiver, "CAREWARE");
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.listener, Config::default().listener);
}

#[test]
fn mistakes_have_file_line_and_sentence() {
    let unknown = error_of("[listener]\nmax_frame_bites = 5\n");
    assert!(
        unknown.starts_with("cistern.toml:2: unknown field `max_frame_bites`, expected one of"),
        "{unknown}"
    );
    assert_eq!(
        error_of("[listener]\n\nlinks_max = 0\n"),
        "cistern.toml:3: links_max must be at least 1"
    );
    assert_eq!(
        error_of("[log]\nlevel = \"loud\"\n"),
        "cistern.toml:2: level must be one of error, warn, info, debug"
    );
    let twice =
        "[[feed]]\nname = \"a\"\naddress = \"h:1\"\n[[feed]]\nname = \"a\"\naddress = \"h:2\"\n";
    assert!(error_of(twice).ends_with("two feeds have the same name"));
    assert!(error_of("[[feed]]\nname = \"a\"\n").contains("missing field `address`"));
}

#[test]
fn the_address_of_the_database_is_not_shown() {
    let config = Config::parse("x", "[database]\nurl = \"postgres://u:SECRETWORD@h/d\"\n").unwrap();
    assert!(!format!("{config:?}").contains("SECRETWORD"));
    let broken = error_of("[database]\nurl = \"postgres://u:SECRETWORD@h/d\"\nport = 5\n");
    assert!(!broken.contains("SECRETWORD"), "{broken}");
}
