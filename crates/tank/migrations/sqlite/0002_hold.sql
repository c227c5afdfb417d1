-- A statement that inserts many rows keeps a copy of every page that it changes while one of them
-- may break a foreign key. What a message names here was read in the same transaction.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'altered_from BIGINT REFERENCES message (id)', 'altered_from BIGINT')
WHERE type = 'table' AND name = 'message';
PRAGMA writable_schema = RESET;
