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

    pub(crate) fn cell_mut(&mut self, field: &Field) -> Option<&mut Cell> {
        let place = self.record_type.place(field)?;
        self.cells.get_mut(place)
    }
}
