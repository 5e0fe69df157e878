//! `meteor demo`: a whole small event, watched live and checked at its end.

use std::process::ExitCode;

use anyhow::Result;

use super::Command;
use crate::demo::{Options, run};
use crate::signals::stop_when_told;

const AFTER_HELP: &str = "\
On a real node:
  scripts/node/node.py up --gen 0.61 --home /tmp/chain    (builds it once, prints its RPC address)
  meteor demo --node http://127.0.0.1:PORT
Where blocks take longer, showers should too: --seconds 120 for blocks of six seconds.";

/// Hold a whole small event on this machine: dev chain, contracts, wallets, page.
///
/// It checks itself at the end: exit code 1 means that a check failed.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Demo {
    #[command(flatten)]
    options: Options,
}

impl Command for Demo {
    async fn run(self) -> Result<ExitCode> {
        match run(&self.options, &stop_when_told(), |_| ()).await? {
            Some(summary) if !summary.good => Ok(ExitCode::FAILURE),
            _ => Ok(ExitCode::SUCCESS),
        }
    }
}
