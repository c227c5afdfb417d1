//! CSV files with named columns, every mistake in them collected.

use std::sync::Arc;

use crate::error::{LoadError, LoadErrors, LoadProblem, Place};
use crate::hint::Hint;
use crate::source::SourceFile;

/// The rows of a file and what is wrong with it.
pub(crate) struct CsvFile {
    name: Arc<str>,
    errors: Vec<LoadError>,
    pub(crate) rows: Vec<CsvRow>,
}

/// One row whose required cells are filled.
pub(crate) struct CsvRow {
    pub(crate) line: usize,
    cells: Vec<(&'static str, String)>,
}

impl CsvRow {
    /// The cell of a column, empty where the file does not have the column.
    pub(crate) fn cell(&self, column: &str) -> &str {
        let cell = self.cells.iter().find(|(name, _)| *name == column);
        cell.map_or("", |(_, text)| text)
    }
}

impl CsvFile {
    /// Reads the known columns in whatever order the file has them.
    pub(crate) fn read(
        file: &SourceFile,
        columns: &'static [&'static str],
        required: &[&'static str],
        of: &'static str,
    ) -> CsvFile {
        let mut csv = CsvFile {
            name: file.name.as_str().into(),
            errors: Vec::new(),
            rows: Vec::new(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(file.text.as_bytes());
        let heads = match reader.headers() {
            Ok(heads) => heads.clone(),
            Err(error) => {
                csv.complain_of(&error);
                return csv;
            }
        };
        let Some(heads) = csv.read_heads(&heads, columns, required, of) else {
            return csv;
        };
        for record in reader.records() {
            match record {
                Ok(record) => csv.read_row(&heads, &record, required),
                Err(error) => csv.complain_of(&error),
            }
        }
        csv
    }

    pub(crate) fn complain(&mut self, line: usize, problem: LoadProblem) {
        let place = Place {
            file: Arc::clone(&self.name),
            line,
        };
        self.errors.push(LoadError::new(&place, None, problem));
    }

    /// The result, unless something was wrong.
    pub(crate) fn finish<T>(mut self, result: T) -> Result<T, LoadErrors> {
        self.errors.sort_by_key(|error| error.line);
        if self.errors.is_empty() {
            Ok(result)
        } else {
            Err(LoadErrors::new(self.errors))
        }
    }

    /// The known column of each place; `None` where a required one is missing.
    fn read_heads(
        &mut self,
        heads: &csv::StringRecord,
        columns: &'static [&'static str],
        required: &[&'static str],
        of: &'static str,
    ) -> Option<Vec<Option<&'static str>>> {
        let known: Vec<_> = heads
            .iter()
            .map(|head| columns.iter().copied().find(|column| *column == head))
            .collect();
        for (head, column) in heads.iter().zip(&known) {
            if column.is_none() {
                let hint = Hint::of(head, columns.iter().copied());
                self.complain(
                    1,
                    LoadProblem::UnknownKey {
                        key: head.to_owned(),
                        of,
                        hint,
                    },
                );
            }
        }
        let missing: Vec<_> = required
            .iter()
            .filter(|c| !known.contains(&Some(c)))
            .collect();
        for column in &missing {
            let columns = columns.join(",");
            self.complain(1, LoadProblem::MissingColumn { column, columns });
        }
        missing.is_empty().then_some(known)
    }

    fn read_row(
        &mut self,
        heads: &[Option<&'static str>],
        record: &csv::StringRecord,
        required: &[&'static str],
    ) {
        let cells = heads.iter().zip(record);
        let cells = cells
            .filter_map(|(head, cell)| Some(((*head)?, cell.to_owned())))
            .collect();
        let row = CsvRow {
            line: line_of(record.position()),
            cells,
        };
        match required.iter().find(|column| row.cell(column).is_empty()) {
            Some(column) => self.complain(row.line, LoadProblem::EmptyCell { column }),
            None => self.rows.push(row),
        }
    }

    fn complain_of(&mut self, error: &csv::Error) {
        let sentence = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => {
                format!("{len} cells where the first line has {expected_len}")
            }
            _ => "this is not CSV".to_owned(),
        };
        self.complain(line_of(error.position()), LoadProblem::Syntax(sentence));
    }
}

fn line_of(position: Option<&csv::Position>) -> usize {
    position.map_or(1, |position| {
        usize::try_from(position.line()).unwrap_or(usize::MAX)
    })
}
