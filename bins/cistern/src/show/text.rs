//! A message as a table for people: a line for each valued leaf, its path and its text.

use hl7::{Charset, DecodeError, Dictionary, Leaf, LeafDefinition, Presence, Segment};

use crate::ordinals::{Ordinals, leaf_path, numbered};
use crate::parts::Part;
use crate::table::table;

/// What stands in the place of a path where a line is no segment.
const NO_SEGMENT: &str = "(line)";

/// The table of a part, with a column of names if they are wanted. Segments are counted within
/// it, as paths count them.
pub(super) fn text(part: &Part<'_>, with_names: bool) -> String {
    let mut rows = Rows {
        names: with_names.then(|| part.dictionary()),
        cells: Vec::new(),
    };
    let mut ordinals = Ordinals::default();
    let recoded = part.recoded();
    let (segments, charset) = part.legible(recoded.as_ref());
    for segment in segments {
        match segment.proper_name() {
            Some(name) => {
                let ordinal = ordinals.next(segment.name());
                rows.segment(&numbered(name, ordinal), segment, charset);
            }
            None => rows.line(segment, charset),
        }
    }
    table(&rows.cells)
}

struct Rows {
    /// Nothing where no names are wanted.
    names: Option<Dictionary>,
    cells: Vec<Vec<String>>,
}

impl Rows {
    fn segment(&mut self, name: &str, segment: Segment<'_>, charset: Charset) {
        let before = self.cells.len();
        for leaf in segment.leaves() {
            if let Some(text) = text_of(leaf, charset) {
                self.leaf(leaf_path(name, leaf), text, leaf);
            }
        }
        if self.cells.len() == before {
            self.cells.push(vec![name.to_owned()]);
        }
    }

    fn leaf(&mut self, path: String, text: String, leaf: Leaf<'_>) {
        let Some(dictionary) = self.names else {
            self.cells.push(vec![path, text]);
            return;
        };
        let definition = dictionary.leaf(leaf);
        let name = definition.map_or("", LeafDefinition::name);
        let table = definition.and_then(|definition| dictionary.table(definition.table()?));
        let text = match table.and_then(|table| table.code(&text)) {
            Some(code) => format!("{text} ({})", code.meaning()),
            None => text,
        };
        self.cells.push(vec![path, name.to_owned(), text]);
    }

    fn line(&mut self, line: Segment<'_>, charset: Charset) {
        let text = match charset.decode(line.raw()) {
            Ok(text) => text.into_owned(),
            Err(error) => unreadable(line.raw(), error),
        };
        let mut row = vec![NO_SEGMENT.to_owned(), text];
        if self.names.is_some() {
            row.insert(1, String::new());
        }
        self.cells.push(row);
    }
}

/// What a person reads at a leaf; nothing where nothing is valued.
fn text_of(leaf: Leaf<'_>, charset: Charset) -> Option<String> {
    match leaf.presence() {
        Presence::Absent | Presence::Empty => None,
        Presence::Null => Some("\"\"".to_owned()),
        Presence::Value(value) => Some(match value.plain_text(charset) {
            Ok(text) => text.into_owned(),
            Err(error) => unreadable(value.raw(), error),
        }),
    }
}

fn unreadable(raw: &[u8], error: DecodeError) -> String {
    format!("({} bytes: {error})", raw.len())
}
