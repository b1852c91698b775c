//! What one engine version made of a page.

use std::time::Duration;

use chart::{PageId, PageText, ReadingId, TenantId, Timestamp};

use crate::{
    RecordsError, Tx,
    column::{Row, to_json},
};

/// A reading, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Its identifier.
    pub id: ReadingId,
    /// The page that was read.
    pub page: PageId,
    /// What was read. Its places are on the page turned upright by its `orientation`; its
    /// `engine` names engine, models and versions.
    pub text: PageText,
    /// Version of the lexicon that the findings were understood with.
    pub lexicon: String,
    /// How long it took.
    pub elapsed: Duration,
    /// When it was done.
    pub read_at: Timestamp,
}

/// A reading that is not kept yet.
#[derive(Debug, Clone)]
pub struct NewReading {
    /// What was read.
    pub text: PageText,
    /// Version of the lexicon that the findings were understood with.
    pub lexicon: String,
    /// How long it took.
    pub elapsed: Duration,
}

#[derive(sqlx::FromRow)]
struct ReadingRow {
    reading_id: String,
    page_id: String,
    lexicon: String,
    page_text: String,
    elapsed_ms: i64,
    read_at: i64,
}

impl TryFrom<ReadingRow> for Reading {
    type Error = RecordsError;

    fn try_from(row: ReadingRow) -> Result<Self, RecordsError> {
        let of = Row { table: "reading", key: &row.reading_id };
        Ok(Self {
            id: of.word("reading_id", &row.reading_id)?,
            page: of.word("page_id", &row.page_id)?,
            text: of.json("page_text", &row.page_text)?,
            elapsed: Duration::from_millis(of.number("elapsed_ms", row.elapsed_ms)?),
            read_at: Timestamp::from_millis(row.read_at),
            lexicon: row.lexicon,
        })
    }
}

/// Keeps a reading. Called by [`crate::pages::save_draft`].
pub(crate) async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
    new: &NewReading,
    now: Timestamp,
) -> Result<ReadingId, RecordsError> {
    let id = ReadingId::new(now);
    execute!(
        tx,
        "insert into reading
             (reading_id, tenant_id, page_id, engine, lexicon, orientation, page_text, elapsed_ms,
              read_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.to_string(),
        tenant.to_string(),
        page.to_string(),
        new.text.engine.as_str(),
        new.lexicon.as_str(),
        i64::from(new.text.orientation.degrees()),
        to_json(&new.text),
        i64::try_from(new.elapsed.as_millis()).unwrap_or(i64::MAX),
        now.as_millis(),
    )?;
    Ok(id)
}

/// The readings of a page, the newest first. Usually one.
pub async fn of_page(
    tx: &mut Tx,
    tenant: TenantId,
    page: PageId,
) -> Result<Vec<Reading>, RecordsError> {
    all!(
        tx,
        ReadingRow,
        "select reading_id, page_id, lexicon, page_text, elapsed_ms, read_at
         from reading where tenant_id = $1 and page_id = $2 order by reading_id desc",
        tenant.to_string(),
        page.to_string(),
    )?
    .into_iter()
    .map(Reading::try_from)
    .collect()
}

/// How fast the workers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// Pages that were read.
    pub pages: u64,
    /// When the first of them was done.
    pub first: Option<Timestamp>,
    /// How long reading them took in all.
    pub took: Duration,
}

/// How many pages were read since a moment. Of one clinic, or of all.
pub async fn pace(
    tx: &mut Tx,
    tenant: Option<TenantId>,
    since: Timestamp,
) -> Result<Pace, RecordsError> {
    macro_rules! select {
        ($condition:literal) => {
            concat!(
                "select count(*), min(read_at), cast(coalesce(sum(elapsed_ms), 0) as bigint)
                 from reading where read_at >= $1 ",
                $condition
            )
        };
    }
    type Counts = (i64, Option<i64>, i64);
    let (pages, first, millis) = match tenant {
        Some(tenant) => {
            one!(tx, Counts, select!("and tenant_id = $2"), since.as_millis(), tenant.to_string(),)?
        }
        None => one!(tx, Counts, select!(""), since.as_millis())?,
    };
    Ok(Pace {
        pages: pages.unsigned_abs(),
        first: first.map(Timestamp::from_millis),
        took: Duration::from_millis(millis.unsigned_abs()),
    })
}
