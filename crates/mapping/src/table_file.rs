//! The code tables that rules may name, as far as a load checks them.

use crate::codes::{read_table, table_values};
use crate::error::{LoadError, LoadProblem, Place};
use crate::source::SourceFile;

/// One file of a table.
#[derive(Clone, Debug)]
pub(crate) struct TableFile {
    pub(crate) name: String,
    /// Whether the user wrote it, and can mend it.
    pub(crate) is_users: bool,
    rows: Vec<(Place, String)>,
}

impl TableFile {
    /// Reads a file. One with mistakes is a table without rows: rules may name it all the same.
    pub(crate) fn read(
        file: &SourceFile,
        is_users: bool,
        errors: &mut Vec<LoadError>,
    ) -> TableFile {
        let place = |line| Place {
            file: file.name.as_str().into(),
            line,
        };
        let mut rows = Vec::new();
        match read_table(file) {
            Ok(_) => rows.extend(table_values(file)),
            Err(wrong) => errors.extend(wrong.iter().cloned()),
        }
        let rows = rows.into_iter().map(|(line, value)| (place(line), value));
        TableFile {
            name: file.stem().to_owned(),
            is_users,
            rows: rows.collect(),
        }
    }

    /// The values and where they stand.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&Place, &str)> {
        self.rows
            .iter()
            .map(|(place, value)| (place, value.as_str()))
    }
}

/// The files that have the name of an earlier one: which of the two counts would be a matter of
/// their order.
pub(crate) fn duplicates(files: &[&SourceFile]) -> Vec<LoadError> {
    let mut errors = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let earlier = files.iter().take(number);
        if let Some(first) = earlier.copied().find(|first| first.stem() == file.stem()) {
            let place = Place {
                file: file.name.as_str().into(),
                line: 1,
            };
            let problem = LoadProblem::DuplicateTable {
                table: file.stem().to_owned(),
                first: first.name.clone(),
            };
            errors.push(LoadError::new(&place, None, problem));
        }
    }
    errors
}
