//! In what order: the journey of an item (harvest) and of a week (edition).
//!
//! ```text
//! harvest    source → poll → raw items → known? → item → tagged → page if it matters → held? → store
//!                   → story → index
//! edition    window → stories that may leave × people who take part → allotment → plan → people's changes → frozen:
//!                   letters and ledger → store (one transaction)
//! delivery   outbox → attempting (on disk) → relay or folder → sent, deferred, failed or unknown
//! ```

mod admission;
mod brief;
mod calendars;
mod counters;
mod delivery;
mod discovery;
mod documents;
mod edition;
mod evidence;
mod grouping;
mod harvest;
mod keep;
mod lead;
mod learning;
mod mailbox;
mod maildir;
mod open;
mod plan;
mod poll;
mod replay;
mod robots;
mod tokens;
mod trial;
mod upkeep;
mod weeks;

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::config::{Config, StoreSettings};
use crate::deliver::RelayError;
use crate::digest::RenderError;
use crate::domain::{Confidentiality, Item};
use crate::index::{IndexError, SearchIndex};
use crate::net::{Web, WebSettings};
use crate::store::{Store, StoreError};
use crate::stories::Archive;
use crate::text::outside::Outside;

pub use brief::brief;
pub use delivery::{DeliveryReport, deliver, recover_attempts};
pub use discovery::{Discovered, discover, read_now};
pub use documents::OPENER;
pub use edition::{Asked, DraftLetter, EditionDraft, SuggestedFacts, draft};
pub use harvest::{HarvestReport, PollEvent, PollOutcome, due_sources, harvest, take_in};
pub use lead::tell_lead;
pub use learning::forget_judgements;
pub use mailbox::{Watched, watch_mailbox};
pub use plan::{Changed, Planned, change, freeze, may_leave, plan, plan_and_freeze, preview, replan, skip};
pub use replay::{ReplayedWeek, replay};
pub use trial::{Trial, try_source};
pub use upkeep::{catch_up_index, learn_and_retag};
pub use weeks::{Week, weeks_of_pages, weeks_of_people};

/// What stops a whole pass; one bad source, item or address never does.
#[derive(Debug, Error)]
pub enum PipelineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A template.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The relay cannot be prepared.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// A secret is missing.
    #[error("{0}")]
    Secret(String),
    /// The machine cannot do TLS or randomness.
    #[error("this machine cannot start the web client: {0}")]
    Machine(String),
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Everything a pass works with: configuration, store, index and web client.
#[derive(Debug)]
pub struct Workshop {
    /// The configuration in force.
    pub config: Config,
    /// Where data lie.
    pub data: PathBuf,
    /// The store.
    pub store: Store,
    /// The index.
    pub index: SearchIndex,
    /// The web client.
    pub web: Web,
    /// Turns for work that keeps a processor busy: as many as there are processors, so that a harvest of many sources
    /// holds the memory of few.
    processors: Semaphore,
    /// The last weeks, as grouping sees them; empty until the first harvest.
    pub archive: tokio::sync::Mutex<Archive>,
    /// A model of meaning from outside, where one is configured and can be opened.
    pub outside: Option<Outside>,
    /// What items are judged by, and when that was learnt.
    judges: tokio::sync::Mutex<Option<(Option<Timestamp>, keep::Judges)>>,
    /// False leaves the index where it is while harvesting, until [`catch_up_index`]: for measuring what it costs.
    pub indexing: bool,
}

impl Workshop {
    /// Opens the store and the index in `data`, made if need be.
    ///
    /// # Errors
    /// See [`PipelineError`].
    pub async fn open(config: Config, data: &Path) -> Result<Self, PipelineError> {
        make_data_dir(data)?;
        let store = open_store(&config, data).await?;
        let index = SearchIndex::open(&index_dir(data), store.identity())?;
        let web = web_client(&config)?;
        let outside = outside_model(&config);
        Ok(Workshop {
            data: data.to_path_buf(),
            config,
            store,
            index,
            web,
            processors: processors(),
            archive: tokio::sync::Mutex::default(),
            outside,
            judges: tokio::sync::Mutex::default(),
            indexing: true,
        })
    }

    /// Does `work` on a thread that may be busy, when a processor is free. `None` when it panicked.
    async fn busy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _turn = self.processors.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }

    /// Does work on something large as [`Workshop::busy`] does, but alone: two of its kind would take twice the memory.
    async fn busy_alone<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _turns = self.processors.acquire_many(turns()).await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }

    /// Puts another configuration in force.
    ///
    /// # Errors
    /// When the web client cannot be made.
    pub fn reconfigure(&mut self, config: Config) -> Result<(), PipelineError> {
        self.web = web_client(&config)?;
        if self.config.settings.outside_model != config.settings.outside_model {
            self.outside = outside_model(&config);
        }
        self.config = config;
        self.judges = tokio::sync::Mutex::default();
        Ok(())
    }
}

/// The store of a configuration: a file of the data folder, or a PostgreSQL database.
///
/// # Errors
/// When it cannot be opened, or the secret that names it cannot be read.
pub async fn open_store(config: &Config, data: &Path) -> Result<Store, PipelineError> {
    match &config.settings.store {
        StoreSettings::Sqlite => Ok(Store::open(data).await?),
        StoreSettings::Postgres(url) => Ok(Store::connect(url).await?),
        StoreSettings::PostgresAt(secret) => {
            let url = secret.read(&config.dir).map_err(PipelineError::Secret)?;
            Ok(Store::connect(url.expose()).await?)
        }
    }
}

/// The model from outside; one that cannot be opened is told and done without.
fn outside_model(config: &Config) -> Option<Outside> {
    let path = config.settings.outside_model.as_deref()?;
    match Outside::open(path) {
        Ok(outside) => Some(outside),
        Err(error) => {
            tracing::warn!(%error, "the model from outside is done without");
            None
        }
    }
}

fn processors() -> Semaphore {
    Semaphore::new(usize::try_from(turns()).unwrap_or(2))
}

/// As many as there are processors.
fn turns() -> u32 {
    std::thread::available_parallelism().ok().and_then(|count| u32::try_from(count.get()).ok()).unwrap_or(2)
}

/// The folder of the index inside the data folder.
pub fn index_dir(data: &Path) -> PathBuf {
    data.join("search")
}

/// The web client of a configuration.
///
/// # Errors
/// When this machine cannot do TLS.
pub fn web_client(config: &Config) -> Result<Web, PipelineError> {
    let fetching = &config.settings.fetching;
    let settings = WebSettings {
        at_once: fetching.at_once,
        per_host: fetching.per_host,
        pause: fetching.pause,
        timeout: fetching.timeout,
        max_bytes: fetching.max_bytes,
        contact: config.settings.contact.clone(),
        subscribers: config.ambassadors.iter().filter(|person| person.enabled).count(),
    };
    Web::new(settings).map_err(|error| PipelineError::Machine(error.to_string()))
}

/// Names the rules that tags and classes follow, so that items judged by others are seen.
fn rules_fingerprint(config: &Config) -> String {
    let line = &config.line;
    let classes: Vec<_> = config.sources.iter().map(|source| (&source.id, source.confidentiality)).collect();
    let markings = crate::tag::markings::VERSION;
    let rules = format!("{:?} {:?} {:?} {classes:?} {markings}", line.topics, line.exclusions, line.actors);
    blake3::hash(rules.as_bytes()).to_hex()[..16].to_owned()
}

/// The item with the class that its source has now: a source made internal takes all its items back at once.
fn with_class_in_force(shop: &Workshop, mut item: Item) -> Item {
    let class = shop.config.source(&item.source).map(|source| source.confidentiality);
    item.class = class.unwrap_or(Confidentiality::Internal);
    item
}

/// Makes the data folder, for its owner only: it holds names, addresses and what is internal.
///
/// # Errors
/// [`PipelineError::Folder`].
pub fn make_data_dir(data: &Path) -> Result<(), PipelineError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.map_err(|source| PipelineError::Folder { path: data.to_path_buf(), source })
}

/// The instant `days` before `now`.
fn days_before(now: Timestamp, days: u16) -> Timestamp {
    now.checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}
