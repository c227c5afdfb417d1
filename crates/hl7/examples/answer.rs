//! Answers a message from standard input, as a receiver would that has kept it:
//! `cargo run --example answer < message.hl7`.

use std::error::Error;
use std::io::{self, Read, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use cistern_hl7::{
    Ack, AckCode, AckError, AckStamp, ErrorCondition, Location, Message, Timestamp, path,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let millis = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let stamp = AckStamp::new(
        Timestamp::from_unix_millis(i64::try_from(millis)?),
        "TANK000001",
    );
    if let Some(answer) = answer(&bytes, &stamp) {
        io::stdout().write_all(&answer)?;
    }
    Ok(())
}

/// Nothing where the sender wants no answer.
fn answer(bytes: &[u8], stamp: &AckStamp<'_>) -> Option<Vec<u8>> {
    let Ok(message) = Message::parse(bytes) else {
        let refusal = Ack::new(AckCode::ApplicationReject);
        return Some(refusal.answer_unreadable(bytes, stamp));
    };
    let header = message.header();
    if header.is_acknowledgment() {
        return None;
    }
    let errors = findings(&message);
    let outcome = match errors.as_slice() {
        [] => AckCode::ApplicationAccept,
        _ => AckCode::ApplicationError,
    };
    let code = header.ack_mode().first_answer(outcome)?;
    let ack = Ack {
        errors: &errors,
        ..Ack::new(code)
    };
    Some(ack.answer(&header, stamp))
}

/// Whom a message is about has to be in it.
fn findings(message: &Message<'_>) -> Vec<AckError<'static>> {
    if message.get(&path!("PID-3.1")).is_valued() {
        return Vec::new();
    }
    vec![AckError {
        location: Some(Location::field("PID", 1, 3)),
        ..AckError::new(ErrorCondition::RequiredFieldMissing)
    }]
}
