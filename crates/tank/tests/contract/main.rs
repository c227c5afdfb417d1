//! What every tank promises, held against SQLite and against PostgreSQL.
#![cfg(test)]

mod probe;
mod support;

mod claiming;
mod holding;
mod round_trip;

/// Each case becomes two tests, one for each engine, on an empty database of its own.
macro_rules! contract {
    ($($module:ident: $($case:ident),+ $(,)?;)+) => {
        mod sqlite {
            $(mod $module {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let database = testkit::sqlite::TempDatabase::create();
                    let tank = cistern_tank::Database::open(&database.url()).await.unwrap();
                    crate::$module::$case(&tank, &database.url()).await;
                }
            )+})+
        }
        mod postgres {
            $(mod $module {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let Some(database) = testkit::postgres::Database::create_or_skip() else {
                        return;
                    };
                    let tank = cistern_tank::Database::open(&database.url()).await.unwrap();
                    crate::$module::$case(&tank, &database.url()).await;
                }
            )+})+
        }
    };
}

contract! {
    holding:
        nothing_is_held_in_an_empty_batch,
        a_repeat_gets_the_first_answer,
        the_same_control_id_of_another_sender_is_new,
        other_bytes_are_altered_and_answered_so,
        one_batch_tells_repeat_from_altered_too,
        without_a_control_id_nothing_is_a_repeat,
        receipts_of_equal_nameless_messages_are_in_their_order,
        batches_of_any_size_keep_their_order,
        the_bytes_come_back_as_they_were,
        header_texts_of_any_kind_and_length_are_kept,
        only_what_is_received_is_imported,
        eight_senders_of_one_message_keep_one,
        overlapping_batches_in_any_order_keep_each_message_once;
    claiming:
        the_oldest_come_first,
        a_claim_tells_what_the_importer_needs,
        a_lane_stays_with_one_worker,
        a_dead_workers_claim_is_free_after_its_lease,
        a_late_settle_counts_while_nobody_has_taken_over,
        a_batch_is_settled_once,
        a_message_that_was_not_claimed_cannot_be_settled,
        many_workers_at_once_share_out_each_message_once;
    round_trip: a_message_and_its_result;
}
