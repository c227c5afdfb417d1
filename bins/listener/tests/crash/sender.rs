//! A sender that knows which of its messages were acknowledged.

use std::collections::{HashSet, VecDeque};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::mem;
use std::net::TcpStream;
use std::sync::mpsc;

/// One sender, from round to round.
#[derive(Debug)]
pub(crate) struct Sender {
    number: usize,
    window: usize,
    /// How many messages it has made.
    pub(crate) made: usize,
    pub(crate) acknowledged: HashSet<String>,
    /// How often it was told to send again.
    pub(crate) rejected: usize,
    unanswered: VecDeque<String>,
}

impl Sender {
    pub(crate) fn new((number, window): (usize, usize)) -> Sender {
        Sender {
            number,
            window,
            made: 0,
            acknowledged: HashSet::new(),
            rejected: 0,
            unanswered: VecDeque::new(),
        }
    }

    /// Sends and reads answers until the link is lost. Half of what an earlier link left without
    /// an answer is sent again; nobody ever asks after the other half.
    pub(crate) fn send_until_lost(&mut self, address: &str, acknowledged: &mpsc::Sender<()>) {
        let mut again = mem::take(&mut self.unanswered);
        let mut odd = false;
        again.retain(|_| {
            odd = !odd;
            odd
        });
        let mut in_flight = VecDeque::new();
        if let Ok(link) = TcpStream::connect(address) {
            link.set_nodelay(true).unwrap();
            let mut answers = BufReader::new(&link);
            while self.fill(&link, &mut again, &mut in_flight) {
                let Some(answer) = read_answer(&mut answers) else {
                    break;
                };
                assert_eq!(Some(&answer.id), in_flight.pop_front().as_ref(), "in order");
                if answer.accepts {
                    self.acknowledged.insert(answer.id);
                    // The kill does not wait for those that come after it.
                    acknowledged.send(()).ok();
                } else {
                    self.rejected += 1;
                    again.push_back(answer.id);
                }
            }
        }
        in_flight.extend(again);
        self.unanswered = in_flight;
    }

    /// Fills the window; false when the link is lost.
    fn fill(
        &mut self,
        mut link: &TcpStream,
        again: &mut VecDeque<String>,
        in_flight: &mut VecDeque<String>,
    ) -> bool {
        while in_flight.len() < self.window {
            let id = again.pop_front().unwrap_or_else(|| self.next_id());
            let frame = format!("\x0B{}\x1C\r", message(&id));
            in_flight.push_back(id);
            if link.write_all(frame.as_bytes()).is_err() {
                return false;
            }
        }
        true
    }

    /// The control id of its next message.
    pub(crate) fn next_id(&mut self) -> String {
        self.made += 1;
        format!("{}-{}", self.number, self.made)
    }
}

/// What the control id of a large message ends with.
pub(crate) const LARGE: &str = "large";
const LARGE_BYTES: usize = 5 * 1024 * 1024;

/// The message with this control id, always the same; some are long.
pub(crate) fn message(control_id: &str) -> String {
    let number: usize = control_id.bytes().map(usize::from).product();
    let note = if control_id.ends_with(LARGE) {
        "x".repeat(LARGE_BYTES)
    } else {
        "of any length ".repeat(number % 300)
    };
    format!(
        "MSH|^~\\&|EHR|HARBOR|CISTERN|CLINIC|20260302||ADT^A08|{control_id}|P|2.5.1\r\
         PID|1||{}^^^HARBOR^MR||Quill^Ada\rNTE|1||{note}\r",
        number % 50
    )
}

/// An answer to the message with this control id: accepted, or to be sent again.
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) accepts: bool,
}

/// The next answer, or nothing when the link is lost.
pub(crate) fn read_answer(input: &mut BufReader<&TcpStream>) -> Option<Answer> {
    let mut frame = Vec::new();
    input.read_until(0x1C, &mut frame).ok()?;
    input.read_exact(&mut [0]).ok()?;
    let text = String::from_utf8(frame).unwrap();
    let lines: Vec<&str> = text.trim_end_matches('\x1C').split('\r').collect();
    let (accepts, id) = match lines[1..] {
        [line, ""] => (true, line.strip_prefix("MSA|AA|")),
        [line, error, ""] if error.starts_with("ERR|||207^") => {
            (false, line.strip_prefix("MSA|AR|"))
        }
        _ => (false, None),
    };
    let id = id.unwrap_or_else(|| panic!("what answer is {}", text.escape_debug()));
    Some(Answer {
        id: id.to_owned(),
        accepts,
    })
}
