//! `meteor snapshot ls`: the snapshots in a store.

use std::process::ExitCode;

use anyhow::Result;
use data_encoding::HEXUPPER;
use meteor_chain::{time, with_causes};
use meteor_rules::NANOS_PER_SECOND;

use super::{Of, title};
use crate::commands::Command;
use crate::out::say;

/// List snapshots: height, block time and hash, size, schema, and whether each can be used.
///
/// Each is read whole, since only that shows whether it is. A snapshot of an older schema is left by an older version;
/// this one begins with what it can read, and makes the rest from the blocks.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Ls {
    #[command(flatten)]
    of: Of,
}

impl Command for Ls {
    async fn run(self) -> Result<ExitCode> {
        let (files, held) = self.of.held().await?;
        for held in held {
            say!("{}", title(&held));
            say!(
                "{:>12}  {:<20}  {:<16}  {:>11}  {:>6}  verifies  name",
                "height",
                "block time",
                "block hash",
                "bytes",
                "schema"
            );
            for named in held.snapshots(&files).await? {
                let Some(opened) = held.open(&files, &named).await? else { continue };
                let (time, hash, verifies) = match &opened.state {
                    Ok(state) => {
                        let time = time::utc(state.at.time_ns / NANOS_PER_SECOND).unwrap_or_default();
                        let mut hash = HEXUPPER.encode(&state.at.hash);
                        hash.truncate(16);
                        (time, hash, "yes".to_owned())
                    }
                    Err(error) => (String::new(), String::new(), format!("no: {}", with_causes(error))),
                };
                say!(
                    "{:>12}  {time:<20}  {hash:<16}  {:>11}  {:>6}  {verifies:<8}  {}",
                    named.height,
                    opened.bytes.len(),
                    named.schema,
                    named.name
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
