-- The newest message of each key that more than one has: a sender may give every message the same
-- control id. Of the messages up to the mark of `message_key_mark`.
CREATE TABLE message_key_newest (
    message_key TEXT NOT NULL PRIMARY KEY,
    id BIGINT NOT NULL
) WITHOUT ROWID;
INSERT INTO message_key_newest (message_key, id)
SELECT message_key, MAX(id) FROM message_key GROUP BY message_key HAVING COUNT(*) > 1;
