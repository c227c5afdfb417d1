//! A message from standard input as JSON: `cargo run --all-features --example json < message.hl7`.
//! With the argument `names`, JSON with names; with `back` at the end, the message that JSON holds.

use std::env;
use std::error::Error;
use std::io::{self, Read, Write};

use cistern_hl7::{FriendlyMessage, MessageBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input)?;
    let output = match arguments[..] {
        [] => serde_json::to_vec_pretty(&MessageBuf::parse(input.into())?)?,
        ["names"] => {
            let message = MessageBuf::parse(input.into())?;
            serde_json::to_vec_pretty(&FriendlyMessage(message))?
        }
        ["back"] => serde_json::from_slice::<MessageBuf>(&input)?
            .bytes()
            .to_vec(),
        ["names", "back"] => {
            let FriendlyMessage(message) = serde_json::from_slice(&input)?;
            message.bytes().to_vec()
        }
        _ => return Err("the arguments are: names, back, or both in this order".into()),
    };
    io::stdout().write_all(&output)?;
    Ok(())
}
