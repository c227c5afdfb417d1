//! What the sheets say, checked against each other.

use std::path::Path;

use super::sheet::{Mistake, Row, Sheet};

/// All that is known, in the order in which it is looked up.
pub(super) struct Facts {
    pub(super) segments: Vec<Whole>,
    pub(super) types: Vec<Whole>,
    pub(super) tables: Vec<Table>,
}

/// A segment with its fields, or a data type with its components.
pub(super) struct Whole {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) versions: (usize, usize),
    pub(super) parts: Vec<Part>,
}

/// A field or component, as it is in some versions.
pub(super) struct Part {
    pub(super) number: u8,
    pub(super) versions: (usize, usize),
    pub(super) name: String,
    pub(super) data_type: String,
    pub(super) optionality: &'static str,
    /// 0: any number of them.
    pub(super) repetitions: u8,
    /// 0: not stated.
    pub(super) length: u32,
    /// 0: none.
    pub(super) table: u16,
}

/// A table with its codes.
pub(super) struct Table {
    pub(super) number: u16,
    pub(super) name: String,
    pub(super) codes: Vec<Code>,
}

/// A code as it is sent, what it means, and the versions that list it.
pub(super) struct Code {
    pub(super) text: String,
    pub(super) versions: (usize, usize),
    pub(super) meaning: String,
}

const SEGMENTS: &[&str] = &["segment", "from", "to", "name"];
const FIELDS: &[&str] = &[
    "segment",
    "number",
    "from",
    "to",
    "name",
    "type",
    "optionality",
    "repetitions",
    "length",
    "table",
];
const TYPES: &[&str] = &["type", "from", "to", "name"];
const COMPONENTS: &[&str] = &[
    "type",
    "number",
    "from",
    "to",
    "name",
    "type of component",
    "optionality",
    "length",
    "table",
];
const TABLES: &[&str] = &["table", "name"];
const CODES: &[&str] = &["table", "code", "from", "to", "meaning"];

impl Facts {
    pub(super) fn read(folder: &Path) -> Result<Facts, Mistake> {
        let mut facts = Facts {
            segments: wholes(&Sheet::read(folder, "segments", SEGMENTS)?, "segment")?,
            types: wholes(&Sheet::read(folder, "types", TYPES)?, "type")?,
            tables: tables(&Sheet::read(folder, "tables", TABLES)?)?,
        };
        facts.add_codes(&Sheet::read(folder, "codes", CODES)?)?;
        facts.add_fields(&Sheet::read(folder, "fields", FIELDS)?)?;
        facts.add_components(&Sheet::read(folder, "components", COMPONENTS)?)?;
        Ok(facts)
    }

    fn add_fields(&mut self, sheet: &Sheet) -> Result<(), Mistake> {
        for row in sheet.rows()? {
            let repetitions = match row.cell("repetitions") {
                "*" => 0,
                _ => row.number("repetitions")?,
            };
            let part = self.part(&row, "type", repetitions)?;
            add_part(&mut self.segments, &row, "segment", part)?;
        }
        Ok(())
    }

    fn add_components(&mut self, sheet: &Sheet) -> Result<(), Mistake> {
        for row in sheet.rows()? {
            let part = self.part(&row, "type of component", 1)?;
            add_part(&mut self.types, &row, "type", part)?;
        }
        Ok(())
    }

    fn part(&self, row: &Row<'_>, type_column: &str, repetitions: u8) -> Result<Part, Mistake> {
        let data_type = row.words(type_column)?;
        if !self.types.iter().any(|known| known.id == data_type) {
            return Err(row.mistake(format!("{data_type} is not in types.tsv")));
        }
        let table = row.number_or_zero("table")?;
        if table != 0 && !self.tables.iter().any(|known| known.number == table) {
            return Err(row.mistake(format!("{table:04} is not in tables.tsv")));
        }
        Ok(Part {
            number: row.number("number")?,
            versions: row.versions()?,
            name: row.words("name")?.to_owned(),
            data_type: data_type.to_owned(),
            optionality: optionality(row)?,
            repetitions,
            length: row.number_or_zero("length")?,
            table,
        })
    }

    fn add_codes(&mut self, sheet: &Sheet) -> Result<(), Mistake> {
        for row in sheet.rows()? {
            let number = row.number::<u16>("table")?;
            let Some(table) = self.tables.iter_mut().find(|table| table.number == number) else {
                return Err(row.mistake(format!("{number:04} is not in tables.tsv")));
            };
            let code = Code {
                text: row.words("code")?.to_owned(),
                versions: row.versions()?,
                meaning: row.words("meaning")?.to_owned(),
            };
            if table
                .codes
                .last()
                .is_some_and(|last| last.text >= code.text)
            {
                return Err(row.mistake("codes are sorted, and each stands once"));
            }
            table.codes.push(code);
        }
        Ok(())
    }
}

fn wholes(sheet: &Sheet, id: &str) -> Result<Vec<Whole>, Mistake> {
    let mut wholes: Vec<Whole> = Vec::new();
    for row in sheet.rows()? {
        let whole = Whole {
            id: row.words(id)?.to_owned(),
            name: row.words("name")?.to_owned(),
            versions: row.versions()?,
            parts: Vec::new(),
        };
        if wholes.last().is_some_and(|last| last.id >= whole.id) {
            return Err(row.mistake(format!("each {id} stands once, and they are sorted")));
        }
        wholes.push(whole);
    }
    Ok(wholes)
}

fn tables(sheet: &Sheet) -> Result<Vec<Table>, Mistake> {
    let mut tables: Vec<Table> = Vec::new();
    for row in sheet.rows()? {
        let table = Table {
            number: row.number("table")?,
            name: row.words("name")?.to_owned(),
            codes: Vec::new(),
        };
        if tables
            .last()
            .is_some_and(|last| last.number >= table.number)
        {
            return Err(row.mistake("each table stands once, and they are sorted"));
        }
        tables.push(table);
    }
    Ok(tables)
}

fn optionality(row: &Row<'_>) -> Result<&'static str, Mistake> {
    match row.cell("optionality") {
        "R" => Ok("Required"),
        "C" => Ok("Conditional"),
        "O" => Ok("Optional"),
        _ => Err(row.mistake("optionality is none of R, C, O")),
    }
}

fn add_part(wholes: &mut [Whole], row: &Row<'_>, id: &str, part: Part) -> Result<(), Mistake> {
    let name = row.words(id)?;
    let Some(whole) = wholes.iter_mut().find(|whole| whole.id == name) else {
        return Err(row.mistake(format!("{name} is not among the {id}s")));
    };
    if let Some(last) = whole.parts.last() {
        let follows = last.number < part.number
            || last.number == part.number && last.versions.1 < part.versions.0;
        if !follows {
            return Err(row.mistake("rows are sorted by number and version, and do not overlap"));
        }
    }
    whole.parts.push(part);
    Ok(())
}
