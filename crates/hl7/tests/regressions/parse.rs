//! Reading: nothing of the input is lost, and every way through a message finds the same.

use std::hint::black_box;

use cistern_hl7::{
    Charset, Cwe, Cx, Ei, Hd, Leaf, Message, Path, Pl, Presence, Repetition, Segment, Sn, Tq, Xad,
    Xpn, Xtn,
};

/// How many leaves are looked up by path, since each lookup passes over those before it.
const LOOKED_UP: usize = 16;

pub(crate) fn check(bytes: &[u8]) {
    let message = match Message::parse(bytes) {
        Ok(message) => message,
        Err(error) => return assert!(error.offset() <= bytes.len()),
    };
    assert_eq!(message.as_bytes(), bytes);
    assert_eq!(message.to_buf().message().as_bytes(), bytes);
    let raw: Vec<&[u8]> = message.segments().map(Segment::raw).collect();
    assert_eq!(raw, lines(bytes));
    let expected = split(&message);
    let leaves: Vec<Place<'_>> = message.leaves().map(place).collect();
    assert_eq!(leaves, expected);
    assert_eq!(nested(&message), expected);
    let apart = leaves.len() / LOOKED_UP + 1;
    for leaf in message.leaves().step_by(apart) {
        look_up(&message, leaf);
    }
    message.segments().for_each(interpret);
}

/// The segment of a leaf, its numbers, and its bytes.
type Place<'a> = (usize, [usize; 4], &'a [u8]);

fn place(leaf: Leaf<'_>) -> Place<'_> {
    let numbers = [
        leaf.field(),
        leaf.repetition(),
        leaf.component(),
        leaf.subcomponent(),
    ];
    (leaf.segment().position(), numbers, leaf.raw())
}

/// The lines of a message that are not empty.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let lines = bytes.split(|byte| b"\r\n".contains(byte));
    lines.filter(|line| !line.is_empty()).collect()
}

/// The leaves as splitting the text finds them.
fn split<'a>(message: &Message<'a>) -> Vec<Place<'a>> {
    let delimiters = message.delimiters();
    let mut leaves = Vec::new();
    for (position, line) in lines(message.as_bytes()).into_iter().enumerate() {
        let mut fields = line.split(|byte| *byte == delimiters.field());
        let name = fields.next().unwrap();
        let mut number = 0;
        if [&b"MSH"[..], b"FHS", b"BHS"].contains(&name) {
            for whole in [line.get(3..4), fields.next()].into_iter().flatten() {
                number += 1;
                leaves.push((position, [number, 1, 1, 1], whole));
            }
        }
        for field in fields {
            number += 1;
            let repetitions = field.split(|byte| *byte == delimiters.repetition());
            for (repetition, r) in repetitions.zip(1..) {
                let components = repetition.split(|byte| *byte == delimiters.component());
                for (component, c) in components.zip(1..) {
                    let parts = component.split(|byte| Some(*byte) == delimiters.subcomponent());
                    leaves.extend(
                        parts
                            .zip(1..)
                            .map(|(part, s)| (position, [number, r, c, s], part)),
                    );
                }
            }
        }
    }
    leaves
}

/// The leaves as one level after the other gives them.
fn nested<'a>(message: &Message<'a>) -> Vec<Place<'a>> {
    let mut leaves = Vec::new();
    for segment in message.segments() {
        for (field, f) in segment.fields().zip(1..) {
            for (repetition, r) in field.repetitions().zip(1..) {
                for (component, c) in repetition.components().zip(1..) {
                    for (leaf, s) in component.subcomponents().zip(1..) {
                        leaves.push((segment.position(), [f, r, c, s], leaf.raw()));
                    }
                }
            }
        }
    }
    leaves
}

/// The path of a leaf leads to it.
fn look_up(message: &Message<'_>, leaf: Leaf<'_>) {
    let segment = leaf.segment();
    let Ok(name) = str::from_utf8(segment.name()) else {
        return;
    };
    let before = message.segments().take(segment.position());
    let occurrence = before
        .filter(|other| other.name() == name.as_bytes())
        .count()
        + 1;
    let (_, [field, repetition, component, subcomponent], _) = place(leaf);
    let path = format!("{name}[{occurrence}]-{field}[{repetition}].{component}.{subcomponent}");
    let Ok(path) = Path::parse(&path) else {
        return;
    };
    assert_eq!(message.get(&path), leaf.presence(), "{path}");
    assert_eq!(segment.get(&path), leaf.presence(), "{path}");
    let all: Vec<Presence<'_>> = message.get_all(&path).collect();
    assert_eq!(all, [leaf.presence()], "{path}");
}

/// Whatever the bytes say, they can be asked for their meaning.
fn interpret(segment: Segment<'_>) {
    for field in segment.fields() {
        field.repetitions().take(2).for_each(read_as_types);
        if let Some(value) = field.presence().value() {
            for charset in [Charset::UNSTATED, Charset::UTF_8, Charset::ASCII] {
                black_box(value.decode(charset)).ok();
                black_box(value.plain_text(charset)).ok();
            }
        }
    }
}

fn read_as_types(repetition: Repetition<'_>) {
    black_box(Cx::of(repetition));
    black_box(Xpn::of(repetition));
    black_box(Xad::of(repetition));
    black_box(Xtn::of(repetition).number());
    black_box(Cwe::of(repetition));
    black_box(Ei::of(repetition));
    black_box(Hd::of(repetition));
    black_box(Pl::of(repetition));
    black_box(Sn::of(repetition));
    black_box(Tq::of(repetition));
}
