//! The work list: what waits for a decision of a person.

use crate::database::Database;
use crate::error::TankError;
use crate::session::Row;

/// What waits for one decision.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkItem {
    /// The kind of the findings; `held_at_door` for messages that were answered as faulty.
    pub kind: String,
    /// The code table, where it is about a code.
    pub table: String,
    /// The code.
    pub code: String,
    /// The code's system.
    pub system: String,
    /// The sender; of `undecodable`, MSH-3 and MSH-4.
    pub sender: String,
    /// The feed, where what is to be decided is a setting of it: of `undecodable`.
    pub feed: String,
    /// The text that came with the code.
    pub text: String,
    /// What happened and what to do, as the first finding says it. Entries of `undecodable` may
    /// differ in it alone: what was read in another character set, or by another's word, is another
    /// entry.
    pub sentence: String,
    /// How many findings wait.
    pub findings: i64,
    /// In how many messages.
    pub messages: i64,
    /// The first of them.
    pub first_message: i64,
    /// When the first of them arrived, ISO 8601 in UTC.
    pub since: String,
}

const WORK_LIST: &str = "
    WITH waiting AS (
        SELECT f.id, f.kind, f.table_name, f.code, f.system, f.code_text, f.sentence,
               f.message_id, m.received_at,
               CASE f.kind WHEN 'undecodable' THEN m.feed ELSE '' END AS feed,
               CASE f.kind WHEN 'undecodable' THEN m.charset ELSE '' END AS charset,
               CASE f.kind WHEN 'undecodable' THEN m.charset_from ELSE ''
                    END AS charset_from,
               CASE f.kind WHEN 'undecodable'
                    THEN TRIM(m.sending_application || ' ' || m.sending_facility)
                    ELSE f.sender END AS sender
        FROM finding f JOIN message m ON m.id = f.message_id
        WHERE m.state = 'held' AND f.severity = 'hold'),
    told AS (
        SELECT kind, table_name, code, system, sender, feed, charset, charset_from,
               code_text, message_id, received_at,
               FIRST_VALUE(sentence) OVER (
                   PARTITION BY kind, table_name, code, system, sender, feed, charset,
                                charset_from
                   ORDER BY message_id, id) AS sentence
        FROM waiting)
    SELECT kind, table_name, code, system, sender, MIN(code_text), MIN(sentence),
           COUNT(*), COUNT(DISTINCT message_id), MIN(message_id), MIN(received_at), feed
    FROM told
    GROUP BY kind, table_name, code, system, sender, feed, charset, charset_from
    UNION ALL
    SELECT 'held_at_door', '', '', '', m.sending_facility, '', m.reason, COUNT(*),
           COUNT(*), MIN(m.id), MIN(m.received_at), ''
    FROM message m
    WHERE m.state = 'held' AND NOT EXISTS (
        SELECT 1 FROM finding f WHERE f.message_id = m.id AND f.severity = 'hold')
    GROUP BY m.sending_facility, m.reason
    ORDER BY 9 DESC, 10";

impl Database {
    pub(crate) async fn work_list(&self) -> Result<Vec<WorkItem>, TankError> {
        let read = |row: &Row| {
            Ok(WorkItem {
                kind: row.text(0)?,
                table: row.text(1)?,
                code: row.text(2)?,
                system: row.text(3)?,
                sender: row.text(4)?,
                text: row.text(5)?,
                sentence: row.text(6)?,
                findings: row.int(7)?,
                messages: row.int(8)?,
                first_message: row.int(9)?,
                since: row.text(10)?,
                feed: row.text(11)?,
            })
        };
        self.look("read the work list", WORK_LIST, Vec::new(), read)
            .await
    }
}
