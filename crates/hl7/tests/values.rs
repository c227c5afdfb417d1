//! Data types of the standard, part by part.
#![cfg(test)]

use cistern_hl7::{
    Coding, Cwe, Cx, Ei, FamilyName, Hd, Message, Nm, Pl, Presence, Repetition, Sn, StreetAddress,
    TelephoneNumber, Tq, Xad, Xcn, Xon, Xpn, Xtn,
};

const HEADER: &str = "MSH|^~\\&|\rZZZ|";

/// Reads a value as the first repetition of a field, and shows what comes out.
fn read<T>(field: &str, show: impl Fn(Repetition<'_>) -> T) -> T {
    let text = format!("{HEADER}{field}");
    let message = Message::parse(text.as_bytes()).unwrap();
    let field = message.segment("ZZZ").unwrap().field(1).unwrap();
    show(field.repetition(1).unwrap())
}

/// `-` absent, nothing empty, two quotes null, else the raw value.
fn shown(presence: Presence<'_>) -> String {
    match presence {
        Presence::Absent => "-".to_owned(),
        Presence::Empty => String::new(),
        Presence::Null => "\"\"".to_owned(),
        Presence::Value(value) => String::from_utf8(value.raw().to_vec()).unwrap(),
    }
}

fn line(parts: &[Presence<'_>]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| shown(*part)).collect();
    parts.join("|")
}

fn hd(hd: Hd<'_>) -> String {
    line(&[hd.namespace, hd.universal_id, hd.universal_id_type])
}

fn family_name(family: FamilyName<'_>) -> String {
    line(&[
        family.surname,
        family.own_prefix,
        family.own_surname,
        family.partner_prefix,
        family.partner_surname,
    ])
}

fn coding(coding: Coding<'_>) -> String {
    line(&[
        coding.code,
        coding.text,
        coding.system,
        coding.system_version,
    ])
}

fn cwe(cwe: &Cwe<'_>) -> String {
    let codings = cwe.codings().map(coding).join("; ");
    format!("{codings}; {}", shown(cwe.original_text))
}

fn cx(cx: &Cx<'_>) -> [String; 4] {
    [
        line(&[cx.id, cx.check_digit, cx.check_digit_scheme, cx.type_code]),
        hd(cx.authority),
        hd(cx.facility),
        line(&[
            cx.effective_date,
            cx.expiration_date,
            cx.jurisdiction,
            cx.agency,
        ]),
    ]
}

#[test]
fn identifiers() {
    let full = "4711^7^M11^CITY&1.2.3&ISO^MR^EAST&9.9&ISO^20200101^20301231^GA&Georgia&USPS^DPH";
    assert_eq!(
        read(full, |repetition| cx(&Cx::of(repetition))),
        [
            "4711|7|M11|MR",
            "CITY|1.2.3|ISO",
            "EAST|9.9|ISO",
            "20200101|20301231|GA&Georgia&USPS|DPH",
        ]
    );
    assert_eq!(
        read("4711^^^CITY", |repetition| cx(&Cx::of(repetition))),
        ["4711|||-", "CITY|-|-", "-|-|-", "-|-|-|-"]
    );
    assert_eq!(
        read("4711^^^\"\"^MR", |repetition| cx(&Cx::of(repetition))),
        ["4711|||MR", "\"\"|\"\"|\"\"", "-|-|-", "-|-|-|-"]
    );
    let entity = |repetition: Repetition<'_>| {
        let ei = Ei::of(repetition);
        (shown(ei.id), hd(ei.authority))
    };
    assert_eq!(
        read("77^LAB^1.2^ISO", entity),
        ("77".to_owned(), "LAB|1.2|ISO".to_owned())
    );
    assert_eq!(
        read("\"\"", entity),
        ("\"\"".to_owned(), "\"\"|\"\"|\"\"".to_owned())
    );
}

#[test]
fn values_inside_a_component() {
    let inner = |repetition: Repetition<'_>| {
        let component = repetition.component(2).unwrap();
        let ei = Ei::of_component(component);
        let shown_hd = hd(Hd::of_component(component));
        (
            shown(ei.id),
            hd(ei.authority),
            shown_hd,
            cwe(&Cwe::of_component(component)),
        )
    };
    let expected = (
        "a".to_owned(),
        "b||d".to_owned(),
        "a|b|".to_owned(),
        "a|b||-; d|-|-|-; -|-|-|-; -".to_owned(),
    );
    assert_eq!(read("x^a&b&&d^y", inner), expected);
    assert_eq!(
        read("x", |repetition| hd(Hd::of(repetition))),
        "x|-|-".to_owned()
    );
}

#[test]
fn names() {
    let name = |repetition: Repetition<'_>| {
        let xpn = Xpn::of(repetition);
        [
            family_name(xpn.family),
            line(&[
                xpn.given,
                xpn.further_given,
                xpn.suffix,
                xpn.prefix,
                xpn.degree,
            ]),
            line(&[xpn.type_code, xpn.representation_code, xpn.assembly_order]),
            line(&[
                xpn.effective_date,
                xpn.expiration_date,
                xpn.professional_suffix,
            ]),
        ]
    };
    let newer = "de Roe&de&Roe&van&Poe^Ann^B C^JR^DR^MD^L^A^ctx^range^F^20200101^20210101^PhD";
    let expected = [
        "de Roe|de|Roe|van|Poe",
        "Ann|B C|JR|DR|MD",
        "L|A|F",
        "20200101|20210101|PhD",
    ];
    assert_eq!(read(newer, name), expected);
    let older = ["Roe|-|-|-|-", "Ann||-|-|-", "-|-|-", "-|-|-"];
    assert_eq!(read("Roe^Ann^", name), older);
    let null = [
        "\"\"|\"\"|\"\"|\"\"|\"\"",
        "\"\"|\"\"|\"\"|\"\"|\"\"",
        "\"\"|\"\"|\"\"",
        "\"\"|\"\"|\"\"",
    ];
    assert_eq!(read("\"\"", name), null);
}

#[test]
fn people_by_number_and_name() {
    let person = |repetition: Repetition<'_>| {
        let xcn = Xcn::of(repetition);
        [
            family_name(xcn.family),
            line(&[
                xcn.given,
                xcn.further_given,
                xcn.suffix,
                xcn.prefix,
                xcn.degree,
            ]),
            line(&[
                xcn.name_type_code,
                xcn.representation_code,
                xcn.assembly_order,
                xcn.professional_suffix,
            ]),
            line(&[
                xcn.id,
                xcn.check_digit,
                xcn.check_digit_scheme,
                xcn.type_code,
                xcn.source_table,
            ]),
            hd(xcn.authority),
            hd(xcn.facility),
            line(&[xcn.jurisdiction, xcn.agency]),
            line(&[xcn.effective_date, xcn.expiration_date]),
        ]
    };
    let newer = "77^de Poe&de&Poe&van&Roe^Ira^B C^JR^DR^MD^T1^CITY&1.2&ISO^L^7^M11^NPI^EAST&9.9&ISO\
        ^A^ctx^range^F^20200101^20210101^PhD^GA&Georgia^DPH";
    let expected = [
        "de Poe|de|Poe|van|Roe",
        "Ira|B C|JR|DR|MD",
        "L|A|F|PhD",
        "77|7|M11|NPI|T1",
        "CITY|1.2|ISO",
        "EAST|9.9|ISO",
        "GA&Georgia|DPH",
        "20200101|20210101",
    ];
    assert_eq!(read(newer, person), expected);
    let older = [
        "Poe|-|-|-|-",
        "Ira|-|-|-|-",
        "-|-|-|-",
        "77|-|-|-|-",
        "-|-|-",
        "-|-|-",
        "-|-",
        "-|-",
    ];
    assert_eq!(read("77^Poe^Ira", person), older);
}

#[test]
fn organisations() {
    let organisation = |repetition: Repetition<'_>| {
        let xon = Xon::of(repetition);
        [
            line(&[xon.name, xon.name_type_code, xon.representation_code]),
            line(&[
                xon.numeric_id,
                xon.check_digit,
                xon.check_digit_scheme,
                xon.type_code,
                xon.id,
            ]),
            hd(xon.authority),
            hd(xon.facility),
            shown(xon.identifier()),
        ]
    };
    let full = "Hill Mutual^L^77^7^M11^CITY&1.2&ISO^XX^EAST&9.9&ISO^A^H77";
    let expected = [
        "Hill Mutual|L|A",
        "77|7|M11|XX|H77",
        "CITY|1.2|ISO",
        "EAST|9.9|ISO",
        "H77",
    ];
    assert_eq!(read(full, organisation), expected);
    for (field, identifier) in [
        ("Hill Mutual", "-"),
        ("Hill Mutual^L^77", "77"),
        ("Hill Mutual^L^77^^^^^^^", "77"),
        ("Hill Mutual^L^77^^^^^^^\"\"", "\"\""),
        ("Hill Mutual^^^^^^^^^H77", "H77"),
    ] {
        assert_eq!(read(field, organisation)[4], identifier, "{field}");
    }
}

#[test]
fn addresses() {
    let address = |repetition: Repetition<'_>| {
        let xad = Xad::of(repetition);
        let StreetAddress {
            address,
            street_name,
            dwelling_number,
            ..
        } = xad.street;
        [
            line(&[address, street_name, dwelling_number]),
            line(&[
                xad.other_designation,
                xad.city,
                xad.state,
                xad.postal_code,
                xad.country,
            ]),
            line(&[
                xad.type_code,
                xad.other_geographic,
                xad.county,
                xad.census_tract,
                xad.representation_code,
            ]),
            line(&[xad.effective_date, xad.expiration_date]),
        ]
    };
    let newer =
        "1 Main St&Main St&1^Apt 2^Town^GA^30301^USA^H^South^DeKalb^13089^A^range^2020^2021";
    let expected = [
        "1 Main St|Main St|1",
        "Apt 2|Town|GA|30301|USA",
        "H|South|DeKalb|13089|A",
        "2020|2021",
    ];
    assert_eq!(read(newer, address), expected);
    let older = ["1 Main St|-|-", "|Town|-|-|-", "-|-|-|-|-", "-|-"];
    assert_eq!(read("1 Main St^^Town", address), older);
}

#[test]
fn telephone_numbers() {
    let telephone = |repetition: Repetition<'_>| {
        let xtn = Xtn::of(repetition);
        let number = match xtn.number() {
            Some(TelephoneNumber::Whole(value)) => shown(Presence::Value(value)),
            Some(TelephoneNumber::Parts {
                country_code,
                area_code,
                local_number,
                extension,
            }) => line(&[
                country_code,
                area_code,
                Presence::Value(local_number),
                extension,
            ]),
            _ => "none".to_owned(),
        };
        let what = line(&[xtn.use_code, xtn.equipment_type, xtn.email]);
        let rest = line(&[
            xtn.formatted,
            xtn.country_code,
            xtn.area_code,
            xtn.local_number,
            xtn.extension,
            xtn.any_text,
            xtn.extension_prefix,
            xtn.speed_dial_code,
            xtn.unformatted,
        ]);
        [number, what, rest]
    };
    let cases = [
        (
            "(404)555-0100X9^PRN^PH",
            [
                "(404)555-0100X9",
                "PRN|PH|-",
                "(404)555-0100X9|-|-|-|-|-|-|-|-",
            ],
        ),
        (
            "^PRN^PH^^1^404^5550100^9^after 5",
            [
                "1|404|5550100|9",
                "PRN|PH|",
                "|1|404|5550100|9|after 5|-|-|-",
            ],
        ),
        (
            "^WPN^CP^^^^^^^#^*1^404 555 0100",
            ["404 555 0100", "WPN|CP|", "||||||#|*1|404 555 0100"],
        ),
        (
            "^NET^Internet^ann@example.org",
            ["none", "NET|Internet|ann@example.org", "|-|-|-|-|-|-|-|-"],
        ),
        ("^PRN^PH^^^404", ["none", "PRN|PH|", "||404|-|-|-|-|-|-"]),
    ];
    for (field, expected) in cases {
        assert_eq!(read(field, telephone), expected, "{field}");
    }
}

#[test]
fn coded_values() {
    let full = "A^one^L^B^two^LN^2.1^2.2^as written^C^three^SCT^2.3";
    assert_eq!(
        read(full, |repetition| cwe(&Cwe::of(repetition))),
        "A|one|L|2.1; B|two|LN|2.2; C|three|SCT|2.3; as written"
    );
    assert_eq!(
        read("1554-5^GLUCOSE^LN", |repetition| cwe(&Cwe::of(repetition))),
        "1554-5|GLUCOSE|LN|-; -|-|-|-; -|-|-|-; -"
    );
}

#[test]
fn places() {
    let place = |repetition: Repetition<'_>| {
        let pl = Pl::of(repetition);
        [
            line(&[pl.point_of_care, pl.room, pl.bed, pl.status]),
            hd(pl.facility),
            line(&[
                pl.person_location_type,
                pl.building,
                pl.floor,
                pl.description,
            ]),
            shown(pl.comprehensive_id.id),
            hd(pl.comprehensive_id.authority),
            hd(pl.authority),
        ]
    };
    let full = "W1^R2^B3^EAST&1.2&ISO^O^N^H4^F5^by the stairs^P9&NS&3.4&ISO^AA&5.6&ISO";
    let expected = [
        "W1|R2|B3|O",
        "EAST|1.2|ISO",
        "N|H4|F5|by the stairs",
        "P9",
        "NS|3.4|ISO",
        "AA|5.6|ISO",
    ];
    assert_eq!(read(full, place), expected);
}

#[test]
fn timing() {
    let timing = |repetition: Repetition<'_>| {
        let tq = Tq::of(repetition);
        [
            line(&[
                tq.quantity,
                tq.units,
                tq.repeat_pattern,
                tq.explicit_times,
                tq.duration,
            ]),
            line(&[tq.start, tq.end, tq.priority, tq.condition, tq.text]),
            line(&[
                tq.conjunction,
                tq.order_sequencing,
                tq.occurrence_duration,
                tq.total_occurrences,
            ]),
        ]
    };
    let full = "2&TAB^Q6H&0600,1200^D10^202401010800&M^20240110^S^PRN^slowly^S^1&2^30&min^40";
    let expected = [
        "2|TAB|Q6H|0600,1200|D10",
        "202401010800|20240110|S|PRN|slowly",
        "S|1&2|30&min|40",
    ];
    assert_eq!(read(full, timing), expected);
}

#[test]
fn structured_numbers() {
    let number = |repetition: Repetition<'_>| {
        let sn = Sn::of(repetition);
        let numbers = [sn.first_number(), sn.second_number()].map(|number| number.map(Nm::to_f64));
        (
            line(&[sn.comparator, sn.first, sn.separator, sn.second]),
            numbers,
        )
    };
    let cases = [
        ("<^20", ("<|20|-|-", [Some(20.0), None])),
        ("^100^-^200", ("|100|-|200", [Some(100.0), Some(200.0)])),
        ("^1^:^128", ("|1|:|128", [Some(1.0), Some(128.0)])),
        ("^2^+", ("|2|+|-", [Some(2.0), None])),
        (">=^many", (">=|many|-|-", [None, None])),
        ("<20", ("<20|-|-|-", [None, None])),
    ];
    for (field, (parts, numbers)) in cases {
        assert_eq!(read(field, number), (parts.to_owned(), numbers), "{field}");
    }
}

#[test]
#[expect(clippy::float_cmp, reason = "the nearest number is one number")]
fn numbers_keep_their_text() {
    let cases = [
        ("0", 0.0),
        ("0002", 2.0),
        ("7.10", 7.1),
        (".5", 0.5),
        ("5.", 5.0),
        ("+3", 3.0),
        ("-0.25", -0.25),
    ];
    for (text, nearest) in cases {
        let number = Nm::parse(text.as_bytes()).unwrap();
        assert_eq!((number.text(), number.to_f64()), (text, nearest));
    }
    let long = [b'9'; 400];
    assert_eq!(Nm::parse(&long).unwrap().to_f64(), f64::INFINITY);
    for text in [
        "", ".", "-", "+.", "1e5", "1,000", "<20", "20 ", " 20", "--1", "1.2.3", "inf", "NaN", "０",
    ] {
        assert_eq!(Nm::parse(text.as_bytes()), None, "{text}");
    }
    assert_eq!(Nm::parse(b"1\xFF"), None);
}

#[test]
fn reading_values_does_not_allocate() {
    let text = format!("{HEADER}4711^7^M11^CITY&1.2.3&ISO^MR");
    let message = Message::parse(text.as_bytes()).unwrap();
    let field = message.segment("ZZZ").unwrap().field(1).unwrap();
    let repetition = field.repetition(1).unwrap();
    let counted = allocation_counter::measure(|| {
        std::hint::black_box((Cx::of(repetition), Xpn::of(repetition), Xad::of(repetition)));
        std::hint::black_box((Xtn::of(repetition), Tq::of(repetition), Pl::of(repetition)));
        std::hint::black_box((Xcn::of(repetition), Xon::of(repetition)));
        std::hint::black_box((Sn::of(repetition), Cwe::of(repetition), Ei::of(repetition)));
        std::hint::black_box(Nm::parse(b"7.10"));
    });
    assert_eq!(counted.count_total, 0);
}
