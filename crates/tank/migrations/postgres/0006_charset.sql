-- In which character set a message is read, and who says so: msh18, feed, guess, or unknown where
-- MSH-18 names a set that cannot be read. Empty where it was not recorded.
ALTER TABLE message ADD COLUMN charset TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN charset_from TEXT NOT NULL DEFAULT '';

DROP FUNCTION hold_messages;
CREATE FUNCTION hold_messages(
    feeds TEXT[], peers TEXT[], received_times TEXT[], received_millis BIGINT[],
    sending_applications TEXT[], sending_facilities TEXT[],
    receiving_applications TEXT[], receiving_facilities TEXT[],
    control_ids TEXT[], message_codes TEXT[], trigger_events TEXT[], versions TEXT[],
    keys TEXT[], lanes TEXT[], states TEXT[], reasons TEXT[],
    digests BYTEA[], bodies BYTEA[],
    answer_codes TEXT[], answers BYTEA[],
    altered_states TEXT[], altered_reasons TEXT[], altered_codes TEXT[], altered_answers BYTEA[],
    charsets TEXT[], charset_sources TEXT[]
)
RETURNS TABLE (kept_id BIGINT, earlier_id BIGINT, given_answer BYTEA)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(9, part) FROM (
        SELECT DISTINCT hashtext(key) & 1023 AS part FROM unnest(keys) AS key
        WHERE key <> '' ORDER BY part
    ) AS parts;

    RETURN QUERY
    WITH seen AS MATERIALIZED (
        SELECT place,
               (SELECT id FROM message
                WHERE message_key <> '' AND message_key = key AND digest = hash) AS same,
               (SELECT max(id + 0) FROM message
                WHERE message_key <> '' AND message_key = key) AS newest
        FROM unnest(keys, digests) WITH ORDINALITY AS arrival (key, hash, place)
    ), numbered AS MATERIALIZED (
        SELECT place, same, newest,
               CASE WHEN same IS NULL THEN nextval('message_id_seq') END AS fresh
        FROM (SELECT * FROM seen ORDER BY place) AS ordered
    ), kept AS (
        INSERT INTO message (
            id, feed, peer, received_at, received_ms, sending_application, sending_facility,
            receiving_application, receiving_facility, control_id, message_code, trigger_event,
            version, message_key, lane, state, reason, digest, body, body_bytes, altered_from,
            answer_code, answer, charset, charset_from
        )
        SELECT fresh, a.feed, a.peer, a.received_time, a.millis, a.sending_application,
               a.sending_facility, a.receiving_application, a.receiving_facility, a.control,
               a.code, a.event, a.version_id, a.key, a.patient,
               CASE WHEN is_new THEN a.kept_as ELSE a.other_kept_as END,
               CASE WHEN is_new THEN a.because ELSE a.other_because END,
               a.hash, a.bytes, length(a.bytes), newest,
               CASE WHEN is_new THEN a.first_code ELSE a.other_code END,
               CASE WHEN is_new THEN a.first ELSE a.other END, a.set_name, a.set_from
        FROM unnest(
            feeds, peers, received_times, received_millis, sending_applications,
            sending_facilities, receiving_applications, receiving_facilities, control_ids,
            message_codes, trigger_events, versions, keys, lanes, states, reasons, digests,
            bodies, answer_codes, answers, altered_states, altered_reasons, altered_codes,
            altered_answers, charsets, charset_sources
        ) WITH ORDINALITY AS a (
            feed, peer, received_time, millis, sending_application, sending_facility,
            receiving_application, receiving_facility, control, code, event, version_id, key,
            patient, kept_as, because, hash, bytes, first_code, first, other_kept_as, other_because,
            other_code, other, set_name, set_from, place
        )
        JOIN numbered ON numbered.place = a.place AND fresh IS NOT NULL
        CROSS JOIN LATERAL (SELECT newest IS NULL OR a.other_code IS NULL AS is_new) AS first_of_key
    )
    SELECT coalesce(fresh, same), CASE WHEN same IS NULL THEN newest END,
           (SELECT answer FROM message WHERE id = same)
    FROM numbered
    ORDER BY place;
END
$$;
