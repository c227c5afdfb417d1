//! A decision at the prompt, and what goes on by it.

use service::now_millis;
use tank::{Database, Decision, HoldingTank as _};

use crate::Failure;
use crate::say::say;

/// Records what somebody decides: whoever is named, else the user.
pub(crate) async fn decide(
    tank: &Database,
    decision: &Decision,
    named: Option<String>,
) -> Result<(), Failure> {
    let by = named.or_else(user).unwrap_or_else(|| "unknown".to_owned());
    let released = tank.release(decision, &by, now_millis()).await?;
    say(format_args!(
        "decision {}: {} messages go on",
        released.decision, released.messages
    ))
}

fn user() -> Option<String> {
    let name = std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    name.ok()
}
