-- The newest message of each key that more than one has: a sender may give every message the same
-- control id, and many of them may come in one call. What is new is looked up once, and its bytes
-- are not joined to what is found.
CREATE TABLE message_key_newest (
    message_key TEXT COLLATE "C" PRIMARY KEY,
    id BIGINT NOT NULL
);
INSERT INTO message_key_newest (message_key, id)
SELECT message_key, max(id) FROM message WHERE message_key <> ''
GROUP BY message_key HAVING count(*) > 1;

CREATE OR REPLACE FUNCTION hold_messages(
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
DECLARE
    -- By place: the message of the same bytes, the newest of the same key, and what is new.
    same_ids BIGINT[];
    newest_ids BIGINT[];
    fresh_ids BIGINT[];
BEGIN
    PERFORM pg_advisory_xact_lock(9, part) FROM (
        SELECT DISTINCT hashtext(key) & 1023 AS part FROM unnest(keys) AS key
        WHERE key <> '' ORDER BY part
    ) AS parts;

    WITH known AS MATERIALIZED (
        SELECT key, hash, place,
               CASE WHEN key = '' THEN place
                    ELSE min(place) OVER (PARTITION BY key, hash) END AS first_place,
               (SELECT id FROM message WHERE message_key <> '' AND message_key = key
                ORDER BY digest LIMIT 1) AS any_id
        FROM unnest(keys, digests) WITH ORDINALITY AS arrival (key, hash, place)
    ), seen AS MATERIALIZED (
        SELECT key, place, first_place,
               CASE WHEN any_id IS NOT NULL THEN
                   (SELECT id FROM message
                    WHERE message_key <> '' AND message_key = key AND digest = hash)
               END AS same,
               CASE WHEN any_id IS NOT NULL THEN
                   coalesce((SELECT id FROM message_key_newest WHERE message_key = key), any_id)
               END AS newest
        FROM known
    ), numbered AS MATERIALIZED (
        SELECT *, CASE WHEN same IS NULL AND place = first_place
                       THEN nextval('message_id_seq') END AS fresh
        FROM (SELECT * FROM seen ORDER BY place) AS ordered
    ), judged AS (
        SELECT place, fresh,
               coalesce(same, CASE WHEN fresh IS NULL THEN
                   first_value(fresh) OVER (PARTITION BY key, first_place ORDER BY place)
               END) AS same,
               CASE WHEN key <> '' THEN coalesce(
                   max(fresh) OVER (PARTITION BY key ORDER BY place
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), newest)
               END AS newest
        FROM numbered
    )
    SELECT array_agg(same ORDER BY place), array_agg(newest ORDER BY place),
           array_agg(fresh ORDER BY place)
    INTO same_ids, newest_ids, fresh_ids
    FROM judged;

    INSERT INTO message (
        id, feed, peer, received_at, received_ms, sending_application, sending_facility,
        receiving_application, receiving_facility, control_id, message_code, trigger_event,
        version, message_key, lane, state, reason, digest, body, body_bytes, altered_from,
        answer_code, answer, charset, charset_from
    )
    SELECT fresh, feed, peer, received_time, millis, sending_application, sending_facility,
           receiving_application, receiving_facility, control, code, event, version_id, key,
           patient,
           CASE WHEN is_new THEN kept_as ELSE other_kept_as END,
           CASE WHEN is_new THEN because ELSE other_because END,
           hash, bytes, length(bytes), newest,
           CASE WHEN is_new THEN first_code ELSE other_code END,
           CASE WHEN is_new THEN first ELSE other END, set_name, set_from
    FROM unnest(
        feeds, peers, received_times, received_millis, sending_applications,
        sending_facilities, receiving_applications, receiving_facilities, control_ids,
        message_codes, trigger_events, versions, keys, lanes, states, reasons, digests,
        bodies, answer_codes, answers, altered_states, altered_reasons, altered_codes,
        altered_answers, charsets, charset_sources, fresh_ids, newest_ids
    ) AS a (
        feed, peer, received_time, millis, sending_application, sending_facility,
        receiving_application, receiving_facility, control, code, event, version_id, key,
        patient, kept_as, because, hash, bytes, first_code, first, other_kept_as, other_because,
        other_code, other, set_name, set_from, fresh, newest
    )
    CROSS JOIN LATERAL (SELECT newest IS NULL OR other_code IS NULL AS is_new) AS first_of_key
    WHERE fresh IS NOT NULL;

    INSERT INTO message_key_newest (message_key, id)
    SELECT key, max(fresh) FROM unnest(keys, fresh_ids, newest_ids) AS a (key, fresh, newest)
    WHERE fresh IS NOT NULL AND newest IS NOT NULL GROUP BY key
    ON CONFLICT (message_key) DO UPDATE SET id = excluded.id;

    RETURN QUERY
    SELECT coalesce(fresh, same),
           CASE WHEN same IS NULL THEN newest
                ELSE (SELECT altered_from FROM message WHERE id = same) END,
           (SELECT answer FROM message WHERE id = same)
    FROM unnest(fresh_ids, same_ids, newest_ids) WITH ORDINALITY AS a (fresh, same, newest, place)
    ORDER BY place;
END
$$;
