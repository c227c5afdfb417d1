//! `cargo xtask bench --instructions`: how many instructions a byte of a message costs.
//!
//! Unlike time, that does not depend on what else the machine does.

use std::process::Command;

use crate::run::{Failure, answer, cargo, checked, workspace};

/// What is read, and how many instructions a byte of the mix may cost at most.
const LIMITS: [(&str, f64); 3] = [("parse", 2.0), ("fields", 10.0), ("leaves", 14.0)];

pub(crate) fn run() -> Result<(), Failure> {
    if answer(Command::new("valgrind").arg("--version")).is_none() {
        return Err(Failure::new(
            "valgrind is missing: install it (Debian, Ubuntu: `apt-get install valgrind`)",
        ));
    }
    checked(&mut cargo("build --release -p benches --bin instructions"))?;
    let mut above = Vec::new();
    for (operation, limit) in LIMITS {
        let cost = instructions_a_byte(operation)?;
        eprintln!("{operation:6} {cost:5.2} instructions a byte, at most {limit}");
        if cost > limit {
            above.push(operation);
        }
    }
    if above.is_empty() {
        return Ok(());
    }
    let above = above.join(", ");
    Err(Failure::new(format!("too many instructions: {above}")))
}

/// What three passes cost more than one, so that making the messages does not count.
fn instructions_a_byte(operation: &str) -> Result<f64, Failure> {
    let once = counted(operation, "1")?;
    let thrice = counted(operation, "3")?;
    let bytes = number_before(&once, " bytes")?;
    let of = |said| number_after(said, "Collected : ");
    let two_passes = of(&thrice)?.saturating_sub(of(&once)?);
    Ok(f64::from(two_passes) / 2.0 / f64::from(bytes))
}

/// What the program and valgrind say.
fn counted(operation: &str, passes: &str) -> Result<String, Failure> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--log-fd=1", "target/release/instructions"])
        .args([operation, passes])
        .current_dir(workspace());
    answer(&mut command).ok_or_else(|| Failure::new(format!("cannot count `{operation}`")))
}

fn number_before(said: &str, word: &str) -> Result<u32, Failure> {
    let before = said.split_once(word).map(|(before, _)| before);
    let last = before.and_then(|before| before.split_whitespace().last());
    number(last)
}

fn number_after(said: &str, word: &str) -> Result<u32, Failure> {
    let after = said.split_once(word).map(|(_, after)| after);
    number(after.and_then(|after| after.split_whitespace().next()))
}

fn number(word: Option<&str>) -> Result<u32, Failure> {
    word.and_then(|word| word.parse().ok())
        .ok_or_else(|| Failure::new("valgrind answers in an unknown way"))
}

#[cfg(test)]
mod tests {
    use super::{number_after, number_before};

    #[test]
    fn numbers_in_what_is_said() {
        let said = "==7== Callgrind\n870247 bytes\n==7== Collected : 12498112\n==7==";
        assert_eq!(number_before(said, " bytes").unwrap(), 870_247);
        assert_eq!(number_after(said, "Collected : ").unwrap(), 12_498_112);
        assert!(number_after(said, "Counted : ").is_err());
    }
}
