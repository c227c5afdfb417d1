//! Checking the words of fields that may hold only some, such as the status of a result.

use care::Field;

use super::Compiler;
use crate::error::{LoadError, LoadProblem};
use crate::hint::Hint;
use crate::rule::may_hold;
use crate::spec::{At, FieldSpec};

impl Compiler<'_> {
    /// Complains of every word that the field would be given and may not hold.
    pub(super) fn check_choices(&mut self, spec: &FieldSpec, field: &'static Field) {
        let keywords = spec.keyword.iter().map(|keyword| &keyword.value);
        let keywords = keywords.filter(|_| spec.table.is_none());
        for word in spec.value.iter().chain(&spec.default).chain(keywords) {
            if !may_hold(field, &word.value) {
                self.complain(&word.place, not_a_choice(&word.value, field));
            }
        }
        if let Some(table) = &spec.table {
            self.check_table(table, field);
        }
    }

    /// A row of the user's is wrong where it stands; a table that ships is wrong where it is used.
    fn check_table(&mut self, name: &At<String>, field: &'static Field) {
        let tables = self.names.tables;
        for table in tables.iter().filter(|table| table.name == name.value) {
            let mut wrong = table.values().filter(|(_, word)| !may_hold(field, word));
            if table.is_users {
                for (place, word) in wrong {
                    let problem = not_a_choice(word, field);
                    self.push(LoadError::new(place, None, problem));
                }
            } else if let Some((_, word)) = wrong.next() {
                self.complain(&name.place, not_a_choice(word, field));
            }
        }
    }
}

fn not_a_choice(word: &str, field: &'static Field) -> LoadProblem {
    LoadProblem::NotAChoice {
        text: word.to_owned(),
        field: field.name,
        known: field.choices.join(", "),
        hint: Hint::of(word, field.choices.iter().copied()),
    }
}
