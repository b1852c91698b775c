//! The disks of the servers themselves are full: RabbitMQ takes no messages, PostgreSQL crashes.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use test_support::disk::SmallDisk;

use crate::{
    campaign::{Campaign, Database, Transport},
    lost_broker,
    options::Options,
    storm::{self, STUCK},
    verdict,
};

/// Pages that the broker has when its disk fills up, and those that come meanwhile.
const BEFORE: usize = 30;
const MEANWHILE: usize = 30;
const LATER: usize = 30;
const JOBS: usize = BEFORE + MEANWHILE + LATER;

/// How long a broker that has room again may take until it takes what waits.
const COMES_BACK_WITHIN: Duration = Duration::from_mins(1);

/// How long the disk of a server that crashed stays full.
const FULL_FOR: Duration = Duration::from_secs(3);

/// Both, one after the other; in the end every page is drafted once.
pub fn endure() {
    let probe = tempfile::tempdir().unwrap();
    if SmallDisk::mount(probe.path(), 1).is_none() {
        eprintln!("no server's disk is filled: a small one cannot be mounted here (not root)");
        return;
    }
    let options = Options {
        jobs: JOBS,
        real_reader: false,
        real_pages: false,
        small_servers: true,
        ..Options::from_environment()
    };
    let mut campaign = Campaign::prepare(Database::Postgres, Transport::Rabbit, &options);
    campaign.release(BEFORE);
    campaign.start();
    let drafted = |campaign: &Campaign| storm::drafted(campaign) as usize;
    campaign.wait_for("the first page", STUCK, || drafted(&campaign) > 0);
    campaign.wait_for("all jobs to be with the broker", STUCK, || {
        campaign.taken_in() == BEFORE && campaign.status()["outbox"] == 0
    });

    the_broker_takes_nothing(&campaign);
    restart_what_ended(&mut campaign);
    mend_the_broker_if_its_queue_died(&mut campaign);
    campaign.wait_for("the pages that came meanwhile", STUCK, || {
        drafted(&campaign) == BEFORE + MEANWHILE
    });

    campaign.release(JOBS);
    the_database_crashes(&campaign);
    restart_what_ended(&mut campaign);
    verdict::every_page_arrived_once(&campaign, &options);
}

/// Intake goes on, workers finish what the broker had, and whoever asks is told.
fn the_broker_takes_nothing(campaign: &Campaign) {
    let disk = campaign.broker_disk.as_ref().expect("it has one");
    thread::scope(|scope| {
        let filling = scope.spawn(|| {
            let mut told = false;
            disk.fill_until(|since| {
                assert!(since < STUCK, "nobody is told that the broker takes no messages");
                told |= is_taking_none(&campaign.status());
                told
            });
        });
        campaign.release(BEFORE + MEANWHILE);
        let all_in = || campaign.taken_in() == BEFORE + MEANWHILE;
        campaign.wait_for("files to be taken in all the same", STUCK, all_in);
        filling.join().unwrap();
    });
}

fn is_taking_none(status: &Value) -> bool {
    !status["queue_error"].is_null()
}

/// A change that needs a new segment of the write-ahead log is the server's end; or it crashes and
/// recovers by what segments it can use again, to crash once more.
fn the_database_crashes(campaign: &Campaign) {
    let disk = campaign.database_disk.as_ref().expect("it has one");
    let server = campaign.postgres.as_ref().expect("there is one");
    let mut crashed_at: Option<Instant> = None;
    disk.fill_until(|since| {
        assert!(since < STUCK, "PostgreSQL goes on with a full disk");
        if !server.begin_new_segment() && crashed_at.is_none() {
            crashed_at = Some(Instant::now());
        }
        crashed_at.is_some_and(|at| at.elapsed() >= FULL_FOR)
    });
}

/// As systemd would, or a person who made room.
fn restart_what_ended(campaign: &mut Campaign) {
    if let Some(server) = campaign.postgres.as_mut().filter(|server| !server.is_running()) {
        println!("PostgreSQL had ended");
        server.restart();
    }
    if let Some(broker) = campaign.broker.as_mut().filter(|broker| !broker.is_running()) {
        println!("RabbitMQ had ended");
        broker.restart();
    }
}

/// A quorum queue whose log met the full disk does not always come back with the room: the broker
/// refuses its messages until it is started again, as the log says, and sometimes for good. Then its
/// queues are given up and filled again. Nothing is lost meanwhile.
fn mend_the_broker_if_its_queue_died(campaign: &mut Campaign) {
    if takes_jobs_again(campaign) {
        return;
    }
    let told = campaign.everything().contains("restart the broker");
    assert!(told, "nobody is told what to do:\n{}", campaign.everything());
    let status = campaign.status();
    assert!(status["outbox_stuck"] == true || is_taking_none(&status), "{status}");
    println!("RabbitMQ's queue had died");
    campaign.broker.as_mut().expect("there is one").restart();
    if takes_jobs_again(campaign) {
        return;
    }
    println!("RabbitMQ's queue had died for good");
    campaign.broker.as_mut().expect("there is one").restart_with_nothing();
    lost_broker::refill(campaign);
}

fn takes_jobs_again(campaign: &Campaign) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < COMES_BACK_WITHIN {
        if campaign.status()["outbox"] == 0 {
            return true;
        }
        thread::sleep(Duration::from_secs(1));
    }
    false
}
