//! Rounds of a beacon from several relays. The first that sends the right one is believed: its signature is
//! checked.

use std::time::Duration;

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
    /// How long to wait after a round of failures; doubled each time, up to half a minute.
    pub wait: Duration,
}

impl BeaconConfig {
    /// A beacon and its relays, with the usual times: five seconds an answer, a second after a failure.
    /// Where no relay is named and the beacon is drand's quicknet, its relays are those of drand.
    pub fn new(mut network: Network, mut urls: Vec<String>) -> Self {
        if network.is_quicknet() {
            // With its hash: relays of drand's serve several beacons.
            network = Network::quicknet();
            if urls.is_empty() {
                urls = QUICKNET_RELAYS.map(str::to_owned).to_vec();
            }
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

/// How often a relay that is down is asked which beacon it serves.
const CHECKS: u32 = 3;

/// A client of one beacon. It has no clock: whoever asks goes by the chain's.
#[derive(Clone, Debug)]
pub struct BeaconClient {
    network: Network,
    sources: Vec<Source>,
    wait: Duration,
}

impl BeaconClient {
    /// A client. Asks nobody yet.
    ///
    /// # Errors
    /// [`BeaconError::Config`] without relays, for a bad address, or for a period of 0.
    pub fn new(config: BeaconConfig) -> Result<Self, BeaconError> {
        if config.urls.is_empty() {
            return Err(BeaconError::Config("name its relays with --beacon-url: only quicknet's are known"));
        }
        if config.network.period == 0 {
            return Err(BeaconError::Config("its period must be at least a second"));
        }
        let sources =
            config.urls.iter().map(|url| Source::new(url, config.timeout)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { network: config.network, sources, wait: config.wait })
    }

    /// The beacon.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The round, asking each source once, in order, until one sends it.
    ///
    /// # Errors
    /// [`BeaconError::NoSuchRound`] without asking anybody; [`BeaconError::NoSource`] with what was wrong with each.
    pub async fn round(&self, round: u64) -> Result<Fetched, BeaconError> {
        self.network.due(round)?;
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

    /// How long to wait after failure number `attempt` (from 1) before the relays are asked again. One that is only a
    /// little late isn't kept waiting for long.
    pub(crate) fn pause(&self, attempt: u32, faults: &[SourceFault]) -> Duration {
        if faults.iter().all(|source| matches!(source.fault, Fault::NotYet(_))) {
            backoff::spread(self.wait)
        } else {
            backoff::after(self.wait, backoff::LONGEST, attempt)
        }
    }

    /// Asks every relay which beacon it serves, and drops those that serve no beacon or another. One that is down
    /// stays, if another is right: it may be up when it is needed. Answers with what was wrong with whom.
    ///
    /// # Errors
    /// [`BeaconError::NoRelay`] if none serves the beacon, those asked again that were down.
    pub async fn check(&mut self) -> Result<Vec<SourceFault>, BeaconError> {
        let mut attempt = 1;
        loop {
            let (mut faults, mut kept, mut right) = (Vec::new(), Vec::new(), false);
            for mut source in self.sources.clone() {
                match source.check(&self.network).await {
                    Ok(()) => {
                        right = true;
                        kept.push(source);
                    }
                    Err(fault) => {
                        let url = source.url().to_owned();
                        if fault.may_pass() {
                            kept.push(source);
                        }
                        faults.push(SourceFault { url, fault });
                    }
                }
            }
            if right {
                self.sources = kept;
                return Ok(faults);
            }
            if kept.is_empty() || attempt == CHECKS {
                return Err(BeaconError::NoRelay { faults });
            }
            tokio::time::sleep(backoff::after(self.wait, backoff::LONGEST, attempt)).await;
            attempt = attempt.saturating_add(1);
        }
    }
}

fn note(round: u64, url: &str, fault: &Fault) {
    if fault.is_lie() {
        tracing::error!(round, url, %fault, "a relay of the beacon lies: take it out of the configuration");
    } else {
        tracing::debug!(round, url, %fault, "a relay of the beacon is skipped");
    }
}
