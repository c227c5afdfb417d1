//! `cargo xtask soak`: a listener under steady load and misbehaving senders, for a long time.

use crate::environment::Environment;
use crate::run::{Failure, Steps, at_least_one, cargo, checked};

/// How long it runs where nobody says, in minutes.
const MINUTES: u32 = 60;

/// `arguments` are `--minutes N` and `--postgres`, in any order.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let wanted = Wanted::read(arguments)?;
    let environment = Environment::set_up(&mut Steps::start())?;
    let mut soak = environment.around(cargo("bench -p cistern-listener --bench soak"));
    soak.env(
        "CISTERN_SOAK_SECONDS",
        (u64::from(wanted.minutes) * 60).to_string(),
    );
    if wanted.on_postgres {
        soak.env("CISTERN_SOAK_POSTGRES", "1");
    }
    checked(&mut soak)
}

#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    minutes: u32,
    on_postgres: bool,
}

impl Wanted {
    fn read(mut arguments: &[&str]) -> Result<Wanted, Failure> {
        let mut wanted = Wanted {
            minutes: MINUTES,
            on_postgres: false,
        };
        loop {
            arguments = match arguments {
                [] => return Ok(wanted),
                ["--postgres", rest @ ..] => {
                    wanted.on_postgres = true;
                    rest
                }
                ["--minutes", minutes, rest @ ..] => {
                    wanted.minutes = at_least_one("--minutes", minutes)?;
                    rest
                }
                [other, ..] => {
                    return Err(Failure::new(format!(
                        "soak takes --minutes N and --postgres, not {other:?}"
                    )));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn arguments_in_any_order() {
        let cases = [
            (&[][..], 60, false),
            (&["--postgres"], 60, true),
            (&["--postgres", "--minutes", "3"], 3, true),
            (&["--minutes", "3", "--postgres"], 3, true),
        ];
        for (arguments, minutes, on_postgres) in cases {
            let expected = Wanted {
                minutes,
                on_postgres,
            };
            assert_eq!(Wanted::read(arguments).unwrap(), expected);
        }
        let wrong = Wanted::read(&["--minutes", "0"]).unwrap_err().to_string();
        assert_eq!(wrong, "--minutes takes a number of at least 1, not \"0\"");
        let wrong = Wanted::read(&["--minutes"]).unwrap_err().to_string();
        assert_eq!(
            wrong,
            "soak takes --minutes N and --postgres, not \"--minutes\""
        );
    }
}
