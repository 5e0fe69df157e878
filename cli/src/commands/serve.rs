//! `meteor serve`: the indexer embedded, for a team that wants one binary. The public runs `meteor-indexer`,
//! which links nothing that could hold a key.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use meteor_indexer::Settings;

use super::Command;
use crate::catalogue;
use crate::event::{event_file, one_event, recorded};
use crate::out::{say, tell};
use crate::signals::stop_when_told;

/// Follow the chain and serve page and API, as meteor-indexer does.
///
/// Options count before meteor.toml, that before the environment, and that before the event's file; but two that name
/// different events are refused. Exit code 64 means that the configuration can't be used.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Serve {
    /// The event: the file that meteor deploy wrote. It names nodes, contract, height and gas price where nothing else
    /// does, and the catalogue lies beside it [default: deployment.json, if it is in this folder]
    #[arg(long, value_name = "FILE", env = "METEOR_EVENT")]
    event: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

/// Exit code for a configuration that can't be used.
const BAD_CONFIG: u8 = 64;

impl Command for Serve {
    async fn run(self) -> Result<ExitCode> {
        let stop = stop_when_told();
        let event = event_file(self.event.as_deref(), self.settings.contract.as_deref());
        let deployed = event.as_deref().map(deployed).transpose()?.unwrap_or_default();
        if let Err(error) = self.one_event(&deployed) {
            tell!("error: {}", crate::out::in_words(&error));
            return Ok(ExitCode::from(BAD_CONFIG));
        }
        let config = match self.settings.over(deployed).check() {
            Ok(config) => config,
            Err(error) => {
                tell!("error: {}", crate::out::in_words(&error.into()));
                return Ok(ExitCode::from(BAD_CONFIG));
            }
        };
        let server = meteor_indexer::start(config).await?;
        say!("page and API: http://{}   admin: http://{}", server.public_addr(), server.admin_addr());
        stop.cancelled().await;
        server.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

impl Serve {
    /// Refuses names of different events: one of them would be the wrong one.
    fn one_event(&self, deployed: &Settings) -> Result<()> {
        let named = [
            ("--contract or METEOR_CONTRACT", self.settings.contract.clone()),
            ("the event's file", deployed.contract.clone()),
        ];
        if named.iter().any(|(_, contract)| contract.is_some()) {
            one_event(&named)?;
        }
        Ok(())
    }
}

/// What an event's file says of the event to follow.
fn deployed(path: &Path) -> Result<Settings> {
    let (record, event) = recorded(path)?;
    // Where meteor deploy keeps it.
    let catalogue = Some(path.with_file_name(catalogue::FILE)).filter(|file| file.exists());
    Ok(Settings {
        node: record.nodes,
        contract: Some(event.shower),
        chain_id: Some(event.chain_id),
        start_height: Some(event.height),
        catalogue,
        gas_price: Some(record.gas_price),
        ..Settings::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_names_of_different_events_are_refused() {
        let of = |contract: &str| Settings { contract: Some(contract.to_owned()), ..Settings::default() };
        let serve = |settings| Serve { event: None, settings };
        assert!(serve(of("a")).one_event(&of("a")).is_ok());
        assert!(
            serve(Settings::default()).one_event(&Settings::default()).is_ok(),
            "check() says what is missing"
        );
        assert!(serve(of("a")).one_event(&of("b")).is_err());
    }
}
