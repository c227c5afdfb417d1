//! The ways to behave badly, and what is expected of the listener each time.

use std::str::FromStr;

use thiserror::Error;

/// One way to behave badly. Each is done while no other message of its link is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// A message in many small writes.
    Split,
    /// Bytes between two frames.
    Junk,
    /// A frame without its end block; another message follows, and then the whole frame.
    NoEndBlock,
    /// A message that was answered comes again.
    Repeat,
    /// Its control id comes again, with other content.
    AlteredRepeat,
    /// Half of a frame, and then nothing on an open connection.
    HalfOpen,
    /// A message with long pauses inside.
    Slow,
    /// A message in Latin-1 that claims UTF-8.
    WrongCharset,
    /// A message longer than the listener takes.
    Oversized,
    /// A message before the one that should have gone before it.
    OutOfOrder,
}

/// What a listener does if it is as good as ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// It accepts each complete message.
    Answer,
    /// It gives the same answer, byte for byte.
    SameAnswer,
    /// It answers the whole frame, and the part without an end not at all.
    AnswerToTheWhole,
    /// It says nothing; it may close the connection.
    Silence,
    /// It says nothing and closes the connection.
    Close,
}

/// There is no misbehaviour of this name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no such misbehaviour; there are {}", names().join(", "))]
#[non_exhaustive]
pub struct UnknownMisbehaviour;

impl Misbehaviour {
    /// Every misbehaviour.
    pub const ALL: [Misbehaviour; 10] = [
        Misbehaviour::Split,
        Misbehaviour::Junk,
        Misbehaviour::NoEndBlock,
        Misbehaviour::Repeat,
        Misbehaviour::AlteredRepeat,
        Misbehaviour::HalfOpen,
        Misbehaviour::Slow,
        Misbehaviour::WrongCharset,
        Misbehaviour::Oversized,
        Misbehaviour::OutOfOrder,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Misbehaviour::Split => "split",
            Misbehaviour::Junk => "junk",
            Misbehaviour::NoEndBlock => "no-end-block",
            Misbehaviour::Repeat => "repeat",
            Misbehaviour::AlteredRepeat => "altered-repeat",
            Misbehaviour::HalfOpen => "half-open",
            Misbehaviour::Slow => "slow",
            Misbehaviour::WrongCharset => "wrong-charset",
            Misbehaviour::Oversized => "oversized",
            Misbehaviour::OutOfOrder => "out-of-order",
        }
    }

    /// What the listener should do.
    pub fn expected(self) -> Expected {
        match self {
            Misbehaviour::Repeat => Expected::SameAnswer,
            Misbehaviour::NoEndBlock => Expected::AnswerToTheWhole,
            Misbehaviour::HalfOpen => Expected::Silence,
            Misbehaviour::Oversized => Expected::Close,
            Misbehaviour::Split
            | Misbehaviour::Junk
            | Misbehaviour::AlteredRepeat
            | Misbehaviour::Slow
            | Misbehaviour::WrongCharset
            | Misbehaviour::OutOfOrder => Expected::Answer,
        }
    }
}

impl FromStr for Misbehaviour {
    type Err = UnknownMisbehaviour;

    fn from_str(name: &str) -> Result<Misbehaviour, UnknownMisbehaviour> {
        let mut all = Misbehaviour::ALL.into_iter();
        all.find(|one| one.name() == name)
            .ok_or(UnknownMisbehaviour)
    }
}

impl std::fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

fn names() -> [&'static str; 10] {
    Misbehaviour::ALL.map(Misbehaviour::name)
}
