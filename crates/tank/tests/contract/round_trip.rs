//! The whole way of a message, once: held, claimed, settled, freed by a decision, settled again.

use care::{CodeDecision, Coded, Finding, FindingKind, Severity};
use cistern_tank::{Database, Decision, HoldingTank as _, Released, Retention, Settled};

use crate::probe;
use crate::support::*;

pub(crate) async fn a_message_and_its_result(tank: &Database, url: &str) {
    let settlement = prepare(tank).await;
    let (_, settled) = take_in(tank, settlement, "1", registration(&jane(), 10)).await;
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            records_added: 1,
            ..Settled::default()
        }
    );

    let code = Coded {
        table: "test".into(),
        code: "CD4".into(),
        system: "L".into(),
        sender: "CLINIC".into(),
        text: "CD4 cells".into(),
    };
    let unmapped = Finding::new(Severity::Hold, FindingKind::UnmappedCode, "map it")
        .at("OBX-3")
        .about(code);
    let (id, settled) = take_in(tank, settlement, "2", found(vec![unmapped])).await;
    assert_eq!(
        settled,
        Settled {
            held: 1,
            ..Settled::default()
        }
    );
    assert_eq!(tank.findings().await.unwrap().len(), 1);

    let decision = Decision::Code(CodeDecision {
        table: "test".into(),
        code: "CD4".into(),
        system: "L".into(),
        sender: String::new(),
        value: Some("CD4 count".into()),
    });
    let released = tank.release(&decision, "nurse", NOW).await.unwrap();
    assert_eq!(
        released,
        Released {
            decision: 1,
            messages: 1
        }
    );
    assert_eq!(tank.decisions().await.unwrap().len(), 1);

    let batch = claim(tank, "importer", NOW).await;
    assert_eq!((ids(&batch), batch.decisions), (vec![id], 1));
    let outcome = import(id, result(&jane(), "A1", 412.0, 20));
    let settled = tank.settle(&batch, &[outcome], settlement).await.unwrap();
    assert_eq!(
        settled,
        Settled {
            imported: 1,
            records_added: 1,
            ..Settled::default()
        }
    );
    assert_eq!(
        probe::lines(url, "SELECT test, CAST(result_number AS TEXT) FROM lab")
            .await
            .len(),
        1
    );
    let lab = care::record_type("lab").unwrap();
    assert_eq!(tank.records(lab, 10).await.unwrap().len(), 1);
    assert_eq!(tank.record_counts().await.unwrap().len(), 2);
    assert_eq!(tank.counts().await.unwrap().len(), 1);
    let retention = Retention {
        received_before: NOW + 1,
        messages_max: 10,
    };
    assert_eq!(tank.purge(&retention).await.unwrap(), 2);
}
