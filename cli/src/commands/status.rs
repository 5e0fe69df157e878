//! `meteor status`: the cockpit of an event. What is shown is in `cockpit`.

use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail, ensure};

use meteor_operator::gas::GasPrice;

use super::{Command, PARTLY};
use crate::cockpit::{Cockpit, Seen};
use crate::event::{Event, Found};
use crate::out::{gone, stdout};
use crate::terminal::size;

/// How wide the lines are: as the terminal, but for more a reader's eye has to travel too far, and in less nothing fits.
/// Elsewhere as wide as most terminals.
const WIDEST: usize = 100;
const NARROWEST: usize = 40;
const ELSEWHERE: usize = 80;
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
            let terminal = size(std::io::stdout());
            let width = terminal.map_or(ELSEWHERE, |(columns, _)| columns.clamp(NARROWEST, WIDEST));
            let text = self.text(&cockpit, width)?;
            if !self.watch {
                // It is what was asked for: said with --quiet, too.
                stdout(format_args!("{}\n", text.trim_end()));
                let partly = !cockpit.unknown().is_empty();
                return Ok(if partly { ExitCode::from(PARTLY) } else { ExitCode::SUCCESS });
            }
            match terminal {
                Some((_, rows)) if !self.json => stdout(format_args!("{CLEAR}{}\n", top(&text, rows))),
                Some(_) | None => {
                    let end = if self.json { "" } else { "\n" };
                    stdout(format_args!("{}\n{end}", text.trim_end()));
                }
            }
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

    fn text(&self, cockpit: &Cockpit, width: usize) -> Result<String> {
        match self.shower {
            _ if self.json => Ok(serde_json::to_string(cockpit)?),
            Some(shower) => Ok(cockpit.full(shower, width).unwrap_or_else(|| cockpit.screen(width))),
            None => Ok(cockpit.screen(width)),
        }
    }
}

/// As much of `text` as a terminal of `rows` shows with a free line below: what scrolls off its top would be missed.
fn top(text: &str, rows: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let room = rows.saturating_sub(1);
    if lines.len() <= room {
        return lines.join("\n");
    }
    let (shown, hidden) = lines.split_at(room.saturating_sub(1).min(lines.len()));
    let marked = hidden.iter().filter(|line| line.starts_with('!')).count();
    let marked = if marked > 0 { format!(", {marked} of them marked !") } else { String::new() };
    let mark = if marked.is_empty() { ' ' } else { '!' };
    let more = format!("{mark} {} more lines{marked}: meteor status", hidden.len());
    [shown, &[&more]].concat().join("\n")
}

/// This machine's clock (Unix seconds): it says how old the chain's last block is.
fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_watched_never_scrolls_off() {
        let text = "one\n  two\n! three\n  four\n";
        assert_eq!(top(text, 5), "one\n  two\n! three\n  four");
        assert_eq!(top(text, 4), "one\n  two\n! 2 more lines, 1 of them marked !: meteor status");
        assert_eq!(top("one\ntwo\nthree\n", 3), "one\n  2 more lines: meteor status");
        assert_eq!(top(text, 1), "! 4 more lines, 1 of them marked !: meteor status");
    }
}
