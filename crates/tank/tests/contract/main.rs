//! What every tank promises, held against SQLite and against PostgreSQL.
#![cfg(test)]

mod probe;
mod proxy;
mod support;

mod catalogue;
mod claiming;
mod dropping;
mod emptying;
mod exhausting;
mod failing;
mod following;
mod holding;
mod looking_up;
mod model;
mod preparing;
mod racing;
mod reading;
mod recalling;
mod replying;
mod rolled_back;
mod sequencing;
mod settling;
mod silence;
mod viewing;
mod waiting;

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
        without_a_control_id_the_same_place_is_a_repeat,
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
    sequencing:
        each_number_follows_the_one_before,
        one_commit_judges_each_by_the_one_before,
        a_restart_takes_whatever_number_comes_next,
        what_is_behind_the_first_does_not_begin,
        a_repeat_begins_where_any_number_would,
        a_repeat_stays_one_and_moves_nothing,
        each_sender_of_each_feed_has_its_sequence,
        senders_of_any_name_have_a_sequence,
        what_is_not_committed_moves_nothing,
        two_tanks_on_one_database_share_the_sequence,
        many_at_once_keep_each_number_once;
    claiming:
        the_oldest_come_first,
        a_claim_tells_what_the_importer_needs,
        a_batch_of_large_messages_is_short,
        a_lane_stays_with_one_worker,
        a_dead_workers_claim_is_free_after_its_lease,
        a_late_settle_counts_while_nobody_has_taken_over,
        a_batch_is_settled_once,
        a_message_that_was_not_claimed_cannot_be_settled,
        many_workers_at_once_share_out_each_message_once;
    preparing:
        new_rules_free_what_the_old_ones_held,
        an_unknown_account_is_held_without_a_default_provider,
        a_default_provider_frees_what_waits_for_an_account,
        a_decision_gives_an_account_a_provider,
        preparing_again_changes_nothing;
    settling:
        a_client_and_a_result_in_one_batch,
        a_value_knows_its_message_and_path,
        a_change_writes_what_is_other_and_its_history,
        an_older_message_changes_nothing_and_says_so,
        the_same_message_again_writes_no_history,
        clearing_leaves_history_and_a_source,
        every_kind_of_value_comes_back,
        ignored_and_held_messages_say_why;
    waiting:
        a_decision_frees_what_waits_for_that_code,
        the_newest_decision_on_a_code_is_in_force,
        a_code_cannot_mean_a_test_that_is_not_there,
        a_decision_after_the_claim_puts_held_messages_back,
        a_decision_that_was_known_puts_nothing_back,
        a_result_waits_for_its_client,
        a_result_waits_for_its_client_within_a_batch,
        a_result_waits_for_a_name_or_a_further_identifier,
        a_result_that_contradicts_its_client_waits_for_a_correction,
        an_update_that_adds_nobody_waits_for_the_registration,
        retry_takes_held_and_failed_messages_back;
    failing:
        one_poisonous_message_does_not_keep_the_others,
        a_failed_message_waits_longer_each_time,
        a_failed_message_is_retried_at_once_when_a_person_says_so,
        a_lasting_conflict_is_set_aside_too,
        nul_in_any_value_is_shown_and_found_again,
        a_person_of_many_identifiers_does_not_keep_the_others,
        no_error_repeats_a_value,
        a_failed_migration_has_a_number_and_a_code;
    racing:
        a_new_person_becomes_one_client,
        a_result_that_races_its_registration_is_imported,
        the_newest_value_wins_though_messages_share_no_key,
        one_result_of_two_people_keeps_its_owner,
        a_claim_never_takes_what_a_late_settle_has_done,
        holds_of_the_same_keys_do_not_wait_for_each_other;
    recalling:
        every_earlier_message_is_found_by_every_tank,
        a_batch_may_give_every_message_one_control_id,
        the_newest_of_a_key_is_found_past_a_migration,
        what_an_earlier_version_has_held_is_found;
    viewing:
        a_message_is_shown_as_it_came,
        a_list_is_newest_first_and_goes_on,
        a_list_goes_on_from_an_older_message_and_keeps_to_a_feed,
        messages_and_records_are_counted,
        the_work_list_has_one_line_for_each_decision,
        what_is_no_text_waits_by_feed_and_sender,
        what_is_shown_to_programmers_holds_no_content,
        only_what_is_done_with_lets_go_of_its_bytes;
    replying:
        a_reply_is_due_once_its_message_is_settled,
        only_what_is_received_is_replied_to,
        what_was_written_is_what_the_next_one_sends,
        what_is_lost_leaves_the_other_outcomes,
        what_is_put_back_waits_until_its_moment,
        an_exact_repeat_asks_for_its_reply_again,
        a_reply_leaves_by_a_link_of_its_sender,
        what_is_long_overdue_is_given_up,
        a_long_backlog_is_given_up_claim_by_claim,
        what_another_has_claimed_is_not_given_up,
        where_there_is_no_way_all_are_given_up,
        senders_of_long_names_are_told_apart,
        many_listeners_share_out_each_reply_once,
        bytes_stay_while_a_reply_is_owed;
    following:
        what_is_settled_is_seen_with_its_findings,
        the_first_answer_stands_and_every_repeat_gets_it;
    reading:
        a_message_is_read_as_its_door_says,
        a_message_from_before_says_nothing,
        a_person_has_a_held_message_read_anew,
        a_message_is_told_from_others_as_it_is_written;
    catalogue:
        every_record_type_has_its_table;
}
