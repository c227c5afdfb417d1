#![cfg(test)]
//! The tank on a PostgreSQL server that speaks TLS, or does not.

use std::fs;
use std::path::Path;

use cistern_tank::{
    Answer, Arrival, Arrived, Body, Database, HoldingTank as _, MessageKeys, ReadAs, Receipt,
};
use testkit::authority::Authority;
use testkit::cluster::Cluster;

/// Gives a cluster a certificate for this host.
fn secure(cluster: &mut Cluster, authority: &Authority, host: &str) {
    authority.issue("server", host);
    let [certificate, key] =
        ["server.pem", "server.key"].map(|name| fs::read_to_string(authority.file(name)).unwrap());
    cluster.secure(&certificate, &key);
}

/// Why the database cannot be opened.
async fn complaint(url: &str) -> String {
    Database::open(url).await.unwrap_err().to_string()
}

fn arrival() -> Arrival {
    Arrival {
        feed: "main".into(),
        peer: "10.0.0.7:50112".into(),
        received_at: 1_714_746_600_000,
        keys: MessageKeys {
            control_id: "1".into(),
            ..MessageKeys::default()
        },
        lane: String::new(),
        body: Body::new("MSH|^~\\&|EHR|HARBOR"),
        state: Arrived::Received,
        answer: Answer {
            code: "AA".into(),
            bytes: "MSA|AA|1\r".into(),
        },
        is_provisional: false,
        altered: None,
        reply: String::new(),
        sequence: None,
        read_as: ReadAs::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_known_by_its_certificate() {
    let Some(mut cluster) = Cluster::start_or_skip(Path::new("/tmp")) else {
        return;
    };
    let (authority, stranger) = (Authority::new(), Authority::new());
    let url = |more: &str| format!("{}?application_name=tank&{more}", cluster.url());
    let trusting = |authority: &Authority, mode: &str| {
        let root = authority.file("ca.pem");
        url(&format!("sslmode={mode}&sslrootcert={}", root.display()))
    };
    let [full, ca] = ["verify-full", "verify-ca"].map(|mode| trusting(&authority, mode));
    let [require, prefer, lost] = [
        "sslmode=require",
        "sslmode=prefer",
        "sslmode=verify-full&sslrootcert=/lost/ca.pem",
    ]
    .map(url);
    let foreign = trusting(&stranger, "verify-full");

    for demanding in [&require, &ca, &full] {
        assert_eq!(
            complaint(demanding).await,
            "open the database: no TLS: server does not support TLS"
        );
    }

    secure(&mut cluster, &authority, "127.0.0.1");
    let tank = Database::open(&full).await.unwrap();
    let receipts = tank.hold(&[arrival()]).await.unwrap();
    assert!(matches!(*receipts, [Receipt::New { .. }]), "{receipts:?}");
    let sessions = "SELECT DISTINCT ssl, version FROM pg_stat_ssl \
                    JOIN pg_stat_activity USING (pid) WHERE application_name = 'tank'";
    assert_eq!(cluster.rows(sessions), ["t\tTLSv1.3"]);
    tank.close().await;
    assert_eq!(
        complaint(&foreign).await,
        "open the database: the certificate of the server is of no authority that is trusted: \
         sslrootcert names one"
    );
    assert_eq!(
        complaint(&lost).await,
        "open the database: No such file or directory (os error 2)"
    );

    secure(&mut cluster, &authority, "db.example");
    assert_eq!(
        complaint(&full).await,
        "open the database: the certificate of the server does not name the host of the address"
    );
    for less in [&ca, &require, &prefer] {
        let tank = Database::open(less).await.unwrap();
        assert_eq!(cluster.rows(sessions), ["t\tTLSv1.3"]);
        tank.close().await;
    }
}
