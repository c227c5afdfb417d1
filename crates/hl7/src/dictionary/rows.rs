//! How the facts lie in the binary: rows of indexes into one text.

/// Rows of [`Whole`]: identifier, name, first and last version, first part and end of parts.
macro_rules! wholes {
    ($($id:literal $name:literal $from:literal $to:literal $first:literal $end:literal;)*) => {
        [$(Whole {
            id: Text($id),
            name: Text($name),
            versions: Span { first: $from, last: $to },
            first_part: $first,
            end_of_parts: $end,
        }),*]
    };
}

/// Rows of [`Part`]: number, first and last version, name, type, optionality, repetitions, length,
/// table.
macro_rules! parts {
    ($($number:literal $from:literal $to:literal $name:literal $type:literal $optionality:ident
        $repetitions:literal $length:literal $table:literal;)*) => {
        [$(Part {
            number: $number,
            versions: Span { first: $from, last: $to },
            name: Text($name),
            data_type: $type,
            optionality: Optionality::$optionality,
            repetitions: $repetitions,
            length: $length,
            table: $table,
        }),*]
    };
}

/// Rows of [`Table`]: number, name, first code and end of codes.
macro_rules! tables {
    ($($number:literal $name:literal $first:literal $end:literal;)*) => {
        [$(Table {
            number: $number,
            name: Text($name),
            first_code: $first,
            end_of_codes: $end,
        }),*]
    };
}

/// Rows of [`Code`]: code, meaning, first and last version.
macro_rules! codes {
    ($($code:literal $meaning:literal $from:literal $to:literal;)*) => {
        [$(Code {
            text: Text($code),
            meaning: Text($meaning),
            versions: Span { first: $from, last: $to },
        }),*]
    };
}

#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "the numbers are indexes, which nobody reads")]
mod generated;

use super::part::Optionality;
use generated::{CODES, COMPONENTS, FIELDS, LENGTHS, SEGMENTS, TABLES, TEXT_ENDS, TEXTS, TYPES};

/// A segment with its fields, or a data type with its components.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Whole {
    id: Text,
    name: Text,
    versions: Span,
    first_part: u16,
    end_of_parts: u16,
}

/// A field or component, as it is in a span of versions.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub(super) number: u8,
    versions: Span,
    name: Text,
    data_type: u8,
    pub(super) optionality: Optionality,
    /// 0: any number of them.
    pub(super) repetitions: u8,
    length: u8,
    /// 0: none.
    pub(super) table: u16,
}

/// A table with its codes.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Table {
    pub(super) number: u16,
    name: Text,
    first_code: u16,
    end_of_codes: u16,
}

/// A code and what it means.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Code {
    text: Text,
    meaning: Text,
    versions: Span,
}

/// The versions in which a row holds, as indexes into the versions that are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Span {
    first: u8,
    last: u8,
}

impl Span {
    /// Whether it holds in a version or held before it.
    fn is_known(self, version: u8) -> bool {
        self.first <= version
    }

    fn is_over(self, version: u8) -> bool {
        self.last < version
    }
}

/// An index into the text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Text(u16);

impl Text {
    fn as_str(self) -> &'static str {
        let index = usize::from(self.0);
        let (Some(start), Some(end)) = (TEXT_ENDS.get(index), TEXT_ENDS.get(index + 1)) else {
            return "";
        };
        TEXTS
            .get(*start as usize..*end as usize)
            .unwrap_or_default()
    }
}

impl Whole {
    /// Every segment of every version, sorted by identifier.
    pub(super) fn segments() -> &'static [Whole] {
        &SEGMENTS
    }

    /// Every data type of every version, sorted by identifier.
    pub(super) fn types() -> &'static [Whole] {
        &TYPES
    }

    /// The one of that identifier.
    pub(super) fn find(all: &'static [Whole], id: &str, version: u8) -> Option<&'static Whole> {
        let index = all.binary_search_by(|whole| whole.id().cmp(id)).ok()?;
        all.get(index).filter(|whole| whole.is_known(version))
    }

    pub(super) fn id(&self) -> &'static str {
        self.id.as_str()
    }

    pub(super) fn name(&self) -> &'static str {
        self.name.as_str()
    }

    pub(super) fn is_known(&self, version: u8) -> bool {
        self.versions.is_known(version)
    }

    pub(super) fn is_withdrawn(&self, version: u8) -> bool {
        self.versions.is_over(version)
    }

    /// The rows of its fields.
    pub(super) fn fields(&self) -> &'static [Part] {
        FIELDS.get(self.range()).unwrap_or_default()
    }

    /// The rows of its components.
    pub(super) fn components(&self) -> &'static [Part] {
        COMPONENTS.get(self.range()).unwrap_or_default()
    }

    fn range(&self) -> std::ops::Range<usize> {
        self.first_part.into()..self.end_of_parts.into()
    }
}

impl Part {
    /// The row of a number in a version, or the last before it where it is withdrawn.
    pub(super) fn find(rows: &'static [Part], number: u16, version: u8) -> Option<&'static Part> {
        let place = (number, version);
        let end = rows.partition_point(|row| (row.number.into(), row.versions.first) <= place);
        let newest = rows.get(end.checked_sub(1)?)?;
        (u16::from(newest.number) == number).then_some(newest)
    }

    /// One row for each number that is known in a version, in order.
    pub(super) fn all(rows: &'static [Part], version: u8) -> impl Iterator<Item = &'static Part> {
        let by_number = rows.chunk_by(|one, next| one.number == next.number);
        by_number.filter_map(move |rows| {
            let mut rows = rows.iter();
            rows.rfind(|row| row.versions.is_known(version))
        })
    }

    pub(super) fn name(&self) -> &'static str {
        self.name.as_str()
    }

    pub(super) fn data_type(&self) -> &'static str {
        TYPES.get(usize::from(self.data_type)).map_or("", Whole::id)
    }

    pub(super) fn length(&self) -> Option<u32> {
        let length = LENGTHS.get(usize::from(self.length)).copied();
        length.filter(|length| *length != 0)
    }

    pub(super) fn is_withdrawn(&self, version: u8) -> bool {
        self.versions.is_over(version)
    }
}

impl Table {
    /// Every table, sorted by number.
    pub(super) fn all() -> &'static [Table] {
        &TABLES
    }

    pub(super) fn name(&self) -> &'static str {
        self.name.as_str()
    }

    /// The rows of its codes, sorted by code.
    pub(super) fn codes(&self) -> &'static [Code] {
        let range = usize::from(self.first_code)..usize::from(self.end_of_codes);
        CODES.get(range).unwrap_or_default()
    }
}

impl Code {
    pub(super) fn code(&self) -> &'static str {
        self.text.as_str()
    }

    pub(super) fn meaning(&self) -> &'static str {
        self.meaning.as_str()
    }

    pub(super) fn is_known(&self, version: u8) -> bool {
        self.versions.is_known(version)
    }

    pub(super) fn is_withdrawn(&self, version: u8) -> bool {
        self.versions.is_over(version)
    }
}
