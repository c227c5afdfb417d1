//! What every tank promises, held against SQLite and against PostgreSQL.
#![cfg(test)]

mod probe;
mod support;

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
    round_trip: a_message_and_its_result;
}
