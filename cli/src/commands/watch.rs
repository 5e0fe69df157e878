//! `meteor watch`: looks at the public site from outside and at the event on the chain, as metrics or once.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use meteor_operator::launch::Launch;
use meteor_operator::node::Node;
use reqwest::Url;

use super::{Command, PARTLY};
use crate::event::{EVENT_FILE, Event, recorded};
use crate::out::{self, complain, report, say};
use crate::signals::stop_when_told;
use crate::watch::metrics::Board;
use crate::watch::site::Site;
use crate::watch::{Look, Verdict, chain, site};

/// Watch the public site from outside, and the event on the chain, until Ctrl-C.
///
/// Run it where no other part of the event runs. It has no key. What differs from the event's file is said once, and is
/// in the metrics for as long as it lasts. With --once the exit code is 1 if something is wrong, and 3 if something could
/// not be looked at.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Watch {
    #[command(flatten)]
    event: Event,
    /// Where the public finds page and API. Left out, only the chain is watched
    #[arg(long, value_name = "URL", requires = "release")]
    site: Option<Url>,
    /// The release that was announced: the hash with which scripts/page ends
    #[arg(long, value_name = "HASH", requires = "site")]
    release: Option<String>,
    /// An image that must be there; may be repeated. One whose address ends in a CID must be that image
    #[arg(long, value_name = "URL", requires = "site")]
    image: Vec<Url>,
    /// The launch file: roles, payees and admin must be those
    #[arg(long, value_name = "FILE")]
    launch: Option<PathBuf>,
    /// An account that pays fees without a role, such as the worker's; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    worker: Vec<String>,
    /// A relay of the beacon, where it is not drand's; may be repeated
    #[arg(long, value_name = "URL")]
    beacon_url: Vec<String>,
    /// Seconds between two looks
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Where to answer /healthz, /readyz and /metrics, for example 127.0.0.1:9092
    #[arg(long, value_name = "ADDRESS", conflicts_with = "once")]
    admin: Option<SocketAddr>,
    /// Look once and say everything
    #[arg(long)]
    once: bool,
    /// Say it as JSON, an object a line
    #[arg(long)]
    json: bool,
}

impl Command for Watch {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let stop = stop_when_told();
        let every = Duration::from_secs(self.every);
        let board = Board::new(every);
        if let Some(listen) = self.admin {
            say!("admin: http://{}", board.serve(listen).await?);
        }
        let (site, event) = self.open()?;
        let mut told = Look::default();
        loop {
            let look = tokio::select! {
                look = looked(site.as_ref(), &event) => look,
                // A look that was broken off has not found everything right.
                () = stop.cancelled() => return Ok(if self.once { ExitCode::from(PARTLY) } else { ExitCode::SUCCESS }),
            };
            // Every minute the same would hide what is new.
            let news = |check, verdict| {
                self.once || !told.findings.iter().any(|old| (old.check, old.verdict) == (check, verdict))
            };
            for found in look.findings.iter().filter(|found| news(found.check, found.verdict)) {
                let (check, says) = (found.check, &found.says);
                match found.verdict {
                    Verdict::Right => {
                        report!("right", {"check": check, "said": says}, "right    {check}: {says}");
                    }
                    Verdict::Wrong => {
                        complain!("wrong", {"check": check, "said": says}, "WRONG    {check}: {says}");
                    }
                    Verdict::Unknown => {
                        complain!("unknown", {"check": check, "said": says}, "unknown  {check}: {says}");
                    }
                }
            }
            board.put(look.clone());
            if self.once {
                return Ok(match (look.has(Verdict::Wrong), look.has(Verdict::Unknown)) {
                    (true, _) => ExitCode::FAILURE,
                    (false, true) => ExitCode::from(PARTLY),
                    (false, false) => ExitCode::SUCCESS,
                });
            }
            told = look;
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
            }
        }
    }
}

impl Watch {
    fn open(&self) -> Result<(Option<Site>, chain::Watched)> {
        let file = self.event.file().with_context(|| {
            format!("no event's file is named, and there is no {EVENT_FILE} here: what is seen is compared with it (--event FILE)")
        })?;
        let (record, event) = recorded(&file)?;
        let nodes = if self.event.node.is_empty() { &record.nodes } else { &self.event.node };
        let launch = self.launch.as_ref().map(|path| {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
            Launch::parse(&text).with_context(|| path.display().to_string())
        });
        let site = self.site.clone().zip(self.release.clone());
        let site = site.map(|(url, release)| Site { url, release, images: self.image.clone() });
        let event = chain::Watched {
            node: Node::pool(nodes)?,
            gas_price: record.gas_price.parse()?,
            event,
            record,
            launch: launch.transpose()?,
            workers: self.worker.clone(),
            relays: self.beacon_url.clone(),
        };
        Ok((site, event))
    }
}

async fn looked(site: Option<&Site>, event: &chain::Watched) -> Look {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (mut look, told) = match site {
        Some(site) => site::look(site, &event.event, now).await,
        None => (Look::default(), None),
    };
    look.add(chain::look(event, told.as_deref(), now).await);
    look
}
