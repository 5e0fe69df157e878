//! Rounds of a beacon from several relays. The first that sends the right one is believed: its signature is
//! checked.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::source::Source;
use super::{BeaconError, BeaconRound, Fault, Network, SourceFault};
use meteor_chain::backoff;

/// The relays of quicknet that drand names.
const QUICKNET_RELAYS: [&str; 4] = [
    "https://api.drand.sh",
    "https://api2.drand.sh",
    "https://api3.drand.sh",
    "https://drand.cloudflare.com",
];

/// Which beacon, and who relays it.
#[derive(Clone, Debug)]
pub struct BeaconConfig {
    /// The beacon.
    pub network: Network,
    /// Addresses of relays, those preferred first.
    pub urls: Vec<String>,
    /// How long one answer of one relay may take.
    pub timeout: Duration,
    /// How long to wait between looks at the clock and after a round of failures; the latter doubles up to
    /// half a minute.
    pub wait: Duration,
}

impl BeaconConfig {
    /// A beacon and its relays, with the usual times: five seconds an answer, one between looks. Where no
    /// relay is named and the beacon is drand's quicknet, its relays are those of drand.
    pub fn new(mut network: Network, mut urls: Vec<String>) -> Self {
        if urls.is_empty() && network.is_quicknet() {
            network = Network::quicknet();
            urls = QUICKNET_RELAYS.map(str::to_owned).to_vec();
        }
        Self { network, urls, timeout: Duration::from_secs(5), wait: Duration::from_secs(1) }
    }
}

/// A round, who sent it, and what was wrong with those asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The round.
    pub round: BeaconRound,
    /// Who sent it.
    pub url: String,
    /// The relays that were asked before, and why they failed. Tell the operator of those that lie.
    pub faults: Vec<SourceFault>,
}

/// What [`BeaconClient::wait_for`] is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The round isn't due yet.
    NotDue {
        /// Seconds until it is.
        seconds: u64,
    },
    /// No relay sent the round. They will be asked again.
    Failed {
        /// How often they were asked.
        attempt: u32,
        /// What was wrong with each.
        faults: Vec<SourceFault>,
    },
}

type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// A client of one beacon.
#[derive(Clone)]
pub struct BeaconClient {
    network: Network,
    sources: Vec<Source>,
    wait: Duration,
    clock: Clock,
}

impl BeaconClient {
    /// A client by the system's clock. Asks nobody yet.
    ///
    /// # Errors
    /// [`BeaconError::Config`] without relays, for a bad address, or for a period of 0.
    pub fn new(config: BeaconConfig) -> Result<Self, BeaconError> {
        Self::with_clock(config, || {
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
        })
    }

    /// A client by another clock (Unix seconds), such as a dev chain's.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_clock(
        config: BeaconConfig,
        clock: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Result<Self, BeaconError> {
        if config.urls.is_empty() {
            return Err(BeaconError::Config("name its relays with --beacon-url: only quicknet's are known"));
        }
        if config.network.period == 0 {
            return Err(BeaconError::Config("its period must be at least a second"));
        }
        let sources =
            config.urls.iter().map(|url| Source::new(url, config.timeout)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { network: config.network, sources, wait: config.wait, clock: Arc::new(clock) })
    }

    /// The beacon.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The round, asking each source once, in order, until one sends it.
    ///
    /// # Errors
    /// [`BeaconError::NotDue`] without asking anybody; [`BeaconError::NoSource`] with what was wrong with
    /// each.
    pub async fn round(&self, round: u64) -> Result<Fetched, BeaconError> {
        let (due, now) = (self.network.due(round)?, (self.clock)());
        if now < due {
            return Err(BeaconError::NotDue { round, due, now });
        }
        let mut faults = Vec::new();
        for source in &self.sources {
            match source.round(&self.network, round).await {
                Ok(round) => return Ok(Fetched { round, url: source.url().to_owned(), faults }),
                Err(fault) => {
                    note(round, source.url(), &fault);
                    faults.push(SourceFault { url: source.url().to_owned(), fault });
                }
            }
        }
        Err(BeaconError::NoSource { round, faults })
    }

    /// Waits until the round is due and somebody sends it, for as long as that takes; drop the future to give
    /// up.
    ///
    /// # Errors
    /// [`BeaconError::NoSuchRound`]: waiting does not help then.
    pub async fn wait_for(
        &self,
        round: u64,
        mut progress: impl FnMut(Progress) + Send,
    ) -> Result<Fetched, BeaconError> {
        let mut attempt = 0_u32;
        loop {
            let wait = match self.round(round).await {
                Err(BeaconError::NotDue { due, now, .. }) => {
                    let seconds = due.saturating_sub(now);
                    progress(Progress::NotDue { seconds });
                    // The clock may jump, so it is looked at often.
                    self.wait.min(Duration::from_secs(seconds))
                }
                Err(BeaconError::NoSource { faults, .. }) => {
                    attempt = attempt.saturating_add(1);
                    // A relay that is a little late isn't kept waiting for long.
                    let late = faults.iter().all(|source| source.fault == Fault::NotYet);
                    progress(Progress::Failed { attempt, faults });
                    if late {
                        backoff::spread(self.wait)
                    } else {
                        backoff::after(self.wait, backoff::LONGEST, attempt)
                    }
                }
                other => return other,
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Asks every relay for its chain info, and drops those that serve another beacon. One that is down
    /// stays: it may be up when it is needed. Answers with what was wrong with whom.
    ///
    /// # Errors
    /// [`BeaconError::NoRelay`] if all of them serve another beacon.
    pub async fn check(&mut self) -> Result<Vec<SourceFault>, BeaconError> {
        let mut faults = Vec::new();
        let mut kept = Vec::new();
        for source in &self.sources {
            let fault = source.check(&self.network).await.err();
            if !fault.as_ref().is_some_and(Fault::is_lie) {
                kept.push(source.clone());
            }
            faults.extend(fault.map(|fault| SourceFault { url: source.url().to_owned(), fault }));
        }
        if kept.is_empty() {
            return Err(BeaconError::NoRelay { faults });
        }
        self.sources = kept;
        Ok(faults)
    }
}

fn note(round: u64, url: &str, fault: &Fault) {
    if fault.is_lie() {
        tracing::error!(round, url, %fault, "a relay of the beacon lies: take it out of the configuration");
    } else {
        tracing::warn!(round, url, %fault, "a relay of the beacon is skipped");
    }
}

impl fmt::Debug for BeaconClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BeaconClient")
            .field("network", &self.network)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
