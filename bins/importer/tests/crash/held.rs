//! The messages that wait for the importer, held as the listener would.

use std::fs;

use bytes::Bytes;
use hl7::{Message, path};
use tank::{Answer, Arrival, Arrived, Body, Database, HoldingTank as _, MessageKeys};
use testkit::testdata;

/// 20 March 2026, 12:00 UTC.
const NOW: i64 = 1_774_008_000_000;

/// Holds the feed of the invented clinic.
pub(crate) async fn hold(url: &str) {
    let tank = Database::open(url).await.unwrap();
    let arrivals: Vec<Arrival> = testdata::messages()
        .iter()
        .map(|file| arrival(fs::read(file).unwrap()))
        .collect();
    tank.hold(&arrivals).await.unwrap();
    tank.close().await;
}

fn arrival(body: Vec<u8>) -> Arrival {
    let message = Message::parse(&body).unwrap();
    let header = message.header();
    let keys = MessageKeys {
        sending_application: text(header.sending_application()),
        sending_facility: text(header.sending_facility()),
        receiving_application: text(header.receiving_application()),
        receiving_facility: text(header.receiving_facility()),
        control_id: text(header.control_id()),
        message_code: text(header.message_code()),
        trigger_event: text(header.trigger_event()),
        version: text(header.version()),
        ..MessageKeys::default()
    };
    let part = |path| message.get(&path).value().map(|value| text(value.raw()));
    let lane = [path!("PID-3.1"), path!("PID-3.4")].map(|path| part(path).unwrap_or_default());
    Arrival {
        feed: "harbor".into(),
        peer: "10.0.0.7:50112".into(),
        received_at: NOW,
        keys,
        lane: lane.join("^"),
        body: Body::new(body),
        state: Arrived::Received,
        answer: Answer {
            code: "AA".into(),
            bytes: Bytes::new(),
        },
        is_provisional: false,
        altered: None,
        reply: String::new(),
        sequence: None,
        read_as: tank::ReadAs::default(),
    }
}

fn text(raw: &[u8]) -> String {
    String::from_utf8(raw.to_vec()).unwrap()
}
