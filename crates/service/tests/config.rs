#![cfg(test)]
//! `cistern.toml`: what it may say, and what is said about what it may not.

use std::fs;
use std::path::PathBuf;

use cistern_service::{Config, LogFormat};
use hl7::Charset;

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
    assert_eq!(config.feeds()[0].address.as_deref(), Some("0.0.0.0:2575"));
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
        error_of("[log]\nlevel = \"loud\"\n"),
        "cistern.toml:2: level must be one of error, warn, info, debug"
    );
    assert_eq!(
        error_of("[[feed]]\nname = \"a\"\n"),
        "cistern.toml:1: a feed has an address, folders or both"
    );
}

#[test]
fn a_number_out_of_its_range_has_its_own_line() {
    let cases = [
        (
            "[listener]\n\nlinks_max = 0\n",
            "3: links_max must be between 1 and 1000000",
        ),
        (
            "# commit_secs = 0\n[listener]\nlinks_max = 5\ncommit_secs = 0\n",
            "4: commit_secs must be between 1 and 3600",
        ),
        (
            "listener.drain_secs = 3601",
            "1: drain_secs must be between 0 and 3600",
        ),
        (
            "[importer]\noffset_minutes = -721",
            "2: offset_minutes must be between -720 and 840",
        ),
    ];
    for (text, complaint) in cases {
        assert_eq!(error_of(text), format!("cistern.toml:{complaint}"));
    }
    for allowed in [
        "links_max = 1_000_000",
        "drain_secs = 0",
        "keep_alive_secs = 32_767",
    ] {
        assert!(
            Config::parse("x", &format!("[listener]\n{allowed}")).is_ok(),
            "{allowed}"
        );
    }
}

#[test]
fn what_must_be_unique_is() {
    let feed = |name| format!("[[feed]]\naddress = \"h:1\"\nname = \"{name}\"\n");
    assert_eq!(
        error_of(&["a", "address", "a"].map(feed).concat()),
        "cistern.toml:9: two feeds have the same name"
    );
    let provider = |name: &str, accounts: &str| {
        format!("[[provider]]\nname = \"{name}\"\naccounts = [\n{accounts}]\n")
    };
    let (a, b) = (
        "{ sender = \"A\", receiver = \"C\" },\n",
        "{ sender = \"B\", receiver = \"C\" },\n",
    );
    assert_eq!(
        error_of(&[provider("x", a), provider("x", b)].concat()),
        "cistern.toml:7: two providers have the same name"
    );
    assert_eq!(
        error_of(&[provider("x", a), provider("y", &[b, a].concat())].concat()),
        "cistern.toml:10: this account belongs to a provider already"
    );
    assert!(Config::parse("x", &[provider("x", a), provider("y", b)].concat()).is_ok());
}

#[test]
fn the_address_of_the_database_is_not_shown() {
    let config = Config::parse("x", "[database]\nurl = \"postgres://u:SECRETWORD@h/d\"\n").unwrap();
    assert!(!format!("{config:?}").contains("SECRETWORD"));
    let broken = error_of("[database]\nurl = \"postgres://u:SECRETWORD@h/d\"\nport = 5\n");
    assert!(!broken.contains("SECRETWORD"), "{broken}");
}

#[test]
fn the_address_of_the_database_must_come_to_what_it_seems_to() {
    let root = "sslrootcert is only looked at with sslmode=verify-full or verify-ca";
    let pair = "sslcert and sslkey are no use without each other";
    let cases = [
        (
            "sslmode=verify-fully",
            "sslmode must be one of disable, prefer, require, verify-ca, verify-full",
        ),
        (
            "sslmode=Allow",
            "sslmode=allow never encrypts here: say disable, or verify-full",
        ),
        ("sslrootcert=ca.pem", root),
        ("sslmode=require&ssl-ca=ca.pem", root),
        ("sslmode=verify-full&sslcert=a.pem", pair),
        ("sslmode=verify-full&ssl-key=a.key", pair),
        (
            "sslMode=SECRETWORD",
            "the address takes no parameter \"sslMode\"; those of TLS are sslmode, sslrootcert, \
             sslcert and sslkey",
        ),
        (
            "host=/run/pg&channel_binding=SECRETWORD&sslmode=require",
            "the address takes no parameter \"channel_binding\"; those of TLS are sslmode, \
             sslrootcert, sslcert and sslkey",
        ),
    ];
    let text =
        |more: &str| format!("[log]\n\n[database]\nurl = \"postgres://u:SECRETWORD@h/d?{more}\"\n");
    for (more, sentence) in cases {
        assert_eq!(error_of(&text(more)), format!("cistern.toml:4: {sentence}"));
    }
    for more in [
        "",
        "sslmode=prefer",
        "sslmode=VERIFY-FULL&sslrootcert=ca.pem",
        "sslmode=verify-ca&sslrootcert=ca.pem&sslcert=a.pem&sslkey=a.key",
        "sslmode=require&sslcert=a.pem&sslkey=a.key",
        "host=/run/pg&port=5433&application_name=x&options[search_path]=y&options=-c%20a%3Db",
    ] {
        assert!(Config::parse("x", &text(more)).is_ok(), "{more}");
    }
}

#[test]
fn an_address_in_a_file_of_its_own_is_looked_at_too() {
    let folder = tempfile::tempdir().unwrap();
    let [config, address, root] =
        ["cistern.toml", "address", "lost.pem"].map(|name| folder.path().join(name));
    fs::write(&config, format!("[database]\nurl_file = {address:?}")).unwrap();
    let load = |more: &str| {
        fs::write(&address, format!("postgres://u:SECRETWORD@h/d?{more}\n")).unwrap();
        Config::load(Some(&config))
    };
    assert_eq!(
        load("sslmode=on").unwrap_err().to_string(),
        format!(
            "{}: sslmode must be one of disable, prefer, require, verify-ca, verify-full",
            address.display()
        )
    );
    let more = format!("sslmode=verify-full&sslrootcert={}", root.display());
    let database = load(&more).unwrap().database;
    assert_eq!(
        database.check_files().unwrap_err().to_string(),
        format!("{}: cannot be read", root.display())
    );
    fs::write(&root, "").unwrap();
    assert_eq!(
        database.check_files().unwrap_err().to_string(),
        format!("{} holds no certificate: it must be PEM", root.display())
    );
    fs::write(&root, pem("CERTIFICATE")).unwrap();
    assert!(database.check_files().is_ok());

    let more = format!("sslcert={0}&sslkey={0}", root.display());
    let database = load(&more).unwrap().database;
    assert_eq!(
        database.check_files().unwrap_err().to_string(),
        format!(
            "{} holds no private key: it must be PEM, without a passphrase",
            root.display()
        )
    );
    fs::write(&root, pem("CERTIFICATE") + &pem("PRIVATE KEY")).unwrap();
    assert!(database.check_files().is_ok());
}

fn pem(kind: &str) -> String {
    format!("-----BEGIN {kind}-----\nMAA=\n-----END {kind}-----\n")
}

#[test]
fn what_a_feed_says_must_make_sense() {
    let error = |lines: &str| {
        error_of(&format!(
            "[[feed]]\nname = \"x\"\naddress = \"h:1\"\n{lines}"
        ))
    };
    let cases = [
        (
            "types = [\"ADT\", \"ORU^\"]",
            "cistern.toml:4: a type is a message code, ADT, or one with its event, ORU^R01",
        ),
        (
            "senders = [\n{ facility = \"A\" },\n{ from = [\"10.0.0.0/8\"] },\n]",
            "cistern.toml:6: a sender has an application, a facility or both",
        ),
        (
            "senders = [{ facility = \"A\", certificate = \"a.example\" }]",
            "cistern.toml:4: certificates of senders are only asked for where tls has a client_ca",
        ),
        (
            "[feed.codes]\nnot_kept = \"accept\"",
            "cistern.toml:5: what could not be stored must not be accepted: its sender would lose it",
        ),
        (
            "codes = { sequence = \"accept\" }",
            "cistern.toml:4: what is out of sequence must not be accepted: its sender would lose it",
        ),
        (
            "sequence = \"loose\"",
            "cistern.toml:4: unknown variant `loose`, expected one of `watch`, `strict`, `off`",
        ),
        (
            "links_max = 0",
            "cistern.toml:4: links_max must be at least 1",
        ),
        (
            "links_per_address_max = 0",
            "cistern.toml:4: links_per_address_max must be at least 1",
        ),
        (
            "\napplication_ack = \"return_address\"",
            "cistern.toml:5: return_address must say where to",
        ),
        (
            "application_ack = \"same_link\"\nreturn_address = \"ehr:1\"",
            "cistern.toml:5: only application_ack = \"return_address\" has a return_address",
        ),
        (
            "mode = \"silent\"\napplication_ack = \"same_link\"",
            "cistern.toml:5: a feed whose mode is original or silent has no application_ack",
        ),
        (
            "application_ack = \"return_address\"\nreturn_address = \"ehr\"",
            "cistern.toml:5: an address is a host and a port, ehr:2576",
        ),
        (
            "from = [\"10.0.0.0/33\"]",
            "cistern.toml:4: invalid IP address syntax",
        ),
        (
            "codes = { stopping = \"accept\" }",
            "cistern.toml:4: what comes while the listener stops must not be accepted: it is not kept",
        ),
        (
            "charset_wins = true",
            "cistern.toml:4: charset must say which character set wins",
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(error(lines), expected);
    }
}

#[test]
fn tls_is_not_set_where_there_is_no_use_for_it() {
    let cases = [
        (
            "return_tls = {}",
            "cistern.toml:4: only a feed with a return_address has return_tls",
        ),
        (
            "[feed.tls]\ncertificate = \"a.pem\"\nkey = \"a.key\"\nclient_crl = \"crl.pem\"",
            "cistern.toml:7: certificates of senders are only asked for where tls has a client_ca",
        ),
    ];
    for (lines, expected) in cases {
        let text = format!("[[feed]]\nname = \"x\"\naddress = \"h:1\"\n{lines}");
        assert_eq!(error_of(&text), expected);
    }
}

#[test]
fn tls_to_a_return_address_must_make_sense() {
    let parse = |lines: &str| {
        let feed = "[[feed]]\nname = \"x\"\naddress = \"h:1\"\n\
                    application_ack = \"return_address\"\nreturn_address = ";
        Config::parse("it", &format!("{feed}{lines}"))
    };
    let cases = [
        (
            "\"ehr:1\"\nreturn_tls = { certificate = \"a.pem\" }",
            "it:6: a certificate is no use without its key",
        ),
        (
            "\"ehr:1\"\n[feed.return_tls]\nkey = \"a.key\"",
            "it:7: a key is no use without its certificate",
        ),
        (
            "\"ehr:1\"\n[feed.return_tls]\n\nserver_name = \"nobody at all\"",
            "it:8: a server_name is a DNS name or an IP address",
        ),
        (
            "\"the ehr:1\"\nreturn_tls = {}",
            "it:6: server_name must say whom the certificate names: the host of return_address is \
             no DNS name",
        ),
        (
            "\"ehr:1\"\nreturn_tls = { authorities = \"ca.pem\" }",
            "it:6: unknown field `authorities`, expected one of `ca`, `server_name`, \
             `certificate`, `key`",
        ),
    ];
    for (lines, expected) in cases {
        assert_eq!(parse(lines).unwrap_err().to_string(), expected);
    }
    for lines in [
        "\"[::1]:2576\"\nreturn_tls = {}",
        "\"the ehr:1\"\nreturn_tls = { server_name = \"192.0.2.7\" }",
        "\"ehr:1\"\nreturn_tls = { certificate = \"a.pem\", key = \"a.key\", ca = \"ca.pem\" }",
    ] {
        assert!(parse(lines).is_ok(), "{lines}");
    }
}

#[test]
fn an_answer_waits_no_longer_than_it_may() {
    let cases = [
        (
            "answer_after = \"import\"\nimport_secs_max = 0",
            "cistern.toml:5: import_secs_max must be between 1 and commit_secs, 10",
        ),
        (
            "answer_after = \"import\"\nimport_secs_max = 11",
            "cistern.toml:5: import_secs_max must be between 1 and commit_secs, 10",
        ),
        (
            "answer_after = \"import\"\n[listener]\ndrain_secs = 8",
            "cistern.toml:1: import_secs_max must be between 1 and half of drain_secs, 4",
        ),
        (
            "mode = \"enhanced\"\nanswer_after = \"import\"",
            "cistern.toml:5: a feed whose mode is enhanced or silent does not answer after the import",
        ),
        (
            "commit_bytes = true\nanswer_after = \"import\"",
            "cistern.toml:5: a feed with commit_bytes says what is stored, and answers after the commit",
        ),
    ];
    for (lines, expected) in cases {
        let text = format!("[[feed]]\nname = \"x\"\naddress = \"h:1\"\n{lines}");
        assert_eq!(error_of(&text), expected);
    }
    let text = "[[feed]]\nname = \"x\"\naddress = \"h:1\"\nimport_secs_max = 0";
    assert!(Config::parse("x", text).is_ok(), "nobody waits");
}

#[test]
fn the_character_set_of_a_feed_is_one_that_can_be_read() {
    let feed = "[[feed]]\nname = \"x\"\naddress = \"h:1\"\n\n";
    let charset = |line: &str| {
        let text = [feed, line].concat();
        Config::parse("x", &text).unwrap().feeds()[0].charset
    };
    let known = [
        ("charset = \"8859/1\"", "8859/1"),
        ("charset = \"latin1\"\ncharset_wins = true", "8859/1"),
        ("charset = \"UNICODE UTF-8\"", "UNICODE UTF-8"),
        ("charset = \"windows-1252\"", "WINDOWS-1252"),
        ("charset = \"ISO IR87\"", "ISO IR87"),
    ];
    for (line, label) in known {
        assert_eq!(charset(line), Charset::from_label(label.as_bytes()).ok());
    }
    assert_eq!(charset(""), None);
    let these: Vec<&str> = Charset::labels().collect();
    for name in ["", "44", "UNICODE UTF-16", "CNS 11643-1992"] {
        let text = format!("{feed}charset = \"{name}\"");
        let expected = format!(
            "cistern.toml:5: {name:?} is no character set that can be read; these can: {}",
            these.join(", ")
        );
        assert_eq!(error_of(&text), expected);
    }
}

#[test]
fn a_feed_may_come_by_folders_only() {
    let text = "[[feed]]\nname = \"lab\"\nfolders = [{ path = \"in\", rejected = \"bad\" }]\n";
    let feed = Config::parse("x", text).unwrap().feeds().remove(0);
    assert_eq!(feed.address, None);
    let ways_out = feed
        .folders
        .iter()
        .map(|it| [it.processed(), it.rejected()]);
    let expected: Vec<[PathBuf; 2]> = vec![["in/processed".into(), "bad".into()]];
    assert_eq!(ways_out.collect::<Vec<_>>(), expected);
}

#[test]
fn what_a_folder_says_must_make_sense() {
    let cases = [
        (
            "folders = [{ path = \"in\", quiet_secs = 3_601 }]",
            "cistern.toml:4: quiet_secs must be between 0 and 3600",
        ),
        (
            "folders = [\n{ path = \"in\", poll_millis = 0 }]",
            "cistern.toml:5: poll_millis must be between 1 and 86400000",
        ),
        (
            "folders = [{ path = \"in\", file_bytes_max = 0 }]",
            "cistern.toml:4: file_bytes_max must be between 1 and 1073741824",
        ),
        (
            "folders = [\n{ path = \"in\" },\n{ path = \"./in/\" },\n]",
            "cistern.toml:6: this folder is watched already",
        ),
        (
            "folders = [\n{ path = \"in\" },\n{ path = \"b\", processed = \"in\" },\n]",
            "cistern.toml:6: processed must not be a folder that is watched",
        ),
        (
            "folders = [\n{ path = \"in\", rejected = \"in\" },\n]",
            "cistern.toml:5: rejected must not be a folder that is watched",
        ),
        (
            "folders = [\n{ path = \"in\", processed = \"out\", rejected = \"out\" },\n\
             { path = \"b\", rejected = \"./out/\" },\n]",
            "cistern.toml:6: files of another folder go here: one could replace the other",
        ),
        (
            "cwlab_columns = []",
            "cistern.toml:4: without a column that goes anywhere, a row says nothing",
        ),
        (
            "cwlab_columns = [\n\"MSH-3\",\n\"OBX-5.\"]",
            "cistern.toml:6: a column goes to a field or a part of one, OBX-5 or PID-5.1, or to \"\"",
        ),
        (
            "cwlab_columns = [\"MSH-3\", \"IN1-3\"]",
            "cistern.toml:4: a column goes to MSH, PID, PV1, ORC, OBR, OBX, NTE or SPM",
        ),
        (
            "cwlab_columns = [\"MSH-10\"]",
            "cistern.toml:4: MSH-1, 2, 9, 10, 12 and 18 are not taken from a column",
        ),
        (
            "cwlab_columns = [\"\", \"\", \"OBX-5.1\",\n\"OBX-5\"]",
            "cistern.toml:5: two columns go to the same place",
        ),
    ];
    for (lines, expected) in cases {
        let text = format!("[[feed]]\nname = \"x\"\naddress = \"h:1\"\n{lines}");
        assert_eq!(error_of(&text), expected);
    }
}
