//! `cistern check`.

use crate::prompt::Prompt;

#[test]
fn check_names_file_line_and_mistake() {
    let prompt = Prompt::new();
    assert_eq!(
        prompt.good(&["check"]).lines().next(),
        Some("feed main: listens on 127.0.0.1:2575")
    );
    prompt.write("unknown.toml", "[listener]\nmax_frame_bites = 3\n");
    prompt.write("limit.toml", "\n[listener]\nlinks_max = 0\n");
    prompt.write("syntax.toml", "[listener\n");
    prompt.write("maps/site.toml", "[[rule]]\nname = \"x\"\n");
    prompt.write("mappings.toml", "[importer]\nmappings = \"maps\"\n");
    prompt.write("folder.toml", "[importer]\nmappings = \"nowhere\"\n");
    let complaints = [
        (
            "limit.toml",
            "cistern: limit.toml:3: links_max must be between 1 and 1000000\n",
        ),
        (
            "syntax.toml",
            "cistern: syntax.toml:1: unclosed table, expected `]`\n",
        ),
        (
            "mappings.toml",
            "cistern: maps/site.toml:2: rule \"x\": key \"messages\" is missing\n\
             maps/site.toml:2: rule \"x\": key \"record\" is missing\n",
        ),
        (
            "folder.toml",
            "cistern: nowhere: cannot be read\n  \
             because: No such file or directory (os error 2)\n",
        ),
        (
            "none.toml",
            "cistern: none.toml: cannot be read\n  \
             because: No such file or directory (os error 2)\n",
        ),
    ];
    // What else there is to set is a list that grows.
    let complaint = prompt.bad(&["--config", "unknown.toml", "check"]);
    let (complaint, _) = complaint.split_once(", expected one of").unwrap();
    assert_eq!(
        complaint,
        "cistern: unknown.toml:2: unknown field `max_frame_bites`"
    );
    for (file, complaint) in complaints {
        assert_eq!(prompt.bad(&["--config", file, "check"]), complaint);
    }
}

#[test]
fn check_makes_the_tables() {
    let prompt = Prompt::new();
    let printed = prompt.good(&["check", "--database"]);
    assert_eq!(printed.lines().last(), Some("database: in order"));
    assert_eq!(prompt.good(&["list"]), "");
    prompt.write(
        "lost.toml",
        "[database]\nurl = \"sqlite:nowhere/cistern.db\"\n",
    );
    let output = prompt.run(&["--config", "lost.toml", "check", "--database"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "cistern: open the database: database error 14\n"
    );
}

#[test]
fn check_tries_the_folders() {
    let prompt = Prompt::new();
    prompt.write("in/waits.hl7", "");
    prompt.write("file", "");
    let config = |folder: &str| format!("[[feed]]\nname = \"lab\"\nfolders = [{{ {folder} }}]\n");
    prompt.write("cistern.toml", config("path = \"in\", rejected = \"bad\""));
    let printed = prompt.good(&["check"]);
    assert_eq!(printed.lines().next(), Some("feed lab: watches in"));
    assert_eq!(prompt.files(), ["bad", "cistern.toml", "file", "in"]);
    prompt.write("lost.toml", config("path = \"nowhere\""));
    prompt.write("file.toml", config("path = \"in\", processed = \"file\""));
    for (file, complaint) in [
        (
            "lost.toml",
            "cistern: feed lab: folder nowhere cannot be used\n  \
             because: No such file or directory (os error 2)\n",
        ),
        (
            "file.toml",
            "cistern: feed lab: folder file cannot be used\n  \
             because: File exists (os error 17)\n",
        ),
    ] {
        assert_eq!(prompt.bad(&["--config", file, "check"]), complaint);
    }
    assert_eq!(
        prompt.bad(&["send", "in/waits.hl7"]),
        "cistern: no feed has an address: say --to\n"
    );
}

#[test]
fn check_looks_for_the_authorities_of_the_machine() {
    let prompt = Prompt::new();
    prompt.write(
        "cistern.toml",
        "[[feed]]\nname = \"x\"\naddress = \"127.0.0.1:0\"\n\
         application_ack = \"return_address\"\nreturn_address = \"ehr:1\"\nreturn_tls = {}\n",
    );
    assert_eq!(
        prompt.bad_without_authorities(&["check"]),
        "cistern: feed x: no TLS to the return address\n  \
         because: this machine has no authorities that it trusts: install them \
         (ca-certificates), or name a file of authorities\n"
    );
}

#[test]
fn check_says_what_is_wrong_with_the_way_to_the_database() {
    let prompt = Prompt::new();
    prompt.write(
        "cistern.toml",
        "[database]\nurl = \"postgres://u:SECRETWORD@h/d?ssl_mode=SECRETWORD\"\n",
    );
    assert_eq!(
        prompt.bad(&["check"]),
        "cistern: cistern.toml:2: the address takes no parameter \"ssl_mode\"; those of TLS are \
         sslmode, sslrootcert, sslcert and sslkey\n"
    );
}
