//! The last words of a program that failed.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;

/// Says on standard error which program failed and why, one line for each cause.
pub fn report(program: &str, error: &(dyn Error + 'static)) {
    let text = told(program, error);
    // Where nobody can be told, the exit code must do.
    std::io::stderr().write_all(text.as_bytes()).ok();
}

fn told(program: &str, error: &(dyn Error + 'static)) -> String {
    let mut text = format!("{program}: {error}\n");
    let mut next = error.source();
    while let Some(cause) = next {
        writeln!(text, "  because: {cause}").ok();
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::told;
    use crate::ConfigError;

    #[test]
    fn each_cause_has_a_line() {
        let error = ConfigError::Unreadable {
            file: PathBuf::from("lost.toml"),
            source: std::io::Error::other("the disk is gone"),
        };
        assert_eq!(
            told("cistern", &error),
            "cistern: lost.toml: cannot be read\n  because: the disk is gone\n"
        );
    }
}
