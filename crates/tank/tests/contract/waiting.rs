//! Held messages: what frees them, and that nothing waits for what is already there.

use care::{CodeDecision, Coded, Finding, FindingKind, Import, Severity};
use cistern_tank::{
    Database, Decision, FailureClass, HoldingTank as _, Released, Settled, Settlement,
};

use crate::support::*;

fn unmapped(code: &str, sender: &str) -> Import {
    let coded = Coded {
        table: "test".into(),
        code: code.into(),
        system: "L".into(),
        sender: sender.into(),
        text: String::new(),
    };
    let finding = Finding::new(Severity::Hold, FindingKind::UnmappedCode, "map this code");
    found(vec![finding.about(coded)])
}

fn decision(code: &str, sender: &str, value: Option<&str>) -> Decision {
    Decision::Code(CodeDecision {
        table: "test".into(),
        code: code.into(),
        system: "L".into(),
        sender: sender.into(),
        value: value.map(str::to_owned),
    })
}

pub(crate) async fn a_decision_frees_what_waits_for_that_code(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    for (place, (code, sender)) in [
        ("CD4", "EAST"),
        ("CD4", "WEST"),
        ("VL", "EAST"),
        ("CD4", "EAST"),
    ]
    .into_iter()
    .enumerate()
    {
        take_in(tank, settlement, &place.to_string(), unmapped(code, sender)).await;
    }
    let east = decision("CD4", "EAST", Some("CD4 count"));
    let released = tank.release(&east, "nurse", NOW).await.unwrap();
    assert_eq!(
        released,
        Released {
            decision: 1,
            messages: 2
        }
    );
    assert_eq!(ids(&claim(tank, "importer", NOW).await), [1, 4]);
    let all = decision("CD4", "", None);
    let released = tank.release(&all, "nurse", NOW).await.unwrap();
    assert_eq!(
        released,
        Released {
            decision: 2,
            messages: 1
        }
    );
    assert_eq!(ids(&claim(tank, "other", NOW).await), [2]);

    let expected = [
        CodeDecision {
            table: "test".into(),
            code: "CD4".into(),
            system: "L".into(),
            sender: "EAST".into(),
            value: Some("CD4 count".into()),
        },
        CodeDecision {
            table: "test".into(),
            code: "CD4".into(),
            system: "L".into(),
            sender: String::new(),
            value: None,
        },
    ];
    assert_eq!(tank.decisions().await.unwrap(), expected);
}

pub(crate) async fn the_newest_decision_on_a_code_is_in_force(tank: &Database, _: &str) {
    prepare(tank).await;
    let value = |name| decision("CD4", "", Some(name));
    tank.release(&value("CD4 count"), "nurse", NOW)
        .await
        .unwrap();
    tank.release(&value("HIV-1 viral load"), "nurse", NOW)
        .await
        .unwrap();
    let values: Vec<_> = tank
        .decisions()
        .await
        .unwrap()
        .into_iter()
        .map(|d| d.value)
        .collect();
    assert_eq!(values, [Some("HIV-1 viral load".to_owned())]);
}

pub(crate) async fn a_code_cannot_mean_a_test_that_is_not_there(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "1", unmapped("CD4", "EAST")).await;
    let before = everything(url).await;
    let error = tank
        .release(&decision("CD4", "", Some("CD5 count")), "nurse", NOW)
        .await;
    let error = error.unwrap_err();
    assert_eq!(error.class(), FailureClass::Permanent);
    let text = "record a decision: the value is not one that table test can give";
    assert_eq!(error.to_string(), text);
    assert_eq!(everything(url).await, before);
    assert_eq!(tank.decisions().await.unwrap(), []);
}

pub(crate) async fn a_decision_after_the_claim_puts_held_messages_back(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    hold(tank, &["1", "2"]).await;
    let batch = claim(tank, "importer", NOW).await;
    let decided = decision("CD4", "", Some("CD4 count"));
    let released = tank.release(&decided, "nurse", NOW).await.unwrap();
    assert_eq!(
        released,
        Released {
            decision: 1,
            messages: 0
        }
    );
    let outcomes = [
        import(1, unmapped("CD4", "EAST")),
        import(2, registration(&jane(), 10)),
    ];
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let expected = Settled {
        imported: 1,
        put_back: 1,
        records_added: 1,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
    assert_eq!(tank.get(1).await.unwrap().unwrap().findings, []);
    let again = claim(tank, "importer", NOW).await;
    assert_eq!((ids(&again), again.decisions), (vec![1], 1));
}

pub(crate) async fn a_decision_that_was_known_puts_nothing_back(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    tank.release(&decision("VL", "", None), "nurse", NOW)
        .await
        .unwrap();
    let (_, settled) = take_in(tank, settlement, "1", unmapped("CD4", "EAST")).await;
    assert_eq!(
        settled,
        Settled {
            held: 1,
            ..Settled::default()
        }
    );
}

pub(crate) async fn a_result_waits_for_its_client(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let early = result(&jane(), "A1", 412.0, 10);
    let (id, settled) = take_in(tank, settlement, "1", early.clone()).await;
    assert_eq!(
        settled,
        Settled {
            held: 1,
            ..Settled::default()
        }
    );
    assert_eq!(
        state(tank, id).await,
        ("held".into(), "unknown_client".into())
    );
    let (_, settled) = take_in(tank, settlement, "2", registration(&jane(), 20)).await;
    let expected = Settled {
        imported: 1,
        released: 1,
        records_added: 1,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
    settle_the_rest(tank, settlement, id, early).await;
}

pub(crate) async fn a_result_waits_for_its_client_within_a_batch(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    hold(tank, &["1", "2"]).await;
    let batch = claim(tank, "importer", NOW).await;
    let early = result(&jane(), "A1", 412.0, 10);
    let outcomes = [
        import(1, early.clone()),
        import(2, registration(&jane(), 20)),
    ];
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    let expected = Settled {
        imported: 1,
        held: 1,
        released: 1,
        records_added: 1,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
    settle_the_rest(tank, settlement, 1, early).await;
}

pub(crate) async fn a_result_waits_for_a_name_or_a_further_identifier(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let mut nameless = jane();
    nameless.identifiers = vec![medical_record("2002")];
    nameless.last_name.clear();
    let mut numberless = jane();
    numberless.identifiers.clear();
    let by_number = result(&nameless, "A1", 1.0, 10);
    let by_name = result(&numberless, "A2", 2.0, 10);
    take_in(tank, settlement, "1", by_number.clone()).await;
    take_in(tank, settlement, "2", by_name.clone()).await;
    let (_, settled) = take_in(tank, settlement, "3", registration(&jane(), 20)).await;
    assert_eq!(settled.released, 1);
    settle_the_rest(tank, settlement, 2, by_name).await;

    let mut two_numbers = jane();
    two_numbers.identifiers.push(medical_record("2002"));
    let (_, settled) = take_in(tank, settlement, "4", registration(&two_numbers, 20)).await;
    assert_eq!(settled.released, 1);
    settle_the_rest(tank, settlement, 1, by_number).await;
}

pub(crate) async fn a_result_that_contradicts_its_client_waits_for_a_correction(
    tank: &Database,
    _: &str,
) {
    let settlement = prepare(tank).await;
    take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    let mut other = person("1001", "Roe");
    other.birth_date = "1994-07-15".into();
    let contradicting = result(&other, "A1/CD4", 412.5, 10);
    let (id, settled) = take_in(tank, settlement, "2", contradicting.clone()).await;
    assert_eq!(settled.held, 1);
    assert_eq!(state(tank, id).await.1, "identity_conflict");

    let married = registration(&person("1001", "Roe"), 20);
    let (_, settled) = take_in(tank, settlement, "3", married).await;
    let expected = Settled {
        imported: 1,
        released: 1,
        records_changed: 1,
        ..Settled::default()
    };
    assert_eq!(settled, expected);
    let batch = claim(tank, "importer", NOW).await;
    let outcomes = [import(id, contradicting)];
    let settled = tank.settle(&batch, &outcomes, settlement).await.unwrap();
    assert_eq!(settled.imported, 1);
}

pub(crate) async fn an_update_that_adds_nobody_waits_for_the_registration(
    tank: &Database,
    _: &str,
) {
    let settlement = prepare(tank).await;
    let mut update = registration(&jane(), 10);
    update.changes[0]
        .assignments
        .retain(|assignment| assignment.field.name != "birth_date");
    let (id, _) = take_in(tank, settlement, "1", update.clone()).await;
    assert_eq!(
        state(tank, id).await,
        ("held".into(), "missing_required".into())
    );
    let (_, settled) = take_in(tank, settlement, "2", registration(&jane(), 20)).await;
    assert_eq!(settled.released, 1);
    let batch = claim(tank, "importer", NOW).await;
    let settled = tank
        .settle(&batch, &[import(id, update)], settlement)
        .await
        .unwrap();
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            ..Settled::default()
        }
    );
}

pub(crate) async fn retry_takes_held_and_failed_messages_back(tank: &Database, _: &str) {
    let settlement = prepare(tank).await;
    let (held, _) = take_in(tank, settlement, "1", unmapped("CD4", "EAST")).await;
    let (done, _) = take_in(tank, settlement, "2", registration(&jane(), 10)).await;
    let retry = Decision::Retry(vec![held, done, 999]);
    let released = tank.release(&retry, "nurse", NOW).await.unwrap();
    assert_eq!(
        released,
        Released {
            decision: 1,
            messages: 1
        }
    );
    assert_eq!(ids(&claim(tank, "importer", NOW).await), [held]);
}

async fn settle_the_rest(tank: &Database, settlement: Settlement, id: i64, what: Import) {
    let batch = claim(tank, "importer", NOW).await;
    assert_eq!(ids(&batch), [id], "it goes on by itself");
    let settled = tank
        .settle(&batch, &[import(id, what)], settlement)
        .await
        .unwrap();
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            records_added: 1,
            ..Settled::default()
        }
    );
    assert_eq!(tank.get(id).await.unwrap().unwrap().findings, []);
}
