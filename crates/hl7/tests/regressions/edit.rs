//! Drafts: after any changes there is a message, which says what was set; a refused change
//! changes nothing.
//!
//! An input is one change a line, an empty line, and the message to change. The first character
//! of a change says what it does: see [`apply`].

use cistern_hl7::{
    Charset, Delimiters, Draft, Message, Path, Presence, Segment, Selector, unescape,
};

/// How many changes are made; after each the whole message is read.
const CHANGES: usize = 16;
/// The highest number of a place that is changed: separators are filled in up to there.
const NUMBER_MAX: u16 = 200;

pub(crate) fn check(input: &[u8]) {
    let end = input.windows(2).position(|pair| pair == b"\n\n");
    let (changes, message) = input.split_at(end.unwrap_or(input.len()));
    let mut draft = match Message::parse(message.get(2..).unwrap_or_default()) {
        Ok(message) => Draft::of(&message),
        Err(_) => Draft::new(Delimiters::default()),
    };
    let Ok(changes) = str::from_utf8(changes) else {
        return;
    };
    for change in changes.lines().take(CHANGES) {
        let before = draft.to_bytes();
        let applied = apply(&mut draft, change);
        let after = draft.to_bytes();
        assert!(applied.is_some() || after == before, "refused: {change}");
        let read = Message::parse(&after).unwrap();
        assert_eq!(read.delimiters(), draft.delimiters());
        let segments = draft.segments().map(Segment::raw);
        assert!(read.segments().map(Segment::raw).eq(segments), "{change}");
    }
}

/// Makes a change and looks at what has become of it. Nothing if it was refused or is none.
fn apply(draft: &mut Draft, change: &str) -> Option<()> {
    let (kind, rest) = change.split_at_checked(1)?;
    let (place, content) = rest.split_once(' ').unwrap_or((rest, ""));
    match kind {
        "=" => set(draft, &path(place)?, content),
        "#" => set_raw(draft, &path(place)?, content),
        "+" => append(draft, &path(place)?, content),
        "*" => append_raw(draft, &path(place)?, content),
        "0" => set_null(draft, &path(place)?),
        "-" => clear(draft, &path(place)?),
        ">" => insert(draft, place.parse().ok()?, content),
        "<" => remove(draft, place.parse().ok()?),
        "!" => redelimit(draft, place.parse().ok()?),
        _ => None,
    }
}

/// A path whose numbers are not too high.
fn path(text: &str) -> Option<Path> {
    let path = Path::parse(text).ok()?;
    let repetition = match path.selector() {
        Selector::Nth(number) => Some(number),
        _ => None,
    };
    let numbers = [
        Some(path.field()),
        repetition,
        path.component(),
        path.subcomponent(),
    ];
    let near = numbers
        .into_iter()
        .flatten()
        .all(|number| number <= NUMBER_MAX);
    near.then_some(path)
}

fn set(draft: &mut Draft, path: &Path, text: &str) -> Option<()> {
    let charset = charset(draft);
    draft.set(path, text).ok()?;
    says_text(draft.get(path), path, text, charset);
    Some(())
}

fn set_raw(draft: &mut Draft, path: &Path, raw: &str) -> Option<()> {
    draft.set_raw(path, raw.as_bytes()).ok()?;
    says(draft, path, raw);
    Some(())
}

fn append(draft: &mut Draft, path: &Path, text: &str) -> Option<()> {
    let charset = charset(draft);
    draft.append(path, text).ok()?;
    // Nothing is not appended.
    if !text.is_empty() {
        let last = last(draft, path);
        says_text(draft.get(&last), &last, text, charset);
    }
    Some(())
}

fn append_raw(draft: &mut Draft, path: &Path, raw: &str) -> Option<()> {
    draft.append_raw(path, raw.as_bytes()).ok()?;
    if !raw.is_empty() {
        says(draft, &last(draft, path), raw);
    }
    Some(())
}

fn set_null(draft: &mut Draft, path: &Path) -> Option<()> {
    draft.set_null(path).ok()?;
    says(draft, path, "\"\"");
    Some(())
}

fn clear(draft: &mut Draft, path: &Path) -> Option<()> {
    draft.clear(path).ok()?;
    says(draft, path, "");
    Some(())
}

fn insert(draft: &mut Draft, position: usize, raw: &str) -> Option<()> {
    let before = draft.segments().len();
    draft.insert(position, raw.as_bytes()).ok()?;
    assert_eq!(draft.segments().len(), before + 1);
    assert_eq!(
        draft.segments().nth(position).unwrap().raw(),
        raw.as_bytes()
    );
    Some(())
}

fn remove(draft: &mut Draft, position: usize) -> Option<()> {
    let before = draft.segments().len();
    draft.remove(position).ok()?;
    assert_eq!(draft.segments().len(), before - 1);
    Some(())
}

fn redelimit(draft: &mut Draft, to: Delimiters) -> Option<()> {
    let (from, charset) = (draft.delimiters(), charset(draft));
    let before = leaves(draft, charset, from, to);
    draft.redelimit(to).ok()?;
    assert_eq!(draft.delimiters(), to);
    assert_eq!(leaves(draft, charset, from, to), before);
    Some(())
}

/// The place of a segment and the numbers of a leaf, and its text as far as it is text.
type Text = (usize, [usize; 4], Option<String>);

/// Every leaf but those that declare delimiters. Left out of the text are the characters that may
/// change: that of sequences which stand for no character, and the mark of truncated text.
fn leaves(draft: &Draft, charset: Charset, from: Delimiters, to: Delimiters) -> Vec<Text> {
    let changing = [
        from.escape(),
        to.escape(),
        from.truncation(),
        to.truncation(),
    ];
    let changing = changing.map(|byte| byte.map(char::from));
    let mut leaves = Vec::new();
    for segment in draft.segments() {
        let header = [&b"MSH"[..], b"FHS", b"BHS"].contains(&segment.name());
        for leaf in segment.leaves().skip(if header { 2 } else { 0 }) {
            let numbers = [
                leaf.field(),
                leaf.repetition(),
                leaf.component(),
                leaf.subcomponent(),
            ];
            let text = charset.decode(leaf.raw()).ok().map(|text| {
                let mut text = unescape(&text, &draft.delimiters(), charset).into_owned();
                text.retain(|character| !changing.contains(&Some(character)));
                text
            });
            leaves.push((segment.position(), numbers, text));
        }
    }
    leaves
}

fn charset(draft: &Draft) -> Charset {
    let bytes = draft.to_bytes();
    let charset = Message::parse(&bytes).unwrap().charset();
    charset.unwrap_or(Charset::ASCII)
}

/// The path with the last repetition of its field.
fn last(draft: &Draft, path: &Path) -> Path {
    let mut named = draft
        .segments()
        .filter(|segment| segment.is(path.segment()));
    let segment = named.nth(usize::from(path.occurrence()) - 1).unwrap();
    let field = segment.field(path.field().into()).unwrap();
    let repetition = field.repetitions().count();
    let below = [path.component(), path.subcomponent()]
        .into_iter()
        .flatten();
    let below: Vec<String> = below.map(|number| format!(".{number}")).collect();
    let last = format!(
        "{}[{}]-{}[{repetition}]{}",
        path.segment(),
        path.occurrence(),
        path.field(),
        below.concat()
    );
    Path::parse(&last).unwrap()
}

fn says_text(found: Presence<'_>, path: &Path, text: &str, charset: Charset) {
    // The change may be that a condition no longer holds.
    if matches!(path.selector(), Selector::Where(_)) {
        return;
    }
    match found {
        Presence::Value(value) => assert_eq!(value.decode(charset).unwrap(), text, "{path}"),
        Presence::Empty | Presence::Absent => assert_eq!(text, "", "{path}"),
        Presence::Null => panic!("{path} is null"),
    }
}

fn says(draft: &Draft, path: &Path, raw: &str) {
    if matches!(path.selector(), Selector::Where(_)) {
        return;
    }
    let delimiters = draft.delimiters();
    let separators = [
        Some(delimiters.repetition()),
        Some(delimiters.component()),
        delimiters.subcomponent(),
    ];
    match draft.get(path) {
        Presence::Null => assert_eq!(raw, "\"\"", "{path}"),
        Presence::Value(value) => assert_eq!(value.raw(), raw.as_bytes(), "{path}"),
        Presence::Empty | Presence::Absent => {
            assert!(
                raw.bytes().all(|byte| separators.contains(&Some(byte))),
                "{path}"
            );
        }
    }
}
