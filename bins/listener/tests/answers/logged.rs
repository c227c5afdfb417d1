//! What the log says of a sender that does the same thing wrong again and again.

use crate::listening::Store;
use crate::peer::{Peer, accepted, framed, soon, update};
use crate::program::Program;

const CONFIG: &str = "[log]\nlevel = \"debug\"\n\
    [[feed]]\nname = \"main\"\naddress = \"127.0.0.1:0\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_fault_is_a_warning_once() {
    let store = Store::sqlite();
    let environment = [("CISTERN_DATABASE_URL", &*store.url())];
    let mut program = Program::start(env!("CARGO_BIN_EXE_cistern-listener"), CONFIG, &environment);
    let line = program.wait_for("address=");
    let address = line.rsplit("address=").next().unwrap().trim();
    let mut peer = Peer::connect(address.parse().unwrap()).await;
    for id in ["1", "2", "3"] {
        peer.write(b"junk|1").await;
        let mut frame = framed(update(id, "2.5.1"));
        frame.pop();
        frame.push(b'\n');
        peer.write(frame).await;
        assert_eq!(peer.answer().await, accepted(id));
    }
    for id in ["4", "5"] {
        let odd = update(id, "2.5.1").replace("|P|2.5.1", "|P|2.5.1|||al|NE");
        let answer = peer.ask(odd).await;
        assert_eq!(answer.split('\r').nth(1), Some(&*format!("MSA|CA|{id}")));
    }
    // More faults in one read than are looked at one by one.
    peer.write(b"\x0Bx".repeat(2_000)).await;
    peer.finish().await;
    soon(peer.closed()).await;

    let ended = tokio::task::spawn_blocking(|| program.terminate());
    let (_, output) = soon(ended).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    let count = |level: &str, text: &str| {
        let lines = output.lines().filter(|line| line.contains(text));
        lines.filter(|line| line.contains(level)).count()
    };
    let counts = ["fault=Junk", "fault=NoCarriageReturn"]
        .map(|fault| [count(" WARN ", fault), count("DEBUG ", fault)]);
    assert_eq!(counts, [[1, 2], [1, 2]], "{output}");
    assert_eq!(count("framing fault", r#"masked="xxxx|9""#), 3, "{output}");
    assert_eq!(count(" WARN ", "MSH-15 or MSH-16"), 1, "{output}");
    let counts = ["fault=EarlyStart", "faults_dropped="].map(|text| count(" WARN ", text));
    assert_eq!(counts, [1, 1], "{output}");
}
