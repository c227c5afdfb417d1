-- The holding tank. Times are ISO 8601 in UTC; columns that end in _ms are milliseconds since 1970.

CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed TEXT NOT NULL,
    peer TEXT NOT NULL,
    received_at TEXT NOT NULL,
    received_ms BIGINT NOT NULL,
    sending_application TEXT NOT NULL,
    sending_facility TEXT NOT NULL,
    receiving_application TEXT NOT NULL,
    receiving_facility TEXT NOT NULL,
    control_id TEXT NOT NULL,
    message_code TEXT NOT NULL,
    trigger_event TEXT NOT NULL,
    version TEXT NOT NULL,
    message_key TEXT NOT NULL,
    lane TEXT NOT NULL,
    digest BLOB NOT NULL,
    body BLOB,
    body_bytes BIGINT NOT NULL,
    altered_from BIGINT REFERENCES message (id),
    answer_code TEXT NOT NULL,
    answer BLOB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    retry_at_ms BIGINT NOT NULL DEFAULT 0,
    worker TEXT NOT NULL DEFAULT '',
    claimed_until_ms BIGINT NOT NULL DEFAULT 0,
    mapping_version BIGINT,
    settled_at TEXT
);
CREATE UNIQUE INDEX message_once ON message (message_key, digest) WHERE message_key <> '';
CREATE INDEX message_waiting ON message (id) WHERE state IN ('received', 'failed');
-- Only what is in a worker's hands, so that it stays small behind a long queue.
CREATE INDEX message_lane ON message (lane, id) WHERE worker <> '';
CREATE INDEX message_type ON message (message_code, trigger_event, state);

CREATE TABLE finding (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id BIGINT NOT NULL REFERENCES message (id),
    severity TEXT NOT NULL,
    kind TEXT NOT NULL,
    path TEXT NOT NULL,
    table_name TEXT NOT NULL,
    code TEXT NOT NULL,
    system TEXT NOT NULL,
    sender TEXT NOT NULL,
    code_text TEXT NOT NULL,
    sentence TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX finding_message ON finding (message_id);

-- What a held message waits for: a code, an identifier, a name or an account.
CREATE TABLE awaits (
    key TEXT NOT NULL,
    message_id BIGINT NOT NULL REFERENCES message (id),
    PRIMARY KEY (key, message_id)
);
CREATE INDEX awaits_message ON awaits (message_id);

CREATE TABLE mapping_version (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE,
    sources TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE decision (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    released BIGINT NOT NULL
);

-- Reference data.

CREATE TABLE provider (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    active BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE TABLE provider_account (
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    provider_id BIGINT NOT NULL REFERENCES provider (id),
    created_at TEXT NOT NULL,
    PRIMARY KEY (sender, receiver)
);

CREATE TABLE test_definition (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    result_kind TEXT NOT NULL,
    units TEXT NOT NULL,
    choices TEXT NOT NULL,
    loinc TEXT NOT NULL,
    active BOOLEAN NOT NULL DEFAULT TRUE
);

CREATE TABLE code_map (
    table_name TEXT NOT NULL,
    code TEXT NOT NULL,
    system TEXT NOT NULL,
    sender TEXT NOT NULL,
    value TEXT,
    decision_id BIGINT NOT NULL REFERENCES decision (id),
    PRIMARY KEY (table_name, code, system, sender)
);

-- Care records.

CREATE TABLE client (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL REFERENCES provider (id),
    status TEXT NOT NULL,
    as_of TEXT NOT NULL,
    message_id BIGINT NOT NULL REFERENCES message (id),
    mapping_version BIGINT NOT NULL REFERENCES mapping_version (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    name_key TEXT NOT NULL,
    last_name TEXT NOT NULL,
    first_name TEXT NOT NULL,
    middle_name TEXT,
    name_suffix TEXT,
    birth_date TEXT NOT NULL,
    birth_date_estimated BOOLEAN,
    sex_at_birth TEXT,
    gender TEXT,
    race TEXT,
    ethnicity TEXT,
    language TEXT,
    marital_status TEXT,
    street TEXT,
    street2 TEXT,
    city TEXT,
    state TEXT,
    zip TEXT,
    county TEXT,
    country TEXT,
    phone_home TEXT,
    phone_mobile TEXT,
    phone_work TEXT,
    email TEXT,
    client_number TEXT,
    account_number TEXT,
    ssn TEXT,
    vital_status TEXT,
    death_date TEXT,
    hiv_status TEXT,
    hiv_diagnosis_date TEXT,
    aids_diagnosis_date TEXT
);
CREATE INDEX client_name ON client (name_key);

CREATE TABLE client_identifier (
    authority TEXT NOT NULL,
    identifier TEXT NOT NULL,
    type_code TEXT NOT NULL,
    client_id BIGINT NOT NULL REFERENCES client (id),
    message_id BIGINT NOT NULL REFERENCES message (id),
    created_at TEXT NOT NULL,
    PRIMARY KEY (authority, identifier, type_code)
);
CREATE INDEX client_identifier_client ON client_identifier (client_id);

CREATE TABLE lab (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id BIGINT NOT NULL REFERENCES provider (id),
    client_id BIGINT NOT NULL REFERENCES client (id),
    feed TEXT NOT NULL,
    source_key TEXT NOT NULL,
    status TEXT NOT NULL,
    as_of TEXT NOT NULL,
    message_id BIGINT NOT NULL REFERENCES message (id),
    mapping_version BIGINT NOT NULL REFERENCES mapping_version (id),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    test TEXT NOT NULL REFERENCES test_definition (name),
    date TEXT NOT NULL,
    result_text TEXT,
    result_number DOUBLE PRECISION,
    comparator TEXT,
    result_choice TEXT,
    units TEXT,
    reference_range TEXT,
    abnormal_flag TEXT,
    comment TEXT,
    ordered_test TEXT,
    order_number TEXT,
    accession TEXT,
    specimen TEXT,
    collected TEXT,
    reported TEXT,
    laboratory TEXT,
    ordering_provider TEXT,
    result_status TEXT,
    UNIQUE (feed, source_key)
);
CREATE INDEX lab_client ON lab (client_id, test, date);

-- For each record, the message and path that each field came from, as JSON by field name.
CREATE TABLE record_source (
    record_type TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    sources TEXT NOT NULL,
    PRIMARY KEY (record_type, record_id)
);

CREATE TABLE record_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    record_type TEXT NOT NULL,
    record_id BIGINT NOT NULL,
    message_id BIGINT REFERENCES message (id),
    mapping_version BIGINT REFERENCES mapping_version (id),
    operator TEXT,
    changed_at TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
);
CREATE INDEX record_history_record ON record_history (record_type, record_id);
