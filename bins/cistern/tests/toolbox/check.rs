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
            "unknown.toml",
            "cistern: unknown.toml:2: unknown field `max_frame_bites`, expected one of \
             `max_frame_bytes`, `in_frame_idle_secs`, `answer_write_secs`, `commit_secs`, \
             `link_window_messages`, `commit_messages_max`, `links_max`, `drain_secs`, \
             `sending_application`, `sending_facility`\n",
        ),
        (
            "limit.toml",
            "cistern: limit.toml:3: links_max must be at least 1\n",
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
    for (file, complaint) in complaints {
        assert_eq!(prompt.bad(&["--config", file, "check"]), complaint);
    }
}
