//! What happened on one link, as text for whoever runs its sender.

use listener::{LinkEventKind, LinkFault, LinkRecord, LinkTls};

use super::moment;
use crate::shown::shown;

/// What goes before a line that belongs to the event above it.
const INDENT: &str = "             ";

/// The whole text.
pub(super) fn of(link: &LinkRecord) -> String {
    let mut lines = head(link);
    lines.push(String::new());
    if has_forgotten(link) {
        lines.push(format!("{INDENT}earlier events are forgotten"));
    }
    for event in &link.events {
        lines.push(timed(event.at_micros, &what(&event.what)));
        if let Some(advice) = advice(&event.what) {
            lines.push(format!("{INDENT}{advice}"));
        }
    }
    let end = link.end.map(|end| end.to_string());
    lines.push(timed(
        link.open_micros,
        end.as_deref().unwrap_or("still open"),
    ));
    lines.push(String::new());
    lines.push(
        "Times and bytes are counted from when the link was opened. Letters are shown".into(),
    );
    lines.push(
        "as x, digits as 9, control characters by their codes: \\r is 0x0D, \\x0b 0x0B.".into(),
    );
    lines.iter().map(|line| shown(line) + "\n").collect()
}

fn head(link: &LinkRecord) -> Vec<String> {
    let LinkRecord {
        number, peer, feed, ..
    } = link;
    let opened = moment(link.opened_millis);
    let mut lines = vec![format!(
        "link {number} from {peer} to feed {feed}, opened {opened}"
    )];
    lines.extend(link.tls.as_ref().map(tls));
    let LinkRecord {
        frames,
        frame_bytes,
        refusals,
        faults,
        ..
    } = link;
    let answers = link
        .answers
        .iter()
        .map(|each| format!("{} {}", each.count, each.code));
    let answers: Vec<String> = answers.collect();
    lines.push(format!(
        "frames: {frames} of {frame_bytes} bytes; answers: {}; refused: {refusals}; faults: {faults}",
        if answers.is_empty() { "0".to_owned() } else { answers.join(", ") }
    ));
    lines
}

fn tls(tls: &LinkTls) -> String {
    if tls.names.is_empty() {
        return format!("{}, no certificate of the sender", tls.version);
    }
    format!("{}, certificate of {}", tls.version, tls.names.join(", "))
}

/// Whether there were more frames or faults than are told.
fn has_forgotten(link: &LinkRecord) -> bool {
    let (mut frames, mut faults) = (0, 0);
    for event in &link.events {
        match event.what {
            LinkEventKind::Frame { .. } => frames += 1,
            LinkEventKind::Fault(_) => faults += 1,
            _ => {}
        }
    }
    frames < link.frames || faults < link.faults
}

fn what(event: &LinkEventKind) -> String {
    match event {
        LinkEventKind::Tls => "TLS began".to_owned(),
        LinkEventKind::Frame {
            offset,
            bytes,
            masked: None,
        } => {
            format!("frame of {bytes} bytes from byte {offset}")
        }
        LinkEventKind::Frame {
            offset,
            bytes,
            masked: Some(masked),
        } => {
            format!("frame of {bytes} bytes from byte {offset}: {masked}")
        }
        LinkEventKind::Answer { code, took_micros } => {
            format!("answer {code} after {} s", seconds(*took_micros))
        }
        LinkEventKind::Refused(refusal) => format!("message refused: {}", refusal.reason),
        LinkEventKind::Fault(fault) => faulty(fault),
        _ => "something that this version does not know".to_owned(),
    }
}

fn faulty(fault: &LinkFault) -> String {
    let LinkFault {
        fault: name,
        offset,
        bytes,
        masked,
        ..
    } = fault;
    match offset {
        Some(offset) => format!("FAULT {name} of {bytes} bytes from byte {offset}: {masked}"),
        None if masked.is_empty() => format!("FAULT {name}"),
        None => format!("FAULT {name}: {masked}"),
    }
}

fn advice(event: &LinkEventKind) -> Option<&str> {
    match event {
        LinkEventKind::Refused(refusal) => Some(&refusal.advice),
        LinkEventKind::Fault(fault) => Some(&fault.advice),
        _ => None,
    }
}

fn timed(micros: u64, what: &str) -> String {
    format!("{:>9} s  {what}", seconds(micros))
}

/// Seconds with three digits after the point.
fn seconds(micros: u64) -> String {
    format!("{}.{:03}", micros / 1_000_000, micros / 1_000 % 1_000)
}
