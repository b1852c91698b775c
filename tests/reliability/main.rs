//! Whatever dies, every page arrives exactly once: campaigns under a storm of kills, cut networks,
//! full disks and jumping clocks, on every database with every queue.
//!
//! `cargo test --test reliability` runs the short form. The long one is asked for by variables:
//!
//! ```text
//! STORM_JOBS=10000 STORM_KILLS=200 cargo test --release --test reliability -- embedded_on_sqlite
//! STORM_JOBS=500 STORM_KILLS=20 STORM_READER=real cargo test --release --test reliability
//! STORM_HOSTILE=2400 cargo test --release --test reliability -- files_that_mean_harm
//! cargo test --release --test reliability -- --ignored     pages a second, and what they cost
//! STORM_KAMIKARTE=… cargo test --test reliability     a program of another build
//! STORM_SEED=4711 …      the same faults in the same order as a run that printed this seed
//! ```
//!
//! docs/reliability.md has the figures.

mod campaign; // an installation on servers that can be killed
mod fake_reader; // a reading process of known duration
mod fault; // what can happen, drawn by a seed
mod full_servers; // no room for PostgreSQL and RabbitMQ themselves
mod hostile; // files that mean harm, through intake and workers
mod lost_broker; // RabbitMQ without what it had
mod options; // how long, how many, which seed
mod paper; // pages that are all different
mod parts; // processes that are started again when they end
mod rates; // how much is read in a while, and what a page costs besides reading
mod storm; // faults, and how long until all works again
mod verdict; // what must hold in the end

use libtest_mimic::{Arguments, Trial};

use crate::{
    campaign::{Database, Transport},
    options::Options,
};

fn main() {
    if std::env::args().nth(1).as_deref() == Some("read-child") {
        return fake_reader::serve();
    }
    let mut arguments = Arguments::from_args();
    // Each has servers and processes of its own, which mostly wait for one another; but in the long
    // form times are measured.
    let at_once = if Options::from_environment().is_long() { 1 } else { 4 };
    arguments.test_threads.get_or_insert(at_once);
    let places = [
        ("embedded_on_sqlite", Database::Sqlite, Transport::Embedded),
        ("embedded_on_postgres", Database::Postgres, Transport::Embedded),
        ("rabbit_on_postgres", Database::Postgres, Transport::Rabbit),
        ("rabbit_on_sqlite", Database::Sqlite, Transport::Rabbit),
    ];
    let storms = places.map(|(name, database, transport)| {
        let title = format!("{name}::every_page_arrives_once_whatever_dies");
        Trial::test(title, move || {
            storm::weather(database, transport);
            Ok(())
        })
    });
    let calm = places.map(|(name, database, transport)| {
        Trial::test(format!("{name}::while_nothing_dies_no_page_is_read_twice"), move || {
            storm::calm(database, transport);
            Ok(())
        })
    });
    let stop = [places[0], places[3]].map(|(name, database, transport)| {
        let title = "a_worker_told_to_stop_hands_back_what_takes_too_long";
        Trial::test(format!("{name}::{title}"), move || {
            storm::hand_back(database, transport);
            Ok(())
        })
    });
    let rates = places.map(|(name, database, transport)| {
        let title = "two_workers_do_nearly_twice_as_much_and_little_is_lost_around_a_page";
        let measure = move || {
            rates::measure(database, transport);
            Ok(())
        };
        // Measured when asked for: a busy machine would tell of itself.
        Trial::test(format!("{name}::{title}"), measure).with_ignored_flag(true)
    });
    let hostile = Trial::test("files_that_mean_harm_are_named_and_harm_nobody", || {
        hostile::besiege();
        Ok(())
    });
    let full = Trial::test("a_full_disk_of_a_server_loses_no_page", || {
        full_servers::endure();
        Ok(())
    });
    let lost = Trial::test("a_broker_that_lost_what_it_had_loses_no_page", || {
        lost_broker::endure();
        Ok(())
    });
    let small = [full, lost].into_iter().chain(calm).chain(stop).chain(rates);
    // The longest first.
    let trials = [hostile].into_iter().chain(storms).chain(small).collect();
    libtest_mimic::run(&arguments, trials).exit();
}
