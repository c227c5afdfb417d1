//! What the database refuses is set aside alone, and no error repeats what it was about.

use care::{Finding, FindingKind, Import, Severity};
use cistern_tank::{Database, Decision, FailureClass, HoldingTank as _, Settled, Settlement};

use crate::probe;
use crate::support::*;

fn poisonous(person: &care::Person) -> Import {
    let mut import = result(person, "poison", 1.0, 10);
    import.changes[0] = lab("no such test", "poison", 1.0, 10);
    import
}

pub(crate) async fn one_poisonous_message_does_not_keep_the_others(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "jane", registration(&jane(), 10)).await;
    let names: Vec<String> = (0..50).map(|n| n.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let held = hold(tank, &names).await;
    let batch = claim(tank, "importer", NOW).await;
    let outcome = |(place, id): (usize, &i64)| {
        let good = result(&jane(), &format!("A{place}"), 1.0, 10);
        import(
            *id,
            if place == 17 {
                poisonous(&jane())
            } else {
                good
            },
        )
    };
    let outcomes: Vec<_> = held.iter().enumerate().map(outcome).collect();
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let expected = Settled {
        imported: 49,
        failed: 1,
        records_added: 49,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
    let (name, reason) = state(tank, held[17]).await;
    assert_eq!(name, "failed");
    assert!(
        reason.starts_with("settle a batch: database error "),
        "{reason}"
    );
    let counts = "SELECT CAST(COUNT(*) AS TEXT), CAST(COUNT(DISTINCT source_key) AS TEXT) FROM lab";
    assert_eq!(probe::lines(url, counts).await, ["49|49"]);
}

pub(crate) async fn a_failed_message_waits_longer_each_time(tank: &Database, _: &str) {
    let mut settlement = prepare(tank).await;
    take_in(tank, settlement, "jane", registration(&jane(), 10)).await;
    let id = hold(tank, &["poison"]).await[0];
    let seconds = [
        5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 5_120, 5_120,
    ];
    for (attempt, pause) in seconds.into_iter().enumerate() {
        let batch = claim(tank, "importer", settlement.now).await;
        let attempts = i64::try_from(attempt).unwrap();
        assert_eq!(
            (ids(&batch), batch.messages[0].attempts),
            (vec![id], attempts)
        );
        let outcome = import(id, poisonous(&jane()));
        let settled = tank.settle(&batch, &[outcome], settlement).await.unwrap();
        assert_eq!(
            settled,
            Settled {
                failed: 1,
                ..Settled::default()
            }
        );
        settlement.now += pause * 1_000;
        let early = claim(tank, "importer", settlement.now - 1).await;
        assert!(
            early.messages.is_empty(),
            "{pause} s after failure {attempt}"
        );
    }

    let batch = claim(tank, "importer", settlement.now).await;
    tank.settle(
        &batch,
        &[import(id, result(&jane(), "A1", 1.0, 10))],
        settlement,
    )
    .await
    .unwrap();
    assert_eq!(state(tank, id).await, ("imported".into(), "1 added".into()));
}

pub(crate) async fn a_failed_message_is_retried_at_once_when_a_person_says_so(
    tank: &Database,
    _: &str,
) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "jane", registration(&jane(), 10)).await;
    let (id, settled) = take_in(tank, settlement, "poison", poisonous(&jane())).await;
    assert_eq!(
        settled,
        Settled {
            failed: 1,
            ..Settled::default()
        }
    );
    assert!(ids(&claim(tank, "importer", NOW).await).is_empty());
    tank.release(&Decision::Retry(vec![id]), "nurse", NOW)
        .await
        .unwrap();
    assert_eq!(ids(&claim(tank, "importer", NOW).await), [id]);
}

pub(crate) async fn a_lasting_conflict_is_set_aside_too(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    probe::run(
        url,
        "CREATE UNIQUE INDEX one_of_a_name ON client (last_name)",
    )
    .await;
    take_in(tank, settlement, "0", registration(&jane(), 10)).await;
    hold(tank, &["1", "2"]).await;
    let batch = claim(tank, "importer", NOW).await;
    let mut other = person("3003", "Doe");
    other.birth_date = "1950-01-01".into();
    let outcomes = [
        import(2, registration(&other, 10)),
        import(3, registration(&person("2002", "Roe"), 10)),
    ];
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let expected = Settled {
        imported: 1,
        failed: 1,
        records_added: 1,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
}

pub(crate) async fn nul_in_any_value_is_shown_and_found_again(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let mut odd = person("10\0", "D\0e");
    odd.identifiers[0].authority = "CLI\0NIC".into();
    let mut message = registration(&odd, 10);
    message.account.sender = "CLI\0NIC".into();
    message.changes.push(lab("CD4 count", "A\0", 1.0, 10));
    message.findings = vec![
        Finding::new(Severity::Info, FindingKind::BadValue, "odd\0")
            .at("PID\0")
            .waits_for("k\0"),
    ];
    let (_, settled) = take_in(tank, settlement, "1", message.clone()).await;
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            records_added: 2,
            ..Settled::default()
        }
    );
    let (_, settled) = take_in(tank, settlement, "2", message).await;
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            ..Settled::default()
        },
        "nothing is new"
    );
    let client = &tank
        .records(care::record_type("client").unwrap(), 10)
        .await
        .unwrap()[..];
    let [client] = client else {
        panic!("one client")
    };
    assert_eq!(client.values[0].value, care::Value::text("D\u{2400}e"));
}

/// More than PostgreSQL has locks for.
const MANY: usize = 60_000;

pub(crate) async fn a_person_of_many_identifiers_does_not_keep_the_others(
    tank: &Database,
    url: &str,
) {
    let settlement = prepare(tank).await;
    hold(tank, &["1", "2", "3"]).await;
    let batch = claim(tank, "importer", NOW).await;
    let mut many = person("2002", "Roe");
    many.identifiers = (0..MANY)
        .map(|n| medical_record(&format!("m{n}")))
        .collect();
    let outcomes = [
        import(1, registration(&jane(), 10)),
        import(2, registration(&many, 10)),
        import(3, registration(&person("3003", "Poe"), 10)),
    ];
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let expected = Settled {
        imported: 3,
        records_added: 3,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
    let count = "SELECT CAST(COUNT(*) AS TEXT) FROM client_identifier";
    assert_eq!(probe::lines(url, count).await, ["60002"]);
}

/// Every value that a failing statement carries holds this word.
const MARKER: &str = "XENOPHON";

pub(crate) async fn no_error_repeats_a_value(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    let mut marked = person(MARKER, MARKER);
    marked.first_name = MARKER.into();
    take_in(tank, settlement, MARKER, registration(&marked, 10)).await;
    let mut message = result(&marked, MARKER, 1.0, 10);
    message.changes[0] = lab(MARKER, MARKER, 1.0, 10);
    let (id, settled) = take_in(tank, settlement, "poison", message).await;
    assert_eq!(settled.failed, 1);
    let (_, reason) = state(tank, id).await;
    assert!(!reason.contains(MARKER), "{reason}");

    for statement in [
        "ALTER TABLE message RENAME TO message_gone",
        "ALTER TABLE provider RENAME TO provider_gone",
        "ALTER TABLE decision RENAME TO decision_gone",
    ] {
        probe::run(url, statement).await;
    }
    for error in [
        tank.hold(&[marked_arrival()]).await.map(drop).unwrap_err(),
        tank.claim(MARKER, 1, NOW).await.map(drop).unwrap_err(),
        tank.prepare(&marked_setup()).await.map(drop).unwrap_err(),
        tank.release(&Decision::Retry(vec![1]), MARKER, NOW)
            .await
            .map(drop)
            .unwrap_err(),
        settle_marked(tank, settlement, &marked).await,
    ] {
        let text = format!("{error} {error:?}");
        assert!(!text.contains(MARKER), "{text}");
        assert_eq!(error.class(), FailureClass::Permanent, "{text}");
    }
    let error = Database::open(&format!("mysql://{MARKER}@host/db"))
        .await
        .unwrap_err();
    assert!(!format!("{error} {error:?}").contains(MARKER));
}

/// The database's own words may quote what a migration reads.
pub(crate) async fn a_failed_migration_has_a_number_and_a_code(tank: &Database, url: &str) {
    tank.close().await;
    let forget = "DELETE FROM _sqlx_migrations WHERE description = 'newest of key'";
    probe::run(url, forget).await;
    let error = Database::open(url).await.unwrap_err();
    // Its table is there already.
    let code = if url.starts_with("sqlite:") {
        "1"
    } else {
        "42P07"
    };
    let expected = format!("migrate the database: migration 9: database error {code}");
    let (text, class) = (error.to_string(), error.class());
    assert_eq!((text, class), (expected, FailureClass::Permanent));
}

fn marked_arrival() -> cistern_tank::Arrival {
    let mut arrival = arrival(MARKER, MARKER.as_bytes());
    arrival.lane = MARKER.into();
    arrival.keys.sending_facility = MARKER.into();
    arrival
}

fn marked_setup() -> cistern_tank::Setup {
    cistern_tank::Setup {
        mapping_digest: MARKER.into(),
        default_provider: Some(MARKER.into()),
        ..setup()
    }
}

async fn settle_marked(
    tank: &Database,
    settlement: Settlement,
    marked: &care::Person,
) -> cistern_tank::TankError {
    let batch = cistern_tank::Batch {
        worker: MARKER.into(),
        decisions: 0,
        messages: Vec::new(),
    };
    let outcomes = [import(1, registration(marked, 10))];
    tank.settle(&batch, &outcomes, settlement)
        .await
        .unwrap_err()
}
