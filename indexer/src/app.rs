//! What the follower, the public API and the admin API share.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::UNIX_EPOCH;

use arc_swap::{ArcSwap, ArcSwapOption, Guard};
use axum::http::HeaderValue;
use axum::response::Response;
use bytes::Bytes;
use foldhash::fast::RandomState;
use meteor_chain::Pool;
use meteor_messages::shower::InstantiateMsg;
use meteor_rules::catalogue::described;
use meteor_rules::fairness::content;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::api::{Hashes, Readers};
use crate::config::{Config, Source};
use crate::error::IndexerError;
use crate::health::Health;
use crate::images::{self, Digest, Images};
use crate::latency::Latency;
use crate::mark::Mark;
use crate::models::ServerState;
use crate::port::Caps;
use crate::standing::{Standing, standing};
use crate::store::{Files, Queue, StoreHealth};
use crate::tax::LastTax;
use crate::view::{Page, View};

/// Most requests that are passed on to nodes at once.
pub const UPSTREAM: usize = 64;

/// Everything shared.
#[derive(Debug)]
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The nodes.
    pub pool: Pool,
    /// How well following the chain goes.
    pub health: Health,
    /// The tables file, if one is configured.
    pub tables: Option<Tables>,
    /// The catalogue, if one is configured.
    pub catalogue: Option<CatalogueFile>,
    /// The event's pictures, if a store of them is configured.
    pub(crate) images: Option<Images>,
    /// The chain's tax on coins that are sent.
    pub(crate) tax: LastTax,
    /// How long answers of the public API take.
    pub latency: Latency,
    /// When this process started, by this machine's clock (Unix seconds).
    pub(crate) started: u64,
    /// Places for live connections.
    pub(crate) streams: Caps,
    /// Permits for requests that are passed on to nodes.
    pub upstream: Arc<Semaphore>,
    /// Transactions passed on.
    pub relayed: Relayed,
    /// Hashes of transactions that nodes have told.
    pub(crate) hashes: Hashes,
    /// Who reads tables that change.
    pub(crate) readers: Readers,
    /// Where snapshots and segments are kept, if anywhere.
    pub(crate) files: Option<Arc<Files>>,
    /// What waits to be kept.
    pub(crate) queue: Queue,
    /// How keeping goes.
    pub store_health: Arc<StoreHealth>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// True once clients should go elsewhere, because the server stops soon.
    pub draining: Arc<AtomicBool>,
    view: ArcSwap<View>,
    /// What answers are marked with now; usually nothing.
    mark: ArcSwapOption<Mark>,
    /// Held while that is worked out: nobody may replace a newer mark by an older one.
    marking: Mutex<()>,
    published: watch::Sender<u64>,
}

/// Transactions passed on since the start, by what came of it.
#[derive(Debug, Default)]
pub struct Relayed {
    /// Those that a node took.
    pub taken: AtomicU64,
    /// Those that the chain refused.
    pub refused: AtomicU64,
    /// Those that may or may not have arrived.
    pub unknown: AtomicU64,
}

/// The tables file. It is served only if the chain names its hash.
#[derive(Debug)]
pub struct Tables {
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// The pictures of eggs and dust; none if the bytes are no tables.
    images: HashSet<Digest, RandomState>,
    /// The file, ready to send.
    pub page: Page,
}

impl Tables {
    fn new(bytes: &[u8]) -> Self {
        let json = HeaderValue::from_static("application/json");
        let read = serde_json::from_slice::<content::Tables>(bytes);
        Self {
            hash: Sha256::digest(bytes).into(),
            images: read.as_ref().map(images::of_recipes).unwrap_or_default(),
            page: Page::file(json, bytes.to_vec(), []),
        }
    }
}

/// The catalogue's file. It is served only if the launch committed to it: anyone mints from what is served here.
#[derive(Debug)]
pub struct CatalogueFile {
    bytes: Bytes,
    /// Its pictures if it is the launch's, once that was asked.
    fits: OnceLock<Option<HashSet<Digest, RandomState>>>,
    /// The file, ready to send.
    pub page: Page,
}

impl CatalogueFile {
    fn new(bytes: Vec<u8>) -> Self {
        let csv = HeaderValue::from_static("text/csv; charset=utf-8");
        let bytes = Bytes::from(bytes);
        Self { page: Page::file(csv, bytes.clone(), []), bytes, fits: OnceLock::new() }
    }

    /// Whether the launch committed to it. A launch never changes, so this is computed once.
    pub fn fits(&self, launch: &InstantiateMsg) -> bool {
        self.images(launch).is_some()
    }

    /// Its pictures; `None` if the launch didn't commit to it.
    fn images(&self, launch: &InstantiateMsg) -> Option<&HashSet<Digest, RandomState>> {
        let read = || {
            let catalogue = described::read(&self.bytes, &launch.meteors.template).ok()?.catalogue;
            let fits = launch.catalogue.iter().all(|(tier, wanted)| {
                let given = catalogue.committed(tier);
                given.is_some_and(|it| it.count == wanted.count && wanted.root.as_slice() == it.root)
            });
            fits.then(|| images::of_tiers(&catalogue))
        };
        self.fits.get_or_init(read).as_ref()
    }
}

impl App {
    /// For a configuration, before any block.
    ///
    /// # Errors
    /// [`IndexerError::Http`] if no HTTP client can be made, [`IndexerError::Store`] if the store's place can't be used.
    pub fn new(config: Config) -> Result<Arc<Self>, IndexerError> {
        Ok(Arc::new(Self {
            files: config.store.as_ref().map(Files::open).transpose()?.map(Arc::new),
            queue: Queue::new(config.segment_blocks),
            store_health: Arc::default(),
            pool: Pool::new(&config.rpc)?,
            tables: config.tables.as_deref().map(Tables::new),
            catalogue: config.catalogue.clone().map(CatalogueFile::new),
            health: Health::default(),
            images: config.images.as_ref().map(Files::open_for_reading).transpose()?.map(Images::new),
            tax: LastTax::default(),
            latency: Latency::default(),
            started: UNIX_EPOCH.elapsed().unwrap_or_default().as_secs(),
            streams: Caps::new(config.max_streams, config.max_streams_per_address),
            upstream: Arc::new(Semaphore::new(UPSTREAM)),
            relayed: Relayed::default(),
            hashes: Hashes::default(),
            readers: Readers::default(),
            stop: CancellationToken::new(),
            draining: Arc::default(),
            view: ArcSwap::from_pointee(View::empty()),
            mark: ArcSwapOption::empty(),
            marking: Mutex::new(()),
            published: watch::Sender::new(0),
            config,
        }))
    }

    /// Whether a picture is one of the event with this launch: of the catalogue that it committed to, or of its tables.
    pub(crate) fn has_image(&self, launch: &InstantiateMsg, image: &Digest) -> bool {
        let meteors = self.catalogue.as_ref().and_then(|catalogue| catalogue.images(launch));
        let tables = self.tables.as_ref();
        let others = tables.filter(|tables| launch.fairness.tables.as_slice() == tables.hash);
        meteors.is_some_and(|all| all.contains(image)) || others.is_some_and(|it| it.images.contains(image))
    }

    /// Packs the files that are configured, for clients that take them packed. They may be large: this can take a second,
    /// in which they are sent as they are.
    pub fn pack_files(&self) {
        let tables = self.tables.as_ref().map(|tables| &tables.page);
        let catalogue = self.catalogue.as_ref().map(|catalogue| &catalogue.page);
        tables.into_iter().chain(catalogue).for_each(Page::pack);
    }

    /// The view that requests are answered from.
    pub fn view(&self) -> Guard<Arc<View>> {
        self.view.load()
    }

    /// The same view, for keeping it longer.
    pub fn view_full(&self) -> Arc<View> {
        self.view.load_full()
    }

    /// Replaces the view and wakes everyone who waits for a height.
    pub fn publish(&self, mut view: View) {
        let height = view.at.height;
        let old = self.view();
        view.anew = old.anew.saturating_add(u64::from(view.previous != old.at.height));
        drop(old);
        if height > 0 && height >= self.health.tip() {
            self.health.lag.observe(view.at.time_ns);
        }
        self.view.store(Arc::new(view));
        self.health.advanced();
        // Last, so that whoever learns of a height finds its view.
        self.published.send_replace(height);
    }

    /// Says in every answer's headers from now on what answers are worth. Who follows calls it whenever that may have
    /// changed; working it out for each request would cost too much.
    pub(crate) fn remark(&self) {
        let _marking = self.marking.lock().unwrap_or_else(PoisonError::into_inner);
        let one_node = self.health.agreement.one_node().map(|(height, _)| height);
        let mark = Mark::of(self.state(), one_node);
        if self.mark.load().as_deref() != mark.as_ref() {
            self.mark.store(mark.map(Arc::new));
        }
    }

    /// Marks an answer, if answers are not what they usually are.
    pub(crate) fn mark(&self, answer: &mut Response) {
        if let Some(mark) = &*self.mark.load() {
            mark.put(answer);
        }
    }

    /// The published heights; only the latest is kept.
    pub fn heights(&self) -> watch::Receiver<u64> {
        self.published.subscribe()
    }

    /// Number of open live connections.
    pub fn live(&self) -> usize {
        self.streams.taken()
    }

    /// Whether this replica should serve the public.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn ready(&self) -> Result<(), String> {
        let view = self.view();
        let (height, tip) = (view.at.height, self.health.tip());
        if self.draining.load(Ordering::Relaxed) {
            return Err("stopping".to_owned());
        }
        if let Some(why) = self.health.halted() {
            return Err(format!("halted at height {height}: {why}"));
        }
        if let Some(why) = self.health.lacks() {
            return Err(format!("can't follow: at height {height}: {why}"));
        }
        if height == 0 {
            return Err("no block has been read yet".to_owned());
        }
        // Compared with the best known tip, not with the clock: a stalled chain must not take out every
        // replica.
        let lag = tip.saturating_sub(height);
        if lag > self.config.ready_lag {
            return Err(format!("catching up: at height {height} of {tip}, {lag} blocks behind"));
        }
        if self.standing() == Standing::CantFollow {
            let since = self.health.since_advance().unwrap_or_default().as_secs();
            let why = self.health.last_error().map_or_else(String::new, |(_, error)| format!(": {error}"));
            return Err(format!("can't follow: at height {height} since {since} seconds{why}"));
        }
        Ok(())
    }

    /// Whether blocks come, and if not, whether that is the chain. Replicas that follow the store ask no node.
    pub(crate) fn standing(&self) -> Standing {
        if self.health.lacks().is_some() {
            return Standing::CantFollow;
        }
        match (self.config.source, self.health.since_advance()) {
            (Source::Node, Some(since)) => {
                standing(since, self.config.stall, self.view().at.height, || self.pool.health())
            }
            (Source::Node, None) | (Source::Store, _) => Standing::Advancing,
        }
    }

    /// What answers are worth, for whoever reads them.
    pub(crate) fn state(&self) -> ServerState {
        if self.health.halted().is_some() {
            return ServerState::Halted;
        }
        // What a snapshot says may be old: until a node has answered, nobody knows how old.
        if self.config.source == Source::Node && self.health.tip() == 0 {
            return ServerState::CantFollow;
        }
        let lag = self.health.tip().saturating_sub(self.view().at.height);
        let behind = lag > self.config.ready_lag || !self.health.current.load(Ordering::Relaxed);
        match self.standing() {
            Standing::CantFollow => ServerState::CantFollow,
            Standing::Advancing | Standing::ChainStands if behind => ServerState::CatchingUp,
            Standing::Advancing => ServerState::Following,
            Standing::ChainStands => ServerState::ChainStands,
        }
    }
}
