//! Several importers at once: one client, one owner of each record, and the newest value.

use care::{Identifier, Import, Patch, Person, Value, record_type};
use cistern_tank::{Arrival, Batch, Database, HoldingTank as _, Outcome, Settled, Settlement};

use crate::probe::lines;
use crate::support::*;

/// Claims each message for a worker of its own and settles all of them at once.
async fn settle_at_once(
    tank: &Database,
    settlement: Settlement,
    round: usize,
    imports: Vec<Import>,
) -> Settled {
    let names: Vec<String> = (0..imports.len()).map(|n| format!("{round}/{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    hold(tank, &names).await;
    let mut batches: Vec<(Batch, Outcome)> = Vec::new();
    for (name, what) in names.into_iter().zip(imports) {
        let batch = tank.claim(name, 1, NOW).await.unwrap();
        let outcome = import(ids(&batch)[0], what);
        batches.push((batch, outcome));
    }
    let settling = batches.into_iter().map(|(batch, outcome)| {
        let tank = tank.clone();
        tokio::spawn(async move { tank.settle(&batch, &[outcome], settlement).await.unwrap() })
    });
    let mut settled = Settled::default();
    for one in settling.collect::<Vec<_>>() {
        settled += one.await.unwrap();
    }
    settled
}

pub(crate) async fn a_new_person_becomes_one_client(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    for round in 0..20_usize {
        let person = person(&format!("{}", 1000 + round), &format!("Doe{round}"));
        let mut numberless = person.clone();
        numberless.identifiers.clear();
        let imports = vec![
            registration(&person, 10),
            registration(&person, 20),
            registration(&numberless, 30),
            registration(&person, 40),
        ];
        let settled = settle_at_once(tank, settlement, round, imports).await;
        assert_eq!(
            (settled.imported, settled.records_added),
            (4, 1),
            "round {round}"
        );
    }
    let counts =
        "SELECT CAST(COUNT(*) AS TEXT), CAST(COUNT(DISTINCT last_name) AS TEXT) FROM client";
    assert_eq!(lines(url, counts).await, ["20|20"]);
}

pub(crate) async fn a_result_that_races_its_registration_is_imported(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    for round in 0..20_usize {
        let person = person(&format!("{}", 1000 + round), &format!("Doe{round}"));
        let key = format!("A{round}");
        let early = result(&person, &key, 412.0, 10);
        let imports = vec![early.clone(), registration(&person, 20)];
        let settled = settle_at_once(tank, settlement, round, imports).await;
        assert_eq!(
            settled.held, settled.released,
            "round {round}: whoever was held goes on"
        );
        let rest = claim(tank, "importer", NOW).await;
        let again: Vec<_> = ids(&rest)
            .into_iter()
            .map(|id| import(id, early.clone()))
            .collect();
        tank.settle(&rest, &again, settlement).await.unwrap();
    }
    let counts = "SELECT CAST(COUNT(DISTINCT client_id) AS TEXT), CAST(COUNT(*) AS TEXT) FROM lab";
    assert_eq!(lines(url, counts).await, ["20|20"]);
}

pub(crate) async fn the_newest_value_wins_though_messages_share_no_key(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    let numbers: Vec<Identifier> = (0..4).map(|n| medical_record(&n.to_string())).collect();
    let mut known = jane();
    known.identifiers.clone_from(&numbers);
    take_in(tank, settlement, "0", registration(&known, 0)).await;
    for round in 1..=25_usize {
        let newest = i64::try_from(round).unwrap() * 10;
        let imports = numbers.iter().enumerate().map(|(place, number)| {
            let as_of = newest - [3, 0, 2, 1][(place + round) % 4];
            moved(number, as_of)
        });
        settle_at_once(tank, settlement, round, imports.collect()).await;
        let stored = lines(url, "SELECT client.city, lab.comment FROM client, lab").await;
        assert_eq!(stored, [format!("City {newest}|Note {newest}")]);
    }
}

/// A message with a new address and a new note on one result, from a system that knows the
/// person by this number only.
fn moved(number: &Identifier, as_of: i64) -> Import {
    let (client, record) = (record_type("client").unwrap(), record_type("lab").unwrap());
    let person = Person {
        identifiers: vec![number.clone()],
        ..Person::default()
    };
    let mut import = registration(&jane(), as_of);
    import.person = Some(person);
    let city = Patch::Set(Value::text(format!("City {as_of}")));
    import.changes[0].assign(client.field("city").unwrap(), city, "PID-11.3");
    let mut result = lab("CD4 count", "A1", 412.0, as_of);
    let note = Patch::Set(Value::text(format!("Note {as_of}")));
    result.assign(record.field("comment").unwrap(), note, "NTE-3");
    import.changes.push(result);
    import
}

pub(crate) async fn one_result_of_two_people_keeps_its_owner(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "jane", registration(&jane(), 10)).await;
    take_in(
        tank,
        settlement,
        "john",
        registration(&person("2002", "Roe"), 10),
    )
    .await;
    for round in 0..10_usize {
        let key = format!("A{round}");
        let imports = vec![
            result(&jane(), &key, 1.0, 20),
            result(&person("2002", "Roe"), &key, 2.0, 30),
        ];
        let settled = settle_at_once(tank, settlement, round, imports).await;
        assert_eq!((settled.imported, settled.held), (1, 1), "round {round}");
        assert_eq!(settled.records_added, 1, "round {round}");
    }
    assert_eq!(
        lines(url, "SELECT CAST(COUNT(*) AS TEXT) FROM lab").await,
        ["10"]
    );
}

pub(crate) async fn a_claim_never_takes_what_a_late_settle_has_done(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    for round in 0..20 {
        let names: Vec<String> = (0..20).map(|n| format!("{round}/{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        hold(tank, &names).await;
        let now = NOW + round * 10 * LEASE_MS;
        let slow = claim(tank, "slow", now).await;
        let outcomes: Vec<_> = ids(&slow).into_iter().map(ignore).collect();
        let (late, heir) = tokio::join!(
            tank.settle(&slow, &outcomes, settlement),
            tank.claim("heir", 1_000, now + LEASE_MS),
        );
        let heir = ids(&heir.unwrap());
        assert_eq!(
            late.is_ok(),
            heir.is_empty(),
            "round {round}: {} claimed",
            heir.len()
        );
        if late.is_err() {
            let heirs = Batch {
                worker: "heir".into(),
                ..slow
            };
            tank.settle(&heirs, &outcomes, settlement).await.unwrap();
        }
    }
}

pub(crate) async fn holds_of_the_same_keys_do_not_wait_for_each_other(tank: &Database, _: &str) {
    for round in 0..40 {
        let [a, b] = ["a", "b"].map(|key| arrival(&format!("{round}{key}"), b"1"));
        // The second of a key is looked up when the first is in the table.
        let one = [&a, &a, &b, &b].map(Arrival::clone);
        let other = [&b, &b, &a, &a].map(Arrival::clone);
        let holding = [one, other].map(|arrivals| {
            let tank = tank.clone();
            tokio::spawn(async move { tank.hold(&arrivals).await })
        });
        for held in holding {
            held.await.unwrap().unwrap();
        }
    }
}
