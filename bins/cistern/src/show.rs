//! `cistern show`: messages, leaf by leaf.

mod json;
mod leaves;
mod stored;
mod text;

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Args, ValueEnum};
use service::{Config, ConfigError};

use crate::Failure;
use crate::complaints::Complaints;
use crate::input::Input;
use crate::ordinals::Ordinals;
use crate::say::Printer;
use crate::shown::shown;

/// Show what stands in files, or messages that the tank holds, leaf by leaf
#[derive(Args)]
pub(crate) struct Show {
    /// Files (- for standard input), or numbers of messages that the tank holds
    #[arg(required = true, value_name = "FILE")]
    what: Vec<OsString>,
    /// Say what each leaf is called in the version of the message, and what codes of HL7 tables
    /// mean
    #[arg(long, group = "view")]
    names: bool,
    /// Messages as JSON, one object a line: faithful (all bytes, split as they stand, numbers as
    /// positions) or friendly (names, plain text, of BIG-5 and its kin in UTF-8)
    #[arg(long, group = "view", value_name = "FORM")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "faithful")]
    json: Option<Json>,
    /// One line for each valued leaf, for machines: segment, its number among those of its name
    /// in the file, field, repetition, component, subcomponent, raw text; between them tabs. Bytes
    /// are split as they stand, also within characters of BIG-5 and its kin
    #[arg(long, group = "view")]
    leaves: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Json {
    Faithful,
    Friendly,
}

impl Show {
    pub(crate) async fn run(
        self,
        config: impl Fn() -> Result<Config, ConfigError>,
    ) -> Result<(), Failure> {
        let mut out = Printer::new();
        let mut complaints = Complaints::default();
        for what in &self.what {
            let done = match stored_number(what) {
                Some(id) => self.stored(id, &config, &mut out, &mut complaints).await,
                None => self.file(Path::new(what), &mut out, &mut complaints),
            };
            complaints.take(done)?;
        }
        out.finish()?;
        complaints.end()
    }

    fn file(
        &self,
        path: &Path,
        out: &mut Printer,
        complaints: &mut Complaints,
    ) -> Result<(), Failure> {
        let input = Input::read(path)?;
        if self.what.len() > 1 {
            self.head(&shown(&input.name), out)?;
        }
        self.input(&input, out, complaints)
    }

    /// The line before one of several inputs. Where machines read it begins with `#`; of JSON each
    /// line stands for itself.
    fn head(&self, name: &str, out: &mut Printer) -> Result<(), Failure> {
        match self {
            Show { json: Some(_), .. } => Ok(()),
            Show { leaves: true, .. } => out.text(format_args!("# {name}\n")),
            _ => out.text(format_args!("{name}\n")),
        }
    }

    async fn stored(
        &self,
        id: i64,
        config: impl Fn() -> Result<Config, ConfigError>,
        out: &mut Printer,
        complaints: &mut Complaints,
    ) -> Result<(), Failure> {
        let stored = stored::message(id, &config()?).await?;
        if !self.leaves && self.json.is_none() {
            out.text(format_args!("{}\n", stored::head(&stored)))?;
        } else if self.what.len() > 1 {
            self.head(&format!("message {id}"), out)?;
        }
        self.input(&stored::input(&stored), out, complaints)
    }

    fn input(
        &self,
        input: &Input,
        out: &mut Printer,
        complaints: &mut Complaints,
    ) -> Result<(), Failure> {
        if let Some(form) = self.json {
            return json::print(input, form, out, complaints);
        }
        let mut ordinals = Ordinals::default();
        for part in input.parts(complaints) {
            if self.leaves {
                leaves::print(&part, &mut ordinals, out)?;
            } else {
                out.text(format_args!("{}\n", text::text(&part, self.names)))?;
            }
        }
        input.check()
    }
}

/// The number of a message, unless a file is called so.
fn stored_number(what: &OsStr) -> Option<i64> {
    let number = what.to_str()?.parse().ok()?;
    (!Path::new(what).exists()).then_some(number)
}
