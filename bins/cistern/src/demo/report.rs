//! What a newcomer wants to see of an import.

use care::{RecordType, Value};
use tank::{Database, HoldingTank as _, RecordView, SourceView};

use crate::Failure;
use crate::list::{record_row, work_text};
use crate::say::say;
use crate::table::table;

/// How many records of each type are shown with their sources.
const SAMPLES: u32 = 1;

/// Messages, records, samples with their sources, and the work list.
pub(super) async fn show(tank: &Database) -> Result<(), Failure> {
    show_counts(tank).await?;
    say("One record of each type, and where each value comes from:\n")?;
    for record_type in care::catalogue() {
        for record in tank.records(record_type, SAMPLES).await? {
            say(sample(record_type, &record))?;
        }
    }
    say("Waiting for a decision:\n")?;
    for item in tank.findings().await? {
        say(work_text(&item))?;
    }
    Ok(())
}

/// Messages by type and state, and records by type and state.
pub(super) async fn show_counts(tank: &Database) -> Result<(), Failure> {
    let row = |count: &tank::Count| {
        let kind = format!("{}^{}", count.message_code, count.trigger_event);
        vec![kind, count.state.clone(), count.messages.to_string()]
    };
    let messages: Vec<_> = tank.counts().await?.iter().map(row).collect();
    say(format_args!(
        "Messages by type and state:\n\n{}",
        table(&messages)
    ))?;
    let records: Vec<_> = tank.record_counts().await?.iter().map(record_row).collect();
    say(format_args!(
        "Records by type and state:\n\n{}",
        table(&records)
    ))?;
    Ok(())
}

fn sample(record_type: &RecordType, record: &RecordView) -> String {
    let rows: Vec<_> = record.values.iter().map(value_row).collect();
    format!(
        "  {} {} ({})\n{}",
        record_type.name,
        record.id,
        record.status,
        table(&rows)
    )
}

fn value_row(view: &SourceView) -> Vec<String> {
    let value = match &view.value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
    };
    let source = view.source.as_ref();
    let source =
        source.map(|source| format!("message {} {}", source.stamp.message_id, source.path));
    vec![
        format!("  {}", view.field),
        value,
        source.unwrap_or_default(),
    ]
}
