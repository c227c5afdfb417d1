//! Messages that come in files of a watched folder.

use std::fmt::Write as _;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cistern_listener::{FileDoor, FileFormat};
use service::Config;
use tank::{Database, HoldingTank as _};
use tempfile::TempDir;
use testkit::golden;
use tokio::time::sleep;

use crate::faults::not_kept;
use crate::listening::{LOOK, Listening, Store};
use crate::peer::{soon, update};
use crate::stub::{Stub, Way};
use crate::watched::{CONFIG, get, start};

/// A listener with a watched folder.
struct Watched {
    listening: Listening,
    folder: TempDir,
}

impl Watched {
    async fn start(store: &Store, settings: &str) -> Watched {
        let folder = tempfile::tempdir().unwrap();
        Watched::of(store, folder, settings, "").await
    }

    async fn of(store: &Store, folder: TempDir, settings: &str, feed: &str) -> Watched {
        let feed = folders(folder.path(), settings) + feed;
        let listening = Listening::with_feed(&store.url(), "", &feed).await;
        Watched { listening, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file into the folder, whole.
    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let part = self.path(&format!("{name}.part"));
        fs::write(&part, content).unwrap();
        fs::rename(part, self.path(name)).unwrap();
    }

    /// Waits until a file is there, and reads it.
    async fn arrived(&self, name: &str) -> String {
        let path = self.path(name);
        soon(async {
            while !path.exists() {
                sleep(LOOK).await;
            }
        })
        .await;
        fs::read_to_string(path).unwrap()
    }

    /// Puts a file into the folder and waits until it has moved on.
    async fn process(&self, name: &str, content: impl AsRef<[u8]>) {
        self.put(name, content);
        self.arrived(&format!("processed/{name}")).await;
    }

    async fn states(&self) -> Vec<(String, String)> {
        let kept = self.listening.kept().await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\r', "\n");
        kept.iter()
            .map(|kept| (kept.state.clone(), text(&kept.body)))
            .collect()
    }
}

/// The setting of a folder that is looked at often, and whose files are read at once.
fn folders(folder: &Path, settings: &str) -> String {
    let path = folder.display();
    format!("folders = [{{ path = \"{path}\", poll_millis = 5, quiet_secs = 0{settings} }}]\n")
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string();
    let mut names: Vec<String> = entries.map(|entry| name(entry).unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn each_form_of_file_is_kept_as_a_link_would() {
    for store in Store::all() {
        let watched = Watched::start(&store, "").await;
        let [one, two, three, four] = ["1", "2", "3", "4"].map(|id| update(id, "2.5.1"));
        watched.process("a.hl7", &one).await;
        watched
            .process(
                "b.hl7",
                format!("\u{feff}{}\n{one}", two.replace('\r', "\r\n")),
            )
            .await;
        let frames = format!("\x0B{three}\x1C\r\x0B{one}\x1C\r");
        watched.process("c.bin", frames).await;
        let batch = format!("BHS|^~\\&|EHR\n{}BTS|1\n", four.replace('\r', "\n"));
        watched.process("d.txt", &batch).await;
        let bodies = watched.listening.bodies().await;
        let expected = [
            one,
            two.replace('\r', "\r\n"),
            three,
            four.replace('\r', "\n"),
            batch,
        ];
        assert_eq!(bodies, expected);
        assert_eq!(names(watched.folder.path()), ["processed"]);
        let processed = names(&watched.path("processed"));
        assert_eq!(processed, ["a.hl7", "b.hl7", "c.bin", "d.txt"]);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_beside_it() {
    for store in Store::all() {
        let folder = tempfile::tempdir().unwrap();
        let watched = Watched::of(
            &store,
            folder,
            ", file_bytes_max = 2_000",
            "types = [\"ADT\"]",
        )
        .await;
        let good = update("1", "2.5.1");
        let held = good.replace("|1|P", "||P");
        let refused = good.replace("ADT^A08|1|", "ORU^R01|2|");
        let files = [
            ("empty.hl7", Vec::new()),
            ("blank.hl7", b"\r\n\r\n".to_vec()),
            (
                "letter.txt",
                b"Dear colleague,\r\nQuill is better\r\n".to_vec(),
            ),
            (
                "mixed.hl7",
                [&good, &held, &refused, "MSH|\r\n"].concat().into(),
            ),
            ("repeat.hl7", [&*good, &refused].concat().into()),
            ("long.hl7", good.repeat(20).into()),
            (
                "wide.hl7",
                good.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            ),
            (
                "batch.hl7",
                format!("BHS|^~\\&|EHR\r\nQuill is better\r\n{good}BTS|1\r\nQuill\r\n").into(),
            ),
            (
                "results.cwlab",
                b"QUARRY\t1001\r\nQUARRY\tQuill\x01\r\n".to_vec(),
            ),
        ];
        let mut page = String::new();
        for (name, content) in files {
            watched.put(name, content);
            let report = watched
                .arrived(&format!("rejected/{name}.report.txt"))
                .await;
            watched.arrived(&format!("rejected/{name}")).await;
            writeln!(page, "=== {name}\n{report}").unwrap();
        }
        let acks = "MSH|^~\\&|LAB||EHR||20260302||ACK|7|P|2.5.1\rMSA|AA|1\r".repeat(2);
        for (name, content) in [("held.hl7", &held), ("acks.hl7", &acks)] {
            watched.put(name, content);
            watched.arrived(&format!("processed/{name}")).await;
            let report = watched.path(&format!("processed/{name}.report.txt"));
            let report = fs::read_to_string(report).unwrap();
            writeln!(page, "=== {name}, processed\n{report}").unwrap();
        }
        assert!(!page.contains("Quill"), "{page}");
        golden::check("tests/answers/folder_reports.txt", page);
    }
}

/// One commit cannot take it, and it may not be parted.
#[tokio::test]
async fn a_batch_that_is_too_long_is_rejected_whole() {
    let store = Store::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let feed = folders(folder.path(), "");
    let settings = "batch_messages_max = 2";
    let listening = Listening::with_feed(&store.url(), settings, &feed).await;
    let watched = Watched { listening, folder };
    let messages = ["1", "2", "3"].map(|id| update(id, "2.5.1")).concat();
    let batch = format!("BHS|^~\\&|EHR\r{messages}BTS|3\r");
    watched.put("long.hl7", &batch);
    watched.arrived("rejected/long.hl7").await;
    let [(reason, bytes)] = &watched.listening.broken().await[..] else {
        panic!("the whole, as one");
    };
    assert_eq!(reason, "the batch has too many messages: send it in parts");
    assert_eq!(bytes, batch.as_bytes());
    assert_eq!(watched.listening.kept().await.len(), 1);
}

#[tokio::test]
async fn a_file_that_comes_again_after_a_crash_keeps_nothing_twice() {
    for store in Store::all() {
        let watched = Watched::start(&store, "").await;
        let nameless = update("", "2.5.1");
        let file = [
            "a stray line\r",
            &update("1", "2.5.1"),
            &nameless,
            &nameless,
            "MSH|\r",
        ]
        .concat();
        let batch = format!("BHS|^~\\&\r{nameless}BTS|1\r");
        for (name, content) in [("file.hl7", &file), ("batch.hl7", &batch)] {
            watched.put(name, content);
            let way_out = if name == "file.hl7" {
                "rejected"
            } else {
                "processed"
            };
            let out = watched.path(&format!("{way_out}/{name}"));
            watched.arrived(&format!("{way_out}/{name}")).await;
            let kept = watched.states().await;
            // Killed after the commit, the listener finds the file where it was.
            fs::remove_file(out.with_file_name(format!("{name}.report.txt"))).unwrap();
            fs::rename(&out, watched.path(name)).unwrap();
            watched
                .arrived(&format!("{way_out}/{name}.report.txt"))
                .await;
            assert_eq!(watched.states().await, kept, "{name}");
        }
        let states = watched.states().await;
        let states: Vec<&str> = states.iter().map(|(state, _)| &**state).collect();
        assert_eq!(
            states,
            [
                "broken", "received", "held", "held", "broken", "held", "ignored"
            ]
        );
    }
}

#[tokio::test]
async fn the_same_bytes_at_another_place_of_a_file_are_another_message() {
    let store = Store::sqlite();
    let tank = Database::open(&store.url()).await.unwrap();
    let config = Config::default();
    let door = FileDoor::new(&config.feeds()[0], &config.listener).unwrap();
    let part = Bytes::from(update("", "2.5.1"));
    for (held, still_held) in [(2, 0), (0, 2)] {
        let mut reading = door.begin(FileFormat::Hl7);
        for _ in 0..2 {
            reading.hold(&tank, &part, |_| ()).await.unwrap();
        }
        let report = reading.report();
        assert_eq!((report.held, report.still_held), (held, still_held));
        let places = report.remarks.iter().map(|it| (it.line, it.byte));
        assert_eq!(places.collect::<Vec<_>>(), [(1, 0), (3, part.len() as u64)]);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_gets_a_number() {
    let store = Store::sqlite();
    let watched = Watched::start(&store, "").await;
    for (id, name) in [("1", "a.hl7"), ("2", "a-2.hl7"), ("3", "a-3.hl7")] {
        watched.put("a.hl7", update(id, "2.5.1"));
        let moved = watched.arrived(&format!("processed/{name}")).await;
        assert_eq!(moved, update(id, "2.5.1"));
    }
}

#[tokio::test]
async fn a_file_that_grows_is_left_alone() {
    let store = Store::sqlite();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sent.hl7.tmp"), update("9", "2.5.1")).unwrap();
    fs::write(folder.path().join(".hidden.hl7"), update("9", "2.5.1")).unwrap();
    fs::create_dir(folder.path().join("a folder.hl7")).unwrap();
    let growing = folder.path().join("grows.hl7");
    let message = update("1", "2.5.1");
    fs::write(&growing, &message).unwrap();
    let settings = format!(
        "folders = [{{ path = \"{}\", poll_millis = 5, quiet_secs = 1 }}]",
        folder.path().display()
    );
    let listening = Listening::with_feed(&store.url(), "", &settings).await;
    let watched = Watched { listening, folder };
    watched.put("first.hl7", update("2", "2.5.1"));
    // It grows until a file that came with it has rested long enough.
    let mut lines = String::new();
    while !watched.path("processed/first.hl7").exists() {
        lines += "NTE|1\r";
        fs::write(&growing, format!("{message}{lines}")).unwrap();
        sleep(LOOK).await;
    }
    assert_eq!(watched.listening.bodies().await, [update("2", "2.5.1")]);
    watched.arrived("processed/grows.hl7").await;
    let bodies = watched.listening.bodies().await;
    assert_eq!(bodies, [update("2", "2.5.1"), message + &lines]);
    let left = names(watched.folder.path());
    assert_eq!(
        left,
        [".hidden.hl7", "a folder.hl7", "processed", "sent.hl7.tmp"]
    );
}

#[tokio::test]
async fn a_folder_that_vanishes_is_watched_again_when_it_is_back() {
    let store = Store::sqlite();
    let watched = Watched::start(&store, "").await;
    watched.process("a.hl7", update("1", "2.5.1")).await;
    let away = watched.folder.path().with_extension("away");
    fs::rename(watched.folder.path(), &away).unwrap();
    let mut peer = watched.listening.peer().await;
    peer.ask(update("2", "2.5.1")).await;
    fs::rename(&away, watched.folder.path()).unwrap();
    watched.process("b.hl7", update("3", "2.5.1")).await;
    let bodies = watched.listening.bodies().await;
    assert_eq!(bodies, ["1", "2", "3"].map(|id| update(id, "2.5.1")));
}

/// What hangs gives no answer at all, neither files nor an error.
#[tokio::test]
async fn a_folder_is_seen_to_answer() {
    let store = Store::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let config = CONFIG.to_owned() + &folders(&folder.path().join("gone"), "");
    let (_program, [_feed], status) = start(&store, &config);
    let name = "cistern_last_look_seconds";
    let first = number(status, name).await;
    soon(async {
        while number(status, name).await == first {
            sleep(LOOK).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_moved_is_moved_when_it_can() {
    let store = Store::sqlite();
    let watched = Watched::start(&store, "").await;
    fs::write(watched.path("processed"), "in the way").unwrap();
    watched.put("a.hl7", update("1", "2.5.1"));
    // The file in the way is no message, and goes where such files go.
    watched.arrived("processed/a.hl7").await;
    watched.arrived("rejected/processed").await;
    assert_eq!(watched.listening.bodies().await.len(), 2);
}

/// How often two files are tried, the older first, that the tank does not keep, until it has been
/// asked so often; and the numbers of failures.
async fn tried(way: Way, times: usize) -> (Vec<String>, [u64; 2]) {
    let stub = Arc::new(Stub::new(way));
    let folder = tempfile::tempdir().unwrap();
    for id in ["1", "2"] {
        fs::write(folder.path().join(id), update(id, "2.5.1")).unwrap();
    }
    let nothing = Database::open("sqlite::memory:").await.unwrap();
    let status = free_address();
    let settings = format!("status_address = \"{status}\"");
    let folders = folders(folder.path(), "");
    let _listening = Listening::before(stub.clone(), nothing, &settings, &folders).await;
    soon(async {
        while stub.held().len() < times {
            sleep(LOOK).await;
        }
    })
    .await;
    assert_eq!(names(folder.path()), ["1", "2"]);
    let mut tried = stub.held().concat();
    tried.truncate(times);
    let commits = number(status, "cistern_commits_failed_total").await;
    let files = number(status, "cistern_files_total").await;
    (tried, [commits, files])
}

/// The first number of this name among the metrics, once it is there.
async fn number(status: SocketAddr, name: &str) -> u64 {
    soon(async {
        loop {
            let (_, metrics) = get(status, "/metrics").await;
            if let Some(line) = metrics.lines().find(|line| line.starts_with(name)) {
                return line.rsplit(' ').next().unwrap().parse().unwrap();
            }
            sleep(LOOK).await;
        }
    })
    .await
}

fn free_address() -> SocketAddr {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap()
}

/// What no database would keep leaves with a report, and the rest goes on.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_refuses_for_what_it_holds_is_rejected() {
    for store in Store::all() {
        let watched = Watched::start(&store, "").await;
        let why = store.refuse_poison();
        let poison = update("poison", "2.5.1");
        let [one, two, three] = ["1", "2", "3"].map(|id| update(id, "2.5.1"));
        let file = [&*one, &poison, &two, &poison].concat();
        let batch = format!("BHS|^~\\&|EHR\r{three}{poison}BTS|2\r");
        let again = "When the lines above are mended, or the feed takes them, put the file back into \
                     the folder.\nWhat is kept already is not kept again.\n";
        let second = one.len() + poison.len() + two.len();
        let reports = [
            format!(
                "2 kept, and on the way to the records\n\
                 2 not kept: the database refuses it\n\n\
                 line 3 (byte {}): the database refuses it: {why}\n\
                 line 7 (byte {second}): the database refuses it: {why}\n\n{again}",
                one.len()
            ),
            format!(
                "1 not kept: the database refuses it\n\n\
                 line 1 (byte 0): the database refuses this batch, of which nothing is kept: \
                 {why}\n\n{again}"
            ),
        ];
        for ((name, content), report) in [("a.hl7", &file), ("b.hl7", &batch)].iter().zip(reports) {
            watched.put(name, content);
            let report_name = format!("rejected/{name}.report.txt");
            assert_eq!(watched.arrived(&report_name).await, report);
            let moved = watched.arrived(&format!("rejected/{name}")).await;
            assert_eq!(moved, **content);
        }
        watched.process("c.hl7", &three).await;
        assert_eq!(watched.listening.bodies().await, [one, two, three]);
    }
}

/// Whether the same fails again or not, as long as it is not for what the file holds.
#[tokio::test]
async fn no_file_goes_before_an_older_one_that_is_not_kept_now() {
    for way in [Way::Refuse, Way::Away] {
        let (tried, counts) = tried(way, 3).await;
        assert_eq!(tried, ["1", "1", "1"]);
        assert_eq!(counts, [1, 1]);
    }
}

#[tokio::test]
async fn each_reason_is_told_once_although_they_take_turns() {
    let (tried, counts) = tried(Way::RefuseOrAway, 6).await;
    assert_eq!(tried, ["1"; 6]);
    assert_eq!(counts, [2, 2]);
}

#[tokio::test]
async fn a_file_does_not_come_again_while_it_is_still_being_kept() {
    let stub = Arc::new(Stub::new(Way::Wait));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.hl7"), update("1", "2.5.1")).unwrap();
    let nothing = Database::open("sqlite::memory:").await.unwrap();
    let (settings, folders) = ("commit_secs = 1", folders(folder.path(), ""));
    let listening = Listening::before(stub.clone(), nothing, settings, &folders).await;
    let held = async |calls| {
        soon(async {
            while stub.held().len() < calls {
                sleep(LOOK).await;
            }
        })
        .await;
    };
    held(1).await;
    let answer = listening.peer().await.ask(update("2", "2.5.1")).await;
    assert_eq!(answer, not_kept("2"));
    stub.open();
    let watched = Watched { listening, folder };
    watched.arrived("processed/a.hl7").await;
    held(2).await;
    assert_eq!(stub.held(), [["1"], ["2"]]);
}

#[tokio::test]
async fn a_listener_stops_although_it_watches() {
    let store = Store::sqlite();
    let mut watched = Watched::start(&store, "").await;
    watched.process("a.hl7", update("1", "2.5.1")).await;
    watched.listening.wish_to_stop();
    watched.listening.returned().await.unwrap();
    watched.put("b.hl7", update("2", "2.5.1"));
    assert_eq!(watched.listening.bodies().await.len(), 1);
    let watched = Watched::of(&store, watched.folder, "", "").await;
    watched.arrived("processed/b.hl7").await;
    assert_eq!(watched.listening.bodies().await.len(), 2);
}

#[tokio::test]
async fn rows_become_messages() {
    for store in Store::all() {
        let watched = Watched::start(&store, "").await;
        let file = fs::read("tests/answers/results.cwlab").unwrap();
        watched.process("results.CWLAB", &file).await;
        watched.process("again.cwlab", &file).await;
        let mut page = String::new();
        for (state, body) in watched.states().await {
            writeln!(page, "{state}\n{body}").unwrap();
        }
        golden::check("tests/answers/results.hl7", page);
    }
}

#[tokio::test]
async fn a_byte_order_mark_goes_before_the_charset_of_the_feed() {
    let text = "[[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\ncharset = \"8859/1\"\n\
        cwlab_columns = [\"MSH-3\", \"PID-5.1\"]\n";
    let config = Config::parse("test", text).unwrap();
    let door = FileDoor::new(&config.feeds()[0], &config.listener).unwrap();
    for (first, charset, name) in [
        ("\u{feff}QUARRY LABS\tPeña\n", "UNICODE UTF-8", "|Muñoz\r"),
        ("QUARRY LABS\tPeña\n", "8859/1", "|MuÃ±oz\r"),
    ] {
        let store = Store::sqlite();
        let tank = Database::open(&store.url()).await.unwrap();
        let mut reading = door.begin(FileFormat::Cwlab);
        for part in [first, "QUARRY LABS\tMuñoz\n"] {
            let part = Bytes::from_static(part.as_bytes());
            reading.hold(&tank, &part, |_| ()).await.unwrap();
        }
        let read_as = reading.report().rows_read_as.map(hl7::Charset::label);
        assert_eq!(read_as, Some(charset));
        let last = tank.get(2).await.unwrap().unwrap().body;
        let last = String::from_utf8(last.to_vec()).unwrap();
        assert!(last.contains(name), "{last}");
    }
}
