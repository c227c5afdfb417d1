//! Whose messages are missing: senders count their messages up, and a number that is passed over is
//! a message that probably did not come.

mod gap;
mod run;

use std::collections::HashMap;
use std::fmt;

pub use gap::{Gap, Numbers};
use run::Run;

/// The numbers of many senders, watched for gaps. Reads no clock and nothing but what it is told.
///
/// A sender is believed to count once ten numbers have followed each other by one, and while at most
/// one in ten did not: in MSH-13, or else in MSH-10, where digits end a constant text. Whoever's ids
/// do not count is never spoken of. A sender that begins anew, or under another text (that of the
/// next day), is followed from there once three numbers have followed.
///
/// ```
/// use cistern_listener::{Gap, Runs};
///
/// let mut runs = Runs::default();
/// for number in 1..=1041 {
///     assert_eq!(runs.see("EHR", "", &format!("MSG{number:06}")), None);
/// }
/// let Some(Gap::Missing(missing)) = runs.see("EHR", "", "MSG001045") else { panic!() };
/// assert_eq!((&*missing.first_id(), &*missing.last_id()), ("MSG001042", "MSG001044"));
///
/// let Some(Gap::Late(late)) = runs.see("EHR", "", "MSG001043") else { panic!() };
/// assert_eq!((&*late.first_id(), late.count()), ("MSG001043", 1));
/// ```
#[derive(Default)]
pub struct Runs {
    senders: HashMap<String, Sender>,
    /// How many messages were seen.
    turn: u64,
}

#[derive(Default)]
struct Sender {
    numbers: Run,
    ids: Run,
    /// When it was seen last.
    turn: u64,
}

impl Runs {
    /// How many senders are watched at once; a further one takes the place of that which was silent
    /// for longest.
    pub const SENDERS_MAX: usize = 1_024;

    /// Tells of a message of a sender, by MSH-13 and MSH-10; what it says of those that are missing.
    pub fn see(&mut self, sender: &str, sequence_number: &str, control_id: &str) -> Option<Gap> {
        self.follow(sender, Run::see, [sequence_number, control_id])
    }

    /// Tells of a message that came before: it may be the first that is heard of it, but what does
    /// not go on from what was seen is no sign of anything.
    pub fn see_again(
        &mut self,
        sender: &str,
        sequence_number: &str,
        control_id: &str,
    ) -> Option<Gap> {
        let ids = [sequence_number, control_id];
        self.follow(sender, Run::see_again, ids)
    }

    fn follow(
        &mut self,
        sender: &str,
        see: fn(&mut Run, &str) -> Option<Gap>,
        [number, id]: [&str; 2],
    ) -> Option<Gap> {
        self.turn += 1;
        let turn = self.turn;
        let sender = self.sender(sender);
        sender.turn = turn;
        let is_numbered = sender.numbers.counts();
        let by_number = see(&mut sender.numbers, number);
        let by_id = see(&mut sender.ids, id);
        if is_numbered { by_number } else { by_id }
    }

    fn sender(&mut self, name: &str) -> &mut Sender {
        if self.senders.len() >= Self::SENDERS_MAX && !self.senders.contains_key(name) {
            let silent = self.senders.iter().min_by_key(|(_, sender)| sender.turn);
            if let Some(silent) = silent.map(|(name, _)| name.clone()) {
                self.senders.remove(&silent);
            }
        }
        self.senders.entry(name.to_owned()).or_default()
    }
}

impl fmt::Debug for Runs {
    /// Names and ids are of messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let senders = self.senders.len();
        f.debug_struct("Runs")
            .field("senders", &senders)
            .finish_non_exhaustive()
    }
}
