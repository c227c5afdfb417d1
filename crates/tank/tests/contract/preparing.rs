//! `prepare`: versions, reference data, providers, and whom a new account frees.

use care::{Account, Import};
use cistern_tank::{
    Database, Decision, HoldingTank as _, ProviderSetup, Settled, Settlement, Setup, WorkItem,
};

use crate::probe::lines;
use crate::support::*;

pub(crate) async fn an_unknown_account_is_held_without_a_default_provider(
    tank: &Database,
    _: &str,
) {
    let mut setup = setup();
    setup.default_provider = None;
    let prepared = tank.prepare(&setup).await.unwrap();
    let settlement = Settlement { prepared, now: NOW };
    let (id, _) = take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    assert_eq!(
        state(tank, id).await,
        ("held".into(), "unknown_account".into())
    );

    setup.providers = vec![ProviderSetup {
        name: "West Clinic".into(),
        accounts: vec![account()],
    }];
    let prepared = tank.prepare(&setup).await.unwrap();
    let settlement = Settlement { prepared, now: NOW };
    let batch = claim(tank, "importer", NOW).await;
    assert_eq!(ids(&batch), [id], "the new account frees it");
    let outcome = import(id, registration(&jane(), 10));
    let settled = tank.settle(&batch, &[outcome], settlement).await.unwrap();
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            records_added: 1,
            ..Settled::default()
        }
    );
}

pub(crate) async fn a_default_provider_frees_what_waits_for_an_account(tank: &Database, _: &str) {
    let mut setup = setup();
    setup.default_provider = None;
    let prepared = tank.prepare(&setup).await.unwrap();
    let settlement = Settlement { prepared, now: NOW };
    let (id, _) = take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    setup.default_provider = Some("Clinic".into());
    tank.prepare(&setup).await.unwrap();
    assert_eq!(ids(&claim(tank, "importer", NOW).await), [id]);
}

pub(crate) async fn new_rules_free_what_the_old_ones_held(tank: &Database, _: &str) {
    let prepared = tank.prepare(&setup()).await.unwrap();
    let settlement = Settlement { prepared, now: NOW };
    let (id, _) = take_in(tank, settlement, "1", result(&jane(), "A1/CD4", 1.0, NOW)).await;
    assert_eq!(
        state(tank, id).await,
        ("held".into(), "unknown_client".into())
    );
    tank.prepare(&setup()).await.unwrap();
    assert_eq!(ids(&claim(tank, "importer", NOW).await), Vec::<i64>::new());
    let setup = Setup {
        mapping_digest: "rules of June".into(),
        ..setup()
    };
    tank.prepare(&setup).await.unwrap();
    assert_eq!(ids(&claim(tank, "importer", NOW).await), [id]);
}

pub(crate) async fn preparing_again_changes_nothing(tank: &Database, url: &str) {
    let first = tank.prepare(&setup()).await.unwrap();
    let tables = [
        "SELECT CAST(id AS TEXT), digest, sources, created_at FROM mapping_version",
        "SELECT CAST(id AS TEXT), name FROM provider",
        "SELECT name, kind, result_kind, units, choices, loinc FROM test_definition ORDER BY 1",
    ];
    let mut before = Vec::new();
    for sql in tables {
        before.extend(lines(url, sql).await);
    }
    assert_eq!(tank.prepare(&setup()).await.unwrap(), first);
    let mut after = Vec::new();
    for sql in tables {
        after.extend(lines(url, sql).await);
    }
    assert_eq!(after, before);
    let expected = [
        "1|rules of May|[[rule]]|2024-05-03T14:30:00.000Z",
        "1|Clinic",
        "CD4 count|lab|number|||",
        "HIV-1 viral load|lab|number|||",
    ];
    assert_eq!(before, expected);

    let other = Setup {
        mapping_digest: "rules of June".into(),
        ..setup()
    };
    let second = tank.prepare(&other).await.unwrap();
    assert_eq!(second.default_provider, first.default_provider);
    assert!(second.mapping_version > first.mapping_version);
}

/// Learned from their first messages, accounts wait until somebody says whose they are.
pub(crate) async fn a_decision_gives_an_account_a_provider(tank: &Database, _: &str) {
    let mut setup = setup();
    setup.default_provider = None;
    setup.providers = vec![ProviderSetup {
        name: "West Clinic".into(),
        accounts: Vec::new(),
    }];
    let prepared = tank.prepare(&setup).await.unwrap();
    let settlement = Settlement { prepared, now: NOW };
    let quest = Account {
        sender: "QUEST".into(),
        ..account()
    };
    let of_quest = Import {
        account: quest.clone(),
        ..registration(&jane(), 10)
    };
    let (first, _) = take_in(tank, settlement, "1", of_quest.clone()).await;
    take_in(tank, settlement, "2", of_quest).await;
    let (other, _) = take_in(tank, settlement, "3", registration(&jane(), 10)).await;
    let waits = |item: &WorkItem| {
        let WorkItem {
            kind,
            sender,
            code,
            messages,
            ..
        } = item.clone();
        (kind, sender, code, messages)
    };
    let list = tank.findings().await.unwrap();
    let expected = [("QUEST", 2), ("CLINIC", 1)];
    let expected = expected.map(|(sender, messages)| {
        (
            "unknown_account".to_owned(),
            sender.to_owned(),
            "CISTERN".to_owned(),
            messages,
        )
    });
    assert_eq!(list.iter().map(waits).collect::<Vec<_>>(), expected);

    let decision = Decision::Account {
        account: quest,
        provider: "West Clinic".into(),
    };
    let released = tank.release(&decision, "ada", NOW).await.unwrap();
    assert_eq!((released.decision, released.messages), (1, 2));
    let batch = claim(tank, "importer", NOW).await;
    assert_eq!(
        ids(&batch),
        [first, first + 1],
        "the other account still waits: {other}"
    );
}
