-- A commit puts its messages behind the others of every index that it changes, and so changes one
-- page of it, not one for each type of message. What waits is counted by the index of what waits.
DROP INDEX message_type;
CREATE INDEX message_type ON message (message_code, trigger_event, state)
WHERE state NOT IN ('received', 'failed');

DROP INDEX message_waiting;
CREATE INDEX message_waiting ON message (id, message_code, trigger_event, state)
WHERE state IN ('received', 'failed');

-- The work list is short beside what was imported.
CREATE INDEX message_held ON message (id) WHERE state = 'held';
