//! Data types in real messages are the parts that paths name.

use cistern_hl7::{
    Charset, Cwe, Cx, Message, Path, Presence, Repetition, Sn, Xad, Xpn, Xtn, split_messages,
};

use crate::files;

/// Each part that a value names, and the path of that part below its repetition.
type Parts<'a> = Vec<(&'static str, Presence<'a>)>;
type Reader = fn(Repetition<'_>) -> Parts<'_>;

#[test]
fn values_are_the_parts_that_paths_name() {
    let kinds: [(&str, Reader); 6] = [
        ("PID-3", cx),
        ("PID-5", xpn),
        ("PID-11", xad),
        ("PID-13", xtn),
        ("OBX-3", cwe),
        ("OBX-5", sn),
    ];
    let mut valued = [0; 6];
    for (_, bytes) in files() {
        for message in split_messages(&bytes).filter_map(|message| Message::parse(message).ok()) {
            for ((path, read), valued) in kinds.iter().zip(&mut valued) {
                *valued += compared(&message, path, *read);
            }
        }
    }
    if !files().is_empty() {
        assert!(valued.iter().all(|count| *count > 500), "{valued:?}");
    }
}

/// Compares every repetition of a field, and counts the parts that say something.
fn compared(message: &Message<'_>, path: &str, read: Reader) -> usize {
    let (name, number) = path.split_once('-').unwrap();
    let mut valued = 0;
    for segment in message.segments_named(name) {
        let field = segment.field(number.parse().unwrap());
        let repetitions = field
            .into_iter()
            .flat_map(|field| (1..).zip(field.repetitions()));
        for (nth, repetition) in repetitions {
            for (part, found) in read(repetition) {
                let path = Path::parse(&format!("{name}-{number}[{nth}].{part}")).unwrap();
                assert_eq!(found, segment.get(&path), "{path}");
                if let Presence::Value(value) = found {
                    value.decode(Charset::UNSTATED).ok();
                    valued += 1;
                }
            }
        }
    }
    valued
}

fn cx(repetition: Repetition<'_>) -> Parts<'_> {
    let cx = Cx::of(repetition);
    vec![
        ("1", cx.id),
        ("2", cx.check_digit),
        ("4.1", cx.authority.namespace),
        ("4.2", cx.authority.universal_id),
        ("4.3", cx.authority.universal_id_type),
        ("5", cx.type_code),
        ("6.1", cx.facility.namespace),
        ("9", cx.jurisdiction),
    ]
}

fn xpn(repetition: Repetition<'_>) -> Parts<'_> {
    let xpn = Xpn::of(repetition);
    vec![
        ("1.1", xpn.family.surname),
        ("1.3", xpn.family.own_surname),
        ("2", xpn.given),
        ("3", xpn.further_given),
        ("7", xpn.type_code),
        ("14", xpn.professional_suffix),
    ]
}

fn xad(repetition: Repetition<'_>) -> Parts<'_> {
    let xad = Xad::of(repetition);
    vec![
        ("1.1", xad.street.address),
        ("1.2", xad.street.street_name),
        ("2", xad.other_designation),
        ("3", xad.city),
        ("5", xad.postal_code),
        ("7", xad.type_code),
        ("9", xad.county),
    ]
}

fn xtn(repetition: Repetition<'_>) -> Parts<'_> {
    let xtn = Xtn::of(repetition);
    vec![
        ("1", xtn.formatted),
        ("2", xtn.use_code),
        ("3", xtn.equipment_type),
        ("4", xtn.email),
        ("6", xtn.area_code),
        ("7", xtn.local_number),
        ("12", xtn.unformatted),
    ]
}

fn cwe(repetition: Repetition<'_>) -> Parts<'_> {
    let cwe = Cwe::of(repetition);
    vec![
        ("1", cwe.primary.code),
        ("3", cwe.primary.system),
        ("4", cwe.alternate.code),
        ("8", cwe.alternate.system_version),
        ("9", cwe.original_text),
        ("10", cwe.second_alternate.code),
    ]
}

fn sn(repetition: Repetition<'_>) -> Parts<'_> {
    let sn = Sn::of(repetition);
    vec![
        ("1", sn.comparator),
        ("2", sn.first),
        ("3", sn.separator),
        ("4", sn.second),
    ]
}
