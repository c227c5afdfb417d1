-- Whose message a due reply is about, as far as an index holds it: a look for what can leave over open
-- links goes by those who are heard on them.

ALTER TABLE reply ADD COLUMN sending_application TEXT NOT NULL DEFAULT '';
ALTER TABLE reply ADD COLUMN sending_facility TEXT NOT NULL DEFAULT '';
UPDATE reply SET
    sending_application = (SELECT substr(m.sending_application, 1, 200) FROM message m WHERE m.id = message_id),
    sending_facility = (SELECT substr(m.sending_facility, 1, 200) FROM message m WHERE m.id = message_id)
WHERE due_ms IS NOT NULL AND outcome IN ('', 'delivered', 'given_up');
CREATE INDEX reply_of_sender ON reply (feed, sending_application, sending_facility, due_ms, message_id)
WHERE outcome = '';
