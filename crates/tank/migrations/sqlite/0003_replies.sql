-- What senders in enhanced mode are told once their messages are imported: the application
-- acknowledgment that MSH-16 asks for.

CREATE TABLE reply (
    message_id BIGINT PRIMARY KEY REFERENCES message (id),
    feed TEXT NOT NULL,
    -- When one is wanted (table 0155).
    wanted TEXT NOT NULL,
    -- When the message was settled for the first time.
    due_ms BIGINT,
    -- Written before it is sent for the first time; sent again as it is.
    code TEXT NOT NULL DEFAULT '',
    bytes BLOB,
    worker TEXT NOT NULL DEFAULT '',
    claimed_until_ms BIGINT NOT NULL DEFAULT 0,
    -- delivered, not_wanted, refused or given_up; empty while it is outstanding.
    outcome TEXT NOT NULL DEFAULT '',
    done_at TEXT
);
-- Only what is outstanding, so that an idle listener looks at nothing.
CREATE INDEX reply_outstanding ON reply (feed, due_ms, message_id) WHERE outcome = '';
