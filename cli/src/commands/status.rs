//! `meteor status`: the cockpit of an event. What is shown is in `cockpit`.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail, ensure};

use meteor_operator::gas::GasPrice;

use super::{Command, PARTLY};
use crate::cockpit::{Cockpit, Seen};
use crate::event::{Event, Found};
use crate::out::{gone, stdout};

/// How often `--watch` looks. Terra Classic has a block in six seconds.
const LOOK: Duration = Duration::from_secs(5);
/// Clears a terminal: the screen, and what was scrolled off it.
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";

/// Show where an event stands: showers, money, what is next by whom and until when, accounts, keys, the worker.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Status {
    #[command(flatten)]
    event: Event,
    /// Price of a unit of gas, for what is left to do; instead of the event's file's price or 28.325uluna
    #[arg(long)]
    gas_price: Option<GasPrice>,
    /// Show this shower in full
    #[arg(long, value_name = "N")]
    shower: Option<u32>,
    /// Look again every five seconds: redrawn on a terminal, printed anew elsewhere. Ctrl-C ends it
    #[arg(long)]
    watch: bool,
    /// Say it as JSON, an object a line: amounts in micro-denom, times in Unix seconds
    #[arg(long, conflicts_with = "shower")]
    json: bool,
}

impl Command for Status {
    async fn run(self) -> Result<ExitCode> {
        let found = self.event.find(self.gas_price.as_ref()).await?;
        loop {
            let cockpit = self.look(&found).await?;
            let text = self.text(&cockpit)?;
            if !self.watch {
                // It is what was asked for: said with --quiet, too.
                stdout(format_args!("{}\n", text.trim_end()));
                let partly = !cockpit.unknown().is_empty();
                return Ok(if partly { ExitCode::from(PARTLY) } else { ExitCode::SUCCESS });
            }
            if std::io::stdout().is_terminal() {
                stdout(format_args!("{CLEAR}"));
            }
            let end = if self.json { "" } else { "\n" };
            stdout(format_args!("{}\n{end}", text.trim_end()));
            if gone() {
                return Ok(ExitCode::SUCCESS);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Status {
    async fn look(&self, found: &Found) -> Result<Cockpit> {
        let Found { node, chain_id, contract, gas_price, .. } = found;
        let seen = Seen::ask(node, chain_id, contract, gas_price, self.shower).await;
        if let (Some(shower), Some(last)) = (self.shower, seen.count()) {
            ensure!(
                (1..=last).contains(&shower),
                "there is no shower {shower}: they are numbered 1 to {last}"
            );
        }
        // Who watches waits for it to come back.
        if seen.nothing() && !self.watch {
            let why = seen.unknown().first().map(|unknown| unknown.why.clone()).unwrap_or_default();
            bail!("nothing of the event {contract} can be seen: {why}");
        }
        Ok(Cockpit::of(seen, clock()))
    }

    fn text(&self, cockpit: &Cockpit) -> Result<String> {
        match self.shower {
            _ if self.json => Ok(serde_json::to_string(cockpit)?),
            Some(shower) => Ok(cockpit.full(shower).unwrap_or_else(|| cockpit.screen())),
            None => Ok(cockpit.screen()),
        }
    }
}

/// This machine's clock (Unix seconds): it says how old the chain's last block is.
fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
