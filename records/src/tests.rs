//! The same behaviour on both databases.

mod audit;
mod clinic;
mod confirm;
mod connect;
mod findings;
mod jobs;
mod journey;
mod lists;
mod many_at_once;
mod outbox;
mod people;
mod taken_in;

use clinic::Clinic;

/// Tests that run once on SQLite and once on PostgreSQL, each in a fresh clinic.
macro_rules! on_both {
    ($(async fn $name:ident($clinic:ident: Clinic) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn test($clinic: Clinic) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                test(Clinic::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                test(Clinic::on_postgres().await).await;
            }
        }
    )*};
}
use on_both;
