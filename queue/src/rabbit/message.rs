//! Jobs as messages: JSON of identifiers, with attempts and reasons in headers.

use chart::Timestamp;
use lapin::{
    BasicProperties,
    message::Delivery as Message,
    types::{AMQPValue, FieldTable},
};

use crate::{DeadLetter, Job};

/// Attempts that were made before this message was published: readings that failed, and nothing
/// else. It decides how long a retry waits and when a page is given up.
const ATTEMPTS: &str = "kamikarte-attempts";

/// Why a message is dead or comes again.
const REASON: &str = "kamikarte-reason";

/// Deliveries before this one that ended without an acknowledgement, since the message was
/// published; set by quorum queues. Most of them are no page's fault: every message that was sent
/// to a worker is delivered again when that worker, its connection or the broker dies.
const BROKER_DELIVERIES: &str = "x-delivery-count";

/// Why the broker itself moved a message to the dead letters.
const BROKER_REASON: &str = "x-first-death-reason";

/// Longest reason in a header, in characters.
const REASON_LIMIT: usize = 1_000;

/// The delivery mode that survives a restart of the broker.
const PERSISTENT: u8 = 2;

pub(super) fn body(job: &Job) -> Vec<u8> {
    serde_json::to_vec(job).expect("a job is plain data")
}

/// Why a message is no job, for a person.
pub(super) fn parse(body: &[u8]) -> Result<Job, String> {
    serde_json::from_slice(body).map_err(|error| format!("the message is no job: {error}"))
}

/// Properties of a job on its way to a worker.
pub(super) fn properties(job: &Job, attempts: u32, reason: Option<&str>) -> BasicProperties {
    described(job).with_headers(headers(attempts, reason))
}

/// Properties of a dead letter. The time is whole seconds: AMQP knows no finer one.
pub(super) fn dead_properties(
    job: Option<&Job>,
    attempts: u32,
    reason: &str,
    now: Timestamp,
) -> BasicProperties {
    let properties =
        job.map_or_else(|| BasicProperties::default().with_delivery_mode(PERSISTENT), described);
    properties
        .with_headers(headers(attempts, Some(reason)))
        .with_timestamp(u64::try_from(now.as_millis() / 1_000).unwrap_or_default())
}

fn described(job: &Job) -> BasicProperties {
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/json".into())
        .with_message_id(job.id.to_string().into())
        .with_type(job.kind.as_str().into())
        .with_app_id("kamikarte".into())
}

fn headers(attempts: u32, reason: Option<&str>) -> FieldTable {
    let mut table = FieldTable::default();
    table.insert(ATTEMPTS.into(), AMQPValue::LongLongInt(attempts.into()));
    if let Some(reason) = reason {
        let short: String = reason.chars().take(REASON_LIMIT).collect();
        table.insert(REASON.into(), AMQPValue::LongString(short.into()));
    }
    table
}

/// Attempts that failed before the delivery of this message.
pub(super) fn failed_attempts(message: &Message) -> u32 {
    number(&message.properties, ATTEMPTS).unwrap_or(0)
}

/// How often the message came back to the broker without a word.
pub(super) fn returns(message: &Message) -> u32 {
    number(&message.properties, BROKER_DELIVERIES).unwrap_or(0)
}

/// A message of a dead queue, for people.
pub(super) fn dead_letter(message: &Message) -> DeadLetter {
    let properties = &message.properties;
    let parsed = parse(&message.data);
    let reason = string(properties, REASON).or_else(|| {
        string(properties, BROKER_REASON).map(|reason| format!("given up by the broker: {reason}"))
    });
    let buried_at = properties
        .timestamp()
        .and_then(|seconds| i64::try_from(seconds).ok()?.checked_mul(1_000))
        .map(Timestamp::from_millis);
    DeadLetter {
        reason: reason
            .or_else(|| parsed.as_ref().err().cloned())
            .unwrap_or_else(|| "no reason was given".into()),
        job: parsed.ok(),
        attempts: number(properties, ATTEMPTS).unwrap_or(0),
        buried_at,
    }
}

fn header<'a>(properties: &'a BasicProperties, name: &str) -> Option<&'a AMQPValue> {
    properties.headers().as_ref()?.inner().get(name)
}

/// Brokers send whole numbers in whichever width they like.
fn number(properties: &BasicProperties, name: &str) -> Option<u32> {
    let number = match *header(properties, name)? {
        AMQPValue::ShortShortInt(n) => i64::from(n),
        AMQPValue::ShortShortUInt(n) => i64::from(n),
        AMQPValue::ShortInt(n) => i64::from(n),
        AMQPValue::ShortUInt(n) => i64::from(n),
        AMQPValue::LongInt(n) => i64::from(n),
        AMQPValue::LongUInt(n) => i64::from(n),
        AMQPValue::LongLongInt(n) => n,
        _ => return None,
    };
    u32::try_from(number).ok()
}

fn string(properties: &BasicProperties, name: &str) -> Option<String> {
    match header(properties, name)? {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chart::{JobId, PageId, TenantId};

    use super::*;
    use crate::{JobKind, Priority};

    fn job() -> Job {
        let now = Timestamp::from_millis(1_700_000_000_000);
        Job {
            id: JobId::new(now),
            kind: JobKind::ReadPage,
            tenant: TenantId::new(now),
            page: PageId::new(now),
            priority: Priority::Normal,
        }
    }

    fn message(data: Vec<u8>, properties: BasicProperties) -> Message {
        let mut message = Message::mock(1, "".into(), "".into(), false, data);
        message.properties = properties;
        message
    }

    #[test]
    fn what_the_broker_delivers_again_is_no_failed_attempt() {
        let mut first = message(body(&job()), properties(&job(), 0, None));
        assert_eq!((failed_attempts(&first), returns(&first)), (0, 0));
        let mut headers = headers(2, None);
        headers.insert(BROKER_DELIVERIES.into(), AMQPValue::LongLongInt(3));
        first.properties = first.properties.with_headers(headers);
        assert_eq!((failed_attempts(&first), returns(&first)), (2, 3));
    }

    #[test]
    fn a_dead_letter_tells_job_reason_attempts_and_time() {
        let (job, now) = (job(), Timestamp::from_millis(1_700_000_000_999));
        let letter =
            dead_letter(&message(body(&job), dead_properties(Some(&job), 5, "時間切れ", now)));
        assert_eq!(letter.reason, "時間切れ");
        assert_eq!(letter.attempts, 5);
        assert_eq!(letter.buried_at, Some(Timestamp::from_millis(1_700_000_000_000)));
        assert_eq!(letter.job, Some(job));
    }

    #[test]
    fn what_is_no_job_says_so() {
        let letter = dead_letter(&message(b"hello".to_vec(), BasicProperties::default()));
        assert_eq!(letter.job, None);
        assert!(letter.reason.starts_with("the message is no job"), "{}", letter.reason);
    }

    #[test]
    fn a_reason_of_any_length_fits() {
        let long = "長".repeat(100_000);
        let letter = dead_letter(&message(
            body(&job()),
            dead_properties(None, 1, &long, Timestamp::default()),
        ));
        assert_eq!(letter.reason.chars().count(), REASON_LIMIT);
    }
}
