//! Answers without what differs from run to run.

/// An answer with MSH-7 and MSH-10 replaced, after a look at their shape: a UTC time with offset,
/// and an id of ours.
pub(crate) fn masked(answer: &[u8]) -> String {
    let separator = char::from(answer[3]);
    let text: String = answer.iter().map(|byte| char::from(*byte)).collect();
    let (header, rest) = text.split_once('\r').expect("a first segment");
    let mut fields: Vec<&str> = header.split(separator).collect();
    assert!(is_time(fields[6]), "MSH-7 of {header}");
    assert!(is_id(fields[9]), "MSH-10 of {header}");
    (fields[6], fields[9]) = ("<time>", "<id>");
    format!("{}\r{rest}", fields.join(&separator.to_string()))
}

/// `20260302101500.123+0000`
fn is_time(text: &str) -> bool {
    let shape = |c: char| if c.is_ascii_digit() { '9' } else { c };
    text.chars()
        .map(shape)
        .eq("99999999999999.999+9999".chars())
        && text.ends_with("+0000")
}

/// `19a3f0c2b11-7`, and `19a3f0c2b11-r7` of a reply.
fn is_id(text: &str) -> bool {
    let is_hex = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_hexdigit());
    let is_number = |part: &str| {
        part.strip_prefix('r')
            .unwrap_or(part)
            .parse::<u64>()
            .is_ok()
    };
    text.split_once('-')
        .is_some_and(|(run, number)| is_hex(run) && is_number(number))
}
