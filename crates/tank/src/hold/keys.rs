//! The keys of what a SQLite tank holds: which message came before.
//!
//! The index over all of them is sorted by sender, and a commit with messages of a hundred senders
//! would change a hundred of its pages. So the newest keys stand in the order of their arrival, in
//! the table of the messages, and a writer has them in memory; they go into the index many at a
//! time.

use std::collections::HashMap;

use super::Incoming;
use crate::arrival::{Receipt, hex};
use crate::session::{Arg, Row};
use crate::writer::Writing;

/// With so many messages the keys go into the index. They are what a new writer reads first.
const RECENT_MAX: i64 = 2_048;

/// The keys of the newest messages, as one writer knows them. They are lost with a transaction that
/// fails, and read again.
#[derive(Debug, Default)]
pub(crate) struct RecentKeys {
    /// The newest message whose key is in the index.
    indexed: i64,
    /// The newest message whose key is known.
    known: i64,
    /// For each key the messages, oldest first.
    messages: HashMap<String, Vec<Identity>>,
}

#[derive(Debug)]
struct Identity {
    id: i64,
    digest: [u8; 32],
}

/// What is in the table under the key of an arrival.
pub(super) enum Found {
    /// The same bytes: it is a repeat.
    Same(Receipt),
    /// Other bytes, the newest of them, or nothing.
    Earlier(Option<i64>),
}

impl RecentKeys {
    /// Puts a message that the transaction has kept behind the others.
    pub(super) fn add(&mut self, id: i64, one: &Incoming<'_>) {
        self.push(id, one.key.clone(), *one.digest());
    }

    /// Whether it is time to put the keys into the index.
    pub(super) fn are_many(&self) -> bool {
        self.known - self.indexed >= RECENT_MAX
    }

    fn push(&mut self, id: i64, key: String, digest: [u8; 32]) {
        self.known = id;
        if !key.is_empty() {
            let identity = Identity { id, digest };
            self.messages.entry(key).or_default().push(identity);
        }
    }

    /// The message with the key and the bytes of an arrival.
    pub(super) fn find(&self, one: &Incoming<'_>) -> Option<i64> {
        let messages = self.messages.get(&one.key)?;
        let same = messages.iter().find(|it| it.digest == *one.digest())?;
        Some(same.id)
    }

    /// The newest message of a key.
    pub(super) fn newest(&self, key: &str) -> Option<i64> {
        Some(self.messages.get(key)?.last()?.id)
    }

    /// Forgets what another writer has put into the index.
    fn forget_to(&mut self, indexed: i64) {
        if self.indexed != indexed {
            self.indexed = indexed;
            self.messages.clear();
            self.known = indexed;
        }
    }
}

/// The newest id of all, and what is found for each arrival, in order, as if it came alone.
pub(super) async fn find(
    writing: &mut Writing,
    incoming: &[Incoming<'_>],
    mut begin: &str,
) -> Result<(i64, Vec<Found>), sqlx::Error> {
    let (newest, mut found) = loop {
        let (marks, found) = find_in_index(writing, incoming, begin).await?;
        writing.keys.forget_to(marks.indexed);
        if writing.keys.known == marks.newest {
            break (marks.newest, found);
        }
        begin = "";
        read_recent(writing, marks.newest).await?;
    };
    for (one, found) in incoming.iter().zip(&mut found) {
        if let Some(id) = writing.keys.find(one) {
            *found = same(writing, id).await?;
        } else if let Found::Earlier(earlier) = found {
            *earlier = writing.keys.newest(&one.key).or(*earlier);
        }
    }
    Ok((newest, found))
}

/// How far the table and its index go.
#[derive(Default)]
struct Marks {
    newest: i64,
    indexed: i64,
}

/// How far table and index go; then the place of each key that the index has, the message of the same
/// bytes, the newest of the key, and of the former its answer and what came before it. What is new is
/// looked up once.
const FIND: &str = "
    SELECT -1, COALESCE(MAX(seq), 0), through, NULL, NULL
    FROM message_key_mark LEFT JOIN sqlite_sequence ON name = 'message'
    UNION ALL
    SELECT place, same, newest, (SELECT answer FROM message WHERE id = same),
           (SELECT altered_from FROM message WHERE id = same)
    FROM (
        SELECT place,
               (SELECT id FROM message_key
                WHERE message_key = known.key AND digest = unhex(known.digest)) AS same,
               (SELECT COALESCE(MAX(id), any_id) FROM message_key_newest
                WHERE message_key = known.key) AS newest
        FROM (
            SELECT item.key AS place, substr(item.value, 65) AS key,
                   substr(item.value, 1, 64) AS digest,
                   (SELECT id FROM message_key
                    WHERE message_key = substr(item.value, 65) LIMIT 1) AS any_id
            FROM json_each($1) AS item
        ) AS known
        WHERE any_id IS NOT NULL
    )";

async fn find_in_index(
    writing: &mut Writing,
    incoming: &[Incoming<'_>],
    begin: &str,
) -> Result<(Marks, Vec<Found>), sqlx::Error> {
    let sql = format!("{begin} {FIND}");
    let digests_and_keys = incoming.iter().map(|one| hex(one.digest()) + &one.key);
    let args = vec![Arg::Json(digests_and_keys.collect())];
    let (mut marks, mut found) = (Marks::default(), Vec::new());
    found.resize_with(incoming.len(), || Found::Earlier(None));
    for row in writing.query(&sql, args).await? {
        let Ok(place) = usize::try_from(row.int(0)?) else {
            marks = Marks {
                newest: row.int(1)?,
                indexed: row.int(2)?,
            };
            continue;
        };
        if let Some(found) = found.get_mut(place) {
            *found = match row.maybe_int(1)? {
                Some(id) => Found::Same(Receipt::Repeat {
                    id,
                    answer: row.bytes(3)?,
                    earlier: row.maybe_int(4)?,
                }),
                None => Found::Earlier(row.maybe_int(2)?),
            };
        }
    }
    Ok((marks, found))
}

/// Reads what others have held.
async fn read_recent(writing: &mut Writing, newest: i64) -> Result<(), sqlx::Error> {
    let sql = "SELECT id, message_key, digest FROM message WHERE id > $1 ORDER BY id";
    let rows = writing.query(sql, vec![writing.keys.known.into()]).await?;
    for row in rows {
        let digest = digest(&row, 2)?;
        writing.keys.push(row.int(0)?, row.text(1)?, digest);
    }
    writing.keys.known = newest;
    Ok(())
}

async fn same(writing: &mut Writing, id: i64) -> Result<Found, sqlx::Error> {
    let sql = "SELECT answer, altered_from FROM message WHERE id = $1";
    let rows = writing.query(sql, vec![id.into()]).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(Found::Same(Receipt::Repeat {
        id,
        answer: row.bytes(0)?,
        earlier: row.maybe_int(1)?,
    }))
}

/// Puts the keys of all messages into the index.
pub(super) async fn put_into_index(writing: &mut Writing) -> Result<(), sqlx::Error> {
    // An entry that is there says the same.
    let sql = "INSERT OR IGNORE INTO message_key (message_key, digest, id)
               SELECT message_key, digest, id FROM message
               WHERE id > (SELECT through FROM message_key_mark) AND message_key <> ''
               ORDER BY message_key, digest;
               INSERT OR REPLACE INTO message_key_newest (message_key, id)
               SELECT message_key, MAX(id) FROM message
               WHERE id > (SELECT through FROM message_key_mark) AND message_key <> ''
                 AND altered_from IS NOT NULL
               GROUP BY message_key;
               UPDATE message_key_mark SET through = $1";
    let newest = writing.keys.known;
    writing.execute(sql, vec![newest.into()]).await?;
    writing.keys.forget_to(newest);
    Ok(())
}

/// Key and digest of what is held of some messages: a JSON array with both of each.
pub(super) const STORED: &str = "
    SELECT stored.message_key, stored.digest FROM json_each($1) AS item
    CROSS JOIN message_key AS stored ON stored.message_key = item.value ->> 0
        AND stored.digest = unhex(item.value ->> 1)
    UNION ALL
    SELECT message_key, digest FROM message
    WHERE id > (SELECT through FROM message_key_mark) AND message_key <> ''
      AND (message_key, digest) IN (
          SELECT value ->> 0, unhex(value ->> 1) FROM json_each($1))";

/// The digest in a column of 32 bytes.
pub(super) fn digest(row: &Row, column: usize) -> Result<[u8; 32], sqlx::Error> {
    let bytes = row.bytes(column)?;
    <[u8; 32]>::try_from(&*bytes).map_err(|_| sqlx::Error::Decode("no digest of 32 bytes".into()))
}
