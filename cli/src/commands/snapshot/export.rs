//! `meteor snapshot export`: a snapshot as tables that people and spreadsheets read.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use data_encoding::HEXUPPER;
use meteor_chain::{time, with_causes};
use meteor_indexer::fold::State;
use meteor_indexer::view::View;
use meteor_rules::NANOS_PER_SECOND;
use serde_json::json;

use super::Of;
use crate::commands::Command;
use crate::out::say;

/// Write a snapshot as tables: event.json, and for each shower its contributions, ranking and meteors as CSV.
///
/// The newest snapshot that can be used is taken, unless --height names another. The tables are those that the
/// indexer serves (docs/integrators.md); amounts are in the denom's smallest unit, times in UTC.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Export {
    #[command(flatten)]
    of: Of,
    /// The folder to write into; it must be empty or not exist
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// The snapshot of this height
    #[arg(long)]
    height: Option<u64>,
}

impl Command for Export {
    async fn run(self) -> Result<ExitCode> {
        let (files, held) = self.of.held().await?;
        let [held] = held.as_slice() else {
            let contracts: Vec<_> = held.iter().map(super::title).collect();
            bail!("the store holds several events, name one with --contract: {}", contracts.join("; "));
        };
        let mut why = None;
        for named in held.snapshots(&files).await?.iter().rev() {
            if self.height.is_some_and(|height| height != named.height) {
                continue;
            }
            let Some(opened) = held.open(&files, named).await? else { continue };
            match opened.state {
                Ok(state) => {
                    write(&state, &self.to)?;
                    say!("{} is in {}", named.name, self.to.display());
                    return Ok(ExitCode::SUCCESS);
                }
                Err(error) => why = Some(format!("{}: {}", named.name, with_causes(&error))),
            }
        }
        match why {
            Some(why) => bail!("no snapshot can be used: {why}"),
            None => bail!("there is no such snapshot: meteor snapshot ls shows those there are"),
        }
    }
}

/// Writes the tables of a state into a folder.
fn write(state: &State, folder: &Path) -> Result<()> {
    let making = || format!("making {}", folder.display());
    fs::create_dir_all(folder).with_context(making)?;
    let empty = fs::read_dir(folder).with_context(making)?.next().is_none();
    ensure!(empty, "{} is not empty: name another folder with --to", folder.display());
    let prefix = state.contract.rsplit_once('1').map_or("", |(prefix, _)| prefix);
    let view = View::new(state, prefix, None);
    fs::write(folder.join("event.json"), serde_json::to_vec_pretty(&event(state))?).with_context(making)?;
    for number in state.showers.iter().map(|shower| shower.number) {
        let Some(shower) = view.shower(number) else { continue };
        let folder = folder.join(format!("shower-{number}"));
        fs::create_dir(&folder).with_context(making)?;
        table(&folder.join("contributions.csv"), shower.history())?;
        table(&folder.join("ranking.csv"), shower.whole_ranking())?;
        table(&folder.join("meteors.csv"), view.meteors(shower))?;
    }
    Ok(())
}

fn table(path: &Path, pieces: impl Iterator<Item = impl AsRef<[u8]>>) -> Result<()> {
    let writing = || format!("writing {}", path.display());
    let mut file = fs::File::create_new(path).with_context(writing)?;
    for piece in pieces {
        file.write_all(piece.as_ref()).with_context(writing)?;
    }
    Ok(())
}

/// What there is to say of the whole event.
fn event(state: &State) -> serde_json::Value {
    let launched = state.launched.as_ref().map(|launched| {
        let amounts = |of: &std::collections::BTreeMap<String, u128>| {
            of.iter()
                .map(|(who, amount)| (who.clone(), amount.to_string().into()))
                .collect::<serde_json::Map<_, _>>()
        };
        json!({
            "config": launched.config,
            "chain_id": launched.chain_id,
            "owner": launched.owner,
            "pending_owner": launched.pending_owner,
            "operator": launched.operator,
            "guardian": launched.guardian,
            "paused": launched.paused_since.is_some(),
            "booked": amounts(&launched.booked),
            "paid": amounts(&launched.paid),
        })
    });
    json!({
        "chain_id": state.chain_id,
        "contract": state.contract,
        "start_height": state.first,
        "height": state.at.height,
        "time": time::utc(state.at.time_ns / NANOS_PER_SECOND),
        "hash": HEXUPPER.encode(&state.at.hash),
        "contracts": {
            "meteors": state.contracts.meteors,
            "hatchery": state.contracts.hatchery,
            "eggs": state.contracts.eggs,
            "dust": state.contracts.dust,
        },
        "wallets": state.wallets.len(),
        "contributions": state.contributions,
        "alarms": state.alarms.count,
        "launch": launched,
    })
}
