//! RabbitMQ comes back without what it had: its disk was lost, or its queues.

use std::time::Duration;

use crate::{
    campaign::{Campaign, Database, Transport},
    options::Options,
    storm::{self, STUCK},
    verdict,
};

/// So many, and so slow, that most are still with the broker when it is lost, however busy the machine.
const JOBS: usize = 40;
const PAGE: Duration = Duration::from_secs(2);

/// Every page is drafted once as soon as the queue is filled again.
pub fn endure() {
    let options = Options {
        jobs: JOBS,
        page: PAGE,
        real_reader: false,
        real_pages: false,
        ..Options::from_environment()
    };
    let mut campaign = Campaign::prepare(Database::Postgres, Transport::Rabbit, &options);
    campaign.release(JOBS);
    campaign.start();
    let are_published =
        |campaign: &Campaign| campaign.taken_in() == JOBS && campaign.status()["outbox"] == 0;
    campaign.wait_for("all jobs to be with the broker", STUCK, || are_published(&campaign));
    campaign.broker.as_mut().expect("there is one").restart_with_nothing();
    let drafted = storm::drafted(&campaign) as usize;
    assert!(drafted < JOBS, "the pages were all read before the broker was lost");
    refill(&campaign);
    verdict::every_page_arrived_once(&campaign, &options);
}

/// What an administrator is told to do.
pub fn refill(campaign: &Campaign) {
    let output = campaign.run(&["queue", "refill"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
