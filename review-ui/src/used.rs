//! What each clinic names most, so that it is suggested first.
//!
//! Counted from the latest confirmed records, and again after a while: what people wrote last
//! month is what they write today. The first suggestion of a clinic waits for it, later ones take
//! what is there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chart::{TenantId, Timestamp};
use lexicon::Uses;
use records::{RecordsError, committed};

use crate::app::Here;

/// Records that are counted: some weeks of a busy clinic, read in a few hundredths of a second.
const COUNTED: u32 = 5000;

/// How long a count serves.
const SERVES_MILLIS: i64 = 10 * 60 * 1000;

/// The counts of each clinic.
#[derive(Default)]
pub(crate) struct Used {
    counts: Mutex<HashMap<TenantId, Count>>,
}

#[derive(Clone)]
struct Count {
    uses: Arc<Uses>,
    since: Timestamp,
}

impl Used {
    fn known(&self, tenant: TenantId) -> Option<Count> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned()
    }

    fn keep(&self, tenant: TenantId, count: Count) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant, count);
    }
}

/// What the clinic names most.
pub(crate) async fn uses(here: &Here, tenant: TenantId) -> Result<Arc<Uses>, RecordsError> {
    let now = here.now();
    let Some(known) = here.used.known(tenant) else {
        return Ok(count(here, tenant, now).await?.uses);
    };
    if now.as_millis() - known.since.as_millis() > SERVES_MILLIS {
        // The old count serves those who ask meanwhile, and whoever asks now.
        here.used.keep(tenant, Count { since: now, ..known.clone() });
        let here = Arc::clone(here);
        tokio::spawn(async move {
            if let Err(error) = count(&here, tenant, now).await {
                tracing::warn!(%error, "what the clinic names most was not counted");
            }
        });
    }
    Ok(known.uses)
}

async fn count(here: &Here, tenant: TenantId, now: Timestamp) -> Result<Count, RecordsError> {
    let mut tx = here.app.db.read().await?;
    let names = committed::names_used(&mut tx, tenant, COUNTED).await?;
    let names = names.iter().map(|(name, count)| (name.as_str(), *count));
    let uses = Arc::new(Uses::of(&here.app.lexicon, names));
    let count = Count { uses, since: now };
    here.used.keep(tenant, count.clone());
    Ok(count)
}
