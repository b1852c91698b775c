//! Which part is behind which setting: the one place where configuration becomes parts.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use chart::TenantId;
use extract::Extractor;
use ingest::{ChildOptions, Gate, Inspector, Limits, Originals};
use ocr::{
    ReadOptions,
    isolation::{Pool, PoolOptions},
};
use queue::Queue;
use records::Db;

use crate::{clock, config::Config, dictionary, reading::PageReader};

/// How soon a page of a worker that was killed is somebody else's (embedded queue): the promise is
/// to be working again within ten seconds. Workers extend it every two seconds while they live, so
/// it says nothing about how long a page may take.
const LEASE: Duration = Duration::from_secs(6);

/// The database, migrated. The data folder is made if need be.
pub async fn database(config: &Config) -> Result<Db> {
    make_data_dir(config)?;
    let url = config.database_url();
    let db = Db::connect(&url).await.with_context(|| {
        format!(
            "the database {} cannot be opened; `kamikarte doctor` says how to mend that",
            crate::config::without_password(&url)
        )
    })?;
    db.migrate().await.context("bringing the database to this version")?;
    Ok(db)
}

/// The clinic that commands act for; made when it is first named.
pub async fn tenant(db: &Db, config: &Config) -> Result<TenantId> {
    let mut tx = db.begin().await?;
    if let Some(tenant) = records::tenants::find_by_name(&mut tx, &config.tenant).await? {
        return Ok(tenant.id);
    }
    let tenant = records::tenants::create(&mut tx, &config.tenant, clock::now()).await?;
    tx.commit().await?;
    Ok(tenant.id)
}

/// The store of originals.
pub fn originals(config: &Config) -> Result<Originals> {
    make_data_dir(config)?;
    let url = config.store_url();
    Originals::open(&url, &config.s3).with_context(|| {
        format!("the store of originals {} cannot be used", crate::config::without_password(&url))
    })
}

/// The queue; a broker that is away now may come later.
pub fn queue(config: &Config, db: &Db) -> Result<Arc<dyn Queue>> {
    let mut options = queue::Options::new(Arc::new(clock::now));
    options.lease = LEASE;
    options.prefetch = u16::try_from(config.processes()).unwrap_or(u16::MAX);
    options.delivery_limit = config.worker.attempts;
    queue::open(&config.queue, db, options).with_context(|| {
        format!("the queue {} cannot be used", crate::config::without_password(&config.queue))
    })
}

/// What may be taken in.
pub const fn limits(config: &Config) -> Limits {
    Limits {
        max_pages: config.limits.pages,
        max_pixels: config.limits.pixels,
        max_bytes: config.limits.bytes,
        min_free_bytes: config.limits.free_mib << 20,
    }
}

/// What files pass on their way in.
pub fn gate(config: &Config, db: &Db) -> Result<Gate> {
    Ok(Gate {
        db: db.clone(),
        originals: originals(config)?,
        limits: limits(config),
        inspector: inspector(config)?,
    })
}

/// Looking into files in child processes of this very program.
pub fn inspector(config: &Config) -> Result<Inspector> {
    Ok(Inspector::in_child(ChildOptions {
        program: std::env::current_exe().context("finding this program's own file")?,
        args: vec!["inspect-child".into()],
        page_timeout: Duration::from_secs(config.limits.page_seconds),
        memory_bytes: config.limits.memory_mib << 20,
    }))
}

/// Understanding, with its dictionary compiled first if need be.
pub fn extractor(config: &Config) -> Result<Extractor> {
    let resources = dictionary::ensure(config)?;
    Extractor::open(resources).context("opening the dictionary")
}

/// Reading in child processes of this very program, and understanding.
pub fn page_reader(config: &Config, debug: Option<PathBuf>) -> Result<PageReader> {
    Ok(PageReader::new(pool(config, debug)?, extractor(config)?))
}

/// Recognition alone.
pub fn pool(config: &Config, debug: Option<PathBuf>) -> Result<Pool> {
    let tessdata = &config.worker.tessdata;
    let program = if config.worker.reader.as_os_str().is_empty() {
        std::env::current_exe().context("finding this program's own file")?
    } else {
        config.worker.reader.clone()
    };
    Ok(Pool::new(PoolOptions {
        program,
        args: vec!["read-child".into()],
        size: config.processes(),
        page_timeout: config.page_timeout(),
        reading: ReadOptions {
            tessdata: (!tessdata.as_os_str().is_empty()).then(|| tessdata.clone()),
            debug_dir: debug,
            ..ReadOptions::default()
        },
        memory_limit_bytes: Some(config.worker.memory_mib << 20),
        recycle_after_pages: config.worker.recycle_after_pages,
    }))
}

/// Only its owner may look into it: it holds patients' papers.
pub fn make_data_dir(config: &Config) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir).with_context(
        || {
            format!(
                "the data folder {} cannot be made; choose another with --data-dir or KAMIKARTE_DATA_DIR",
                config.data_dir.display()
            )
        },
    )
}
