//! A stored record: its values, and for each the message that it came from.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Field, RecordType};
use crate::value::Value;

/// One record as the database has it, or will have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    record_type: &'static RecordType,
    cells: Vec<Cell>,
}

/// One field of a record.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "read and written by every backend"
)]
pub struct Cell {
    /// The value, where there is one.
    pub value: Option<Value>,
    /// Where the value, or its absence after a clearing, comes from.
    pub source: Option<Source>,
}

/// Which message said so, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::exhaustive_structs,
    reason = "read and written by every backend"
)]
pub struct Source {
    /// When and by which message.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Where in the message, `OBX[2]-5`.
    pub path: String,
    /// On the field of the life-cycle state: what the record has been through.
    #[serde(default, skip_serializing_if = "Life::is_new")]
    pub life: Life,
}

impl Source {
    /// Where a value comes from.
    pub fn new(stamp: Stamp, path: impl Into<String>) -> Source {
        Source {
            stamp,
            path: path.into(),
            life: Life::default(),
        }
    }
}

/// What a record has been through. It only grows, and so does not depend on the order in which
/// messages arrive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "read and written by every backend"
)]
pub struct Life {
    /// The earliest time, in milliseconds since 1970, of a message that settled the record.
    /// Nothing provisional that is newer counts.
    pub settled_since: Option<i64>,
    /// Whether a settled value was wrong.
    pub corrected: bool,
}

impl Life {
    fn is_new(&self) -> bool {
        *self == Life::default()
    }
}

/// The order of what messages say: the greater stamp wins, whichever is imported first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "an order by definition")]
pub struct Stamp {
    /// 0 for what is provisional (a preliminary result), 1 for the rest.
    pub tier: u8,
    /// The time the message speaks of, in milliseconds since 1970.
    pub as_of: i64,
    /// The message, which decides between equal times by order of arrival.
    pub message_id: i64,
}

impl Record {
    /// A record without a value.
    pub fn new(record_type: &'static RecordType) -> Record {
        Record {
            record_type,
            cells: vec![Cell::default(); record_type.fields.len()],
        }
    }

    /// A record from its cells, in the order of the catalogue's fields.
    ///
    /// `None` when there are not as many cells as fields.
    pub fn from_cells(record_type: &'static RecordType, cells: Vec<Cell>) -> Option<Record> {
        (cells.len() == record_type.fields.len()).then_some(Record { record_type, cells })
    }

    /// The type.
    pub fn record_type(&self) -> &'static RecordType {
        self.record_type
    }

    /// The cells, in the order of the catalogue's fields.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// A field's value.
    pub fn value(&self, field: &Field) -> Option<&Value> {
        self.cells
            .get(self.record_type.place(field)?)?
            .value
            .as_ref()
    }

    /// The text of a text field, empty when there is none.
    pub fn text(&self, field: &str) -> &str {
        let value = self
            .record_type
            .field(field)
            .and_then(|field| self.value(field));
        value.and_then(Value::as_text).unwrap_or_default()
    }

    /// The life-cycle state.
    pub fn status(&self) -> &str {
        match self.record_type.status_field.map(|field| self.text(field)) {
            None | Some("") => "active",
            Some(status) => status,
        }
    }

    /// The newest stamp of any field.
    pub fn newest(&self) -> Option<Stamp> {
        self.cells
            .iter()
            .filter_map(|cell| Some(cell.source.as_ref()?.stamp))
            .max()
    }

    pub(crate) fn cell(&self, field: &Field) -> Option<&Cell> {
        self.cells.get(self.record_type.place(field)?)
    }

    /// What the record has been through.
    pub(crate) fn life(&self) -> Life {
        let status = self.status_field().and_then(|field| self.cell(field));
        status
            .and_then(|cell| cell.source.as_ref())
            .map_or(Life::default(), |source| source.life)
    }

    pub(crate) fn set_life(&mut self, life: Life) {
        let status = self.status_field().and_then(|field| self.cell_mut(field));
        if let Some(source) = status.and_then(|cell| cell.source.as_mut()) {
            source.life = life;
        }
    }

    fn status_field(&self) -> Option<&'static Field> {
        self.record_type.field(self.record_type.status_field?)
    }

    pub(crate) fn cells_mut(&mut self) -> impl Iterator<Item = (&'static Field, &mut Cell)> {
        self.record_type.fields.iter().zip(&mut self.cells)
    }

    pub(crate) fn cell_mut(&mut self, field: &Field) -> Option<&mut Cell> {
        let place = self.record_type.place(field)?;
        self.cells.get_mut(place)
    }
}
