-- The number that is expected next of each sender (feed, MSH-3, MSH-4) under the sequence number
-- protocol; none after a restart of the sequence.
CREATE TABLE sequence_number (
    sender TEXT PRIMARY KEY,
    expected BIGINT
);
