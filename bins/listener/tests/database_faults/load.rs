//! A listener, and senders that never stop sending and see how long each answer takes.

use std::io::{BufReader, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::ledger::Ledger;
use crate::program::Program;
use crate::sender::{LARGE, Sender, message, read_answer};

const LINKS: usize = 8;
const LARGE_MAX: usize = 40;
/// What the listener may take for a commit.
const COMMIT_SECS: u64 = 3;
/// How long a sender waits for its answer: for the commit, and for a busy machine.
const ANSWER_LIMIT: Duration = Duration::from_secs(COMMIT_SECS + 2);
/// How long the database may take to be well again, as the listener sees it.
const RECOVERY_LIMIT: Duration = Duration::from_secs(30);

/// A listener under load.
pub(crate) struct Load {
    url: String,
    address: String,
    program: Program,
    links: Vec<Link>,
    senders: Vec<Sender>,
}

/// One sender at work.
struct Link {
    stop: Arc<AtomicBool>,
    /// Whether each answer accepts.
    answers: Receiver<bool>,
    sending: JoinHandle<Sender>,
}

impl Load {
    pub(crate) fn on(url: &str) -> Load {
        let senders = (1..=LINKS).map(|number| Sender::new((number, 1)));
        let (program, address) = start(url);
        Load {
            url: url.to_owned(),
            program,
            links: senders.map(|sender| Link::of(sender, &address)).collect(),
            senders: Vec::new(),
            address,
        }
    }

    /// Waits until each link has had a message accepted from now on.
    pub(crate) fn all_are_accepted(&mut self) {
        self.wait_for(true);
    }

    /// Waits until each link has had a message rejected from now on.
    pub(crate) fn all_are_rejected(&mut self) {
        self.wait_for(false);
    }

    /// Lets no link send but one, large messages until the listener takes no more. Behind each the
    /// log is emptied, and flushed unless somebody writes meanwhile.
    pub(crate) fn large_ones_until_one_is_not_accepted(&mut self) {
        self.senders.extend(self.links.drain(..).map(Link::finish));
        let mut sender = Sender::new((LINKS + 1, 1));
        let mut link = TcpStream::connect(&self.address).unwrap();
        let answers = link.try_clone().unwrap();
        let mut answers = BufReader::new(&answers);
        for _ in 0..LARGE_MAX {
            let id = sender.next_id() + LARGE;
            let sent = write!(link, "\x0B{}\x1C\r", message(&id));
            let answer = sent.ok().and_then(|()| read_answer(&mut answers));
            match answer {
                Some(answer) if answer.accepts => sender.acknowledged.insert(id),
                Some(_) | None => return self.senders.push(sender),
            };
        }
        panic!("{LARGE_MAX} large messages are accepted");
    }

    /// Waits for the listener to stop and to say so.
    pub(crate) fn listener_stops(&mut self, word: &str) {
        self.program.wait_for(word);
        self.senders.extend(self.links.drain(..).map(Link::finish));
    }

    /// Waits for the process to end.
    pub(crate) fn ended(&mut self) {
        self.program.ended();
    }

    /// Ends the listener at once, and the machine with it.
    pub(crate) fn power_fails(&mut self, power: impl FnOnce()) {
        self.program.kill_now();
        self.senders.extend(self.links.drain(..).map(Link::finish));
        power();
    }

    /// The same senders to a new listener.
    pub(crate) fn start_again(&mut self) {
        let (program, address) = start(&self.url);
        self.program = program;
        let senders = self.senders.drain(..);
        self.links = senders.map(|sender| Link::of(sender, &address)).collect();
        self.address = address;
    }

    /// Stops senders and listener, and demands each acknowledged message, once, with its bytes.
    pub(crate) fn finish(mut self) {
        self.senders.extend(self.links.drain(..).map(Link::finish));
        assert!(self.program.terminate().0.success(), "it stops in order");
        let mut ledger = Ledger::of(&self.url);
        ledger.check_new(&self.senders);
        println!("{}", ledger.summary(&self.senders));
    }

    fn wait_for(&self, accepts: bool) {
        let deadline = Instant::now() + RECOVERY_LIMIT;
        for link in &self.links {
            link.answers.try_iter().for_each(drop);
        }
        for link in &self.links {
            loop {
                let rest = deadline.saturating_duration_since(Instant::now());
                let answer = link.answers.recv_timeout(rest);
                if answer.expect("an answer in time") == accepts {
                    break;
                }
            }
        }
    }
}

impl Link {
    fn of(sender: Sender, address: &str) -> Link {
        let stop = Arc::new(AtomicBool::new(false));
        let (said, answers) = channel();
        let sending = thread::spawn({
            let (stop, address) = (stop.clone(), address.to_owned());
            move || send_until(&stop, sender, &address, &said)
        });
        Link {
            stop,
            answers,
            sending,
        }
    }

    fn finish(self) -> Sender {
        self.stop.store(true, Ordering::Relaxed);
        self.sending.join().unwrap()
    }
}

/// Sends in lock-step, and what was rejected again, until told to stop or the link is lost.
fn send_until(
    stop: &AtomicBool,
    mut sender: Sender,
    address: &str,
    said: &mpsc::Sender<bool>,
) -> Sender {
    let mut link = TcpStream::connect(address).unwrap();
    link.set_nodelay(true).unwrap();
    let answers = link.try_clone().unwrap();
    let mut answers = BufReader::new(&answers);
    let mut rejected = None;
    while !stop.load(Ordering::Relaxed) {
        let id = rejected.take().unwrap_or_else(|| sender.next_id());
        let sent = Instant::now();
        if write!(link, "\x0B{}\x1C\r", message(&id)).is_err() {
            break;
        }
        let Some(answer) = read_answer(&mut answers) else {
            break;
        };
        assert_eq!(answer.id, id);
        assert!(sent.elapsed() <= ANSWER_LIMIT, "{:?}", sent.elapsed());
        if answer.accepts {
            sender.acknowledged.insert(id);
        } else {
            sender.rejected += 1;
            rejected = Some(id);
        }
        // Nobody may be waiting any more.
        said.send(answer.accepts).ok();
    }
    sender
}

fn start(url: &str) -> (Program, String) {
    let config = format!(
        "[listener]\ncommit_secs = {COMMIT_SECS}\n\
         [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n"
    );
    let environment = [("CISTERN_DATABASE_URL", url)];
    let listener = env!("CARGO_BIN_EXE_cistern-listener");
    let mut program = Program::start(listener, &config, &environment);
    let line = program.wait_for("address=");
    let address = line.rsplit("address=").next().unwrap().trim().to_owned();
    (program, address)
}
