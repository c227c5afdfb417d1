-- Which message came before, by key and digest: of all messages up to the mark. The keys of the
-- newer ones are in the table of the messages alone, and go in here many at a time.
CREATE TABLE message_key (
    message_key TEXT NOT NULL,
    digest BLOB NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (message_key, digest)
) WITHOUT ROWID;
INSERT INTO message_key (message_key, digest, id)
SELECT message_key, digest, id FROM message WHERE message_key <> '' ORDER BY message_key, digest;

CREATE TABLE message_key_mark (through BIGINT NOT NULL);
INSERT INTO message_key_mark (through) SELECT COALESCE(MAX(id), 0) FROM message;

DROP INDEX message_once;
