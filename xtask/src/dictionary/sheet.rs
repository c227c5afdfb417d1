//! Reads tab-separated text, and says on which line it is wrong.

use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

/// Versions of the standard whose facts are told apart, in order.
pub(super) const VERSIONS: [&str; 8] = ["2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"];

/// What is wrong with a sheet, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    sheet: String,
    line: usize,
    sentence: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.sheet, self.line, self.sentence)
    }
}

/// A file of rows under one line of column names.
pub(super) struct Sheet {
    name: String,
    columns: &'static [&'static str],
    text: String,
}

impl Sheet {
    pub(super) fn read(
        folder: &Path,
        name: &str,
        columns: &'static [&'static str],
    ) -> Result<Sheet, Mistake> {
        let path = folder.join(format!("{name}.tsv"));
        let text = fs::read_to_string(&path).map_err(|error| Mistake {
            sheet: path.display().to_string(),
            line: 0,
            sentence: error.to_string(),
        })?;
        Sheet::of(path.display().to_string(), columns, text)
    }

    fn of(name: String, columns: &'static [&'static str], text: String) -> Result<Sheet, Mistake> {
        let sheet = Sheet {
            name,
            columns,
            text,
        };
        if sheet.text.lines().next() != Some(&columns.join("\t")) {
            return Err(sheet.mistake(1, format!("the columns are {}", columns.join(", "))));
        }
        Ok(sheet)
    }

    /// The rows, from line 2 on; each has as many cells as there are columns.
    pub(super) fn rows(&self) -> Result<Vec<Row<'_>>, Mistake> {
        let mut rows = Vec::new();
        for (index, line) in self.text.lines().enumerate().skip(1) {
            let row = Row {
                sheet: self,
                line: index + 1,
                cells: line.split('\t').collect(),
            };
            if row.cells.len() != self.columns.len() {
                let wanted = self.columns.len();
                return Err(row.mistake(format!("{} cells, not {wanted}", row.cells.len())));
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn mistake(&self, line: usize, sentence: String) -> Mistake {
        Mistake {
            sheet: self.name.clone(),
            line,
            sentence,
        }
    }
}

/// One line of a [`Sheet`].
pub(super) struct Row<'a> {
    sheet: &'a Sheet,
    line: usize,
    cells: Vec<&'a str>,
}

impl<'a> Row<'a> {
    /// The cell of a column; empty where nothing is known.
    pub(super) fn cell(&self, column: &str) -> &'a str {
        let columns = self.sheet.columns.iter();
        let found = columns.zip(&self.cells).find(|(name, _)| **name == column);
        found.map_or("", |(_, cell)| *cell)
    }

    /// A cell that must say something, in words that are single-spaced.
    pub(super) fn words(&self, column: &str) -> Result<&'a str, Mistake> {
        let cell = self.cell(column);
        let is_tidy = cell.split(' ').all(|word| !word.is_empty());
        if !is_tidy || cell.contains(['"', '\\']) {
            return Err(self.mistake(format!("{column} is empty or untidy")));
        }
        Ok(cell)
    }

    pub(super) fn number<T: FromStr>(&self, column: &str) -> Result<T, Mistake> {
        let number = self.cell(column).parse();
        number.map_err(|_| self.mistake(format!("{column} is not a number that fits")))
    }

    /// As [`Row::number`], and 0 for an empty cell.
    pub(super) fn number_or_zero<T: FromStr + Default>(&self, column: &str) -> Result<T, Mistake> {
        if self.cell(column).is_empty() {
            return Ok(T::default());
        }
        self.number(column)
    }

    /// The columns `from` and `to` as indexes into [`VERSIONS`].
    pub(super) fn versions(&self) -> Result<(usize, usize), Mistake> {
        let first = self.version("from", 0)?;
        let last = self.version("to", VERSIONS.len() - 1)?;
        if self.cell("from").is_empty() || last < first {
            return Err(self.mistake("from is empty or after to"));
        }
        Ok((first, last))
    }

    fn version(&self, column: &str, if_empty: usize) -> Result<usize, Mistake> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(if_empty);
        }
        let index = VERSIONS.iter().position(|version| *version == cell);
        index.ok_or_else(|| self.mistake(format!("{column} is none of {}", VERSIONS.join(", "))))
    }

    pub(super) fn mistake(&self, sentence: impl Into<String>) -> Mistake {
        self.sheet.mistake(self.line, sentence.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[&str] = &["segment", "number", "from", "to", "name"];

    fn complaint(text: &str, check: fn(&Row<'_>) -> Option<Mistake>) -> String {
        let text = format!("segment\tnumber\tfrom\tto\tname\n{text}\n");
        let sheet = Sheet::of("fields.tsv".into(), COLUMNS, text).unwrap();
        match sheet.rows() {
            Ok(rows) => rows.iter().find_map(check).unwrap().to_string(),
            Err(mistake) => mistake.to_string(),
        }
    }

    #[test]
    fn a_mistake_names_the_line_and_the_column() {
        assert_eq!(
            complaint("PID\t3", |_| None),
            "fields.tsv:2: 2 cells, not 5"
        );
        assert_eq!(
            complaint("PID\t3\t2.3\t\tlist\nPID\tx\t2.3\t\tlist", |row| {
                row.number::<u8>("number").err()
            }),
            "fields.tsv:3: number is not a number that fits"
        );
        assert_eq!(
            complaint("PID\t3\t2.5\t2.4\tlist", |row| row.versions().err()),
            "fields.tsv:2: from is empty or after to"
        );
        assert_eq!(
            complaint("PID\t3\t2.5\t2.9\tlist", |row| row.versions().err()),
            "fields.tsv:2: to is none of 2.3, 2.3.1, 2.4, 2.5, 2.5.1, 2.6, 2.7, 2.8"
        );
        assert_eq!(
            complaint("PID\t3\t2.5\t\ttwo  spaces", |row| row.words("name").err()),
            "fields.tsv:2: name is empty or untidy"
        );
    }

    #[test]
    fn other_columns_are_refused() {
        let sheet = Sheet::of("fields.tsv".into(), COLUMNS, "segment\tname\n".into());
        assert_eq!(
            sheet.err().unwrap().to_string(),
            "fields.tsv:1: the columns are segment, number, from, to, name"
        );
    }
}
