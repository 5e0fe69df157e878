//! `meteor snapshot verify`: makes every snapshot again from the blocks in the store, and compares.

use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::with_causes;
use meteor_indexer::store::{Held, Replayed, snapshot};

use super::{Of, title};
use crate::commands::Command;
use crate::out::say;

/// Make every snapshot again from the blocks in the store, and compare byte for byte.
///
/// Blocks are applied from the start of the event on; where they are missing, from the snapshot after them. Exit code 0
/// means that all are what their blocks lead to, 1 that one isn't or can't be read, 3 that blocks for one are missing (a
/// store that was begun by a copied snapshot has none for it). What a store says, its blocks too, is the word of who wrote it: the audit
/// (docs/operators.md) compares an indexer with the contract.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Verify {
    #[command(flatten)]
    of: Of,
}

const WRONG: u8 = 1;
const MISSING: u8 = 3;

impl Command for Verify {
    async fn run(self) -> Result<ExitCode> {
        let (files, held) = self.of.held().await?;
        let (mut wrong, mut missing) = (0, 0);
        for held in held {
            say!("{}", title(&held));
            let mut before = None;
            for named in held.snapshots(&files).await? {
                if named.schema != snapshot::SCHEMA {
                    say!("{}: schema {}, which this version does not read", named.name, named.schema);
                    continue;
                }
                let Some(opened) = held.open(&files, &named).await? else { continue };
                let state = match opened.state {
                    Ok(state) if state.at.height == named.height => state,
                    Ok(state) => {
                        say!("{}: WRONG: it is of height {}", named.name, state.at.height);
                        wrong += 1;
                        continue;
                    }
                    Err(error) => {
                        say!("{}: WRONG: {}", named.name, with_causes(&error));
                        wrong += 1;
                        continue;
                    }
                };
                before = Some(match held.replay(&files, before, named.height).await? {
                    Replayed::State(again) => {
                        match Held::compare(&opened.bytes, &again) {
                            Ok(()) => say!("{}: made again, byte for byte", named.name),
                            Err(why) => {
                                say!("{}: WRONG: {why}", named.name);
                                wrong += 1;
                            }
                        }
                        // Not the snapshot's, which may be wrong: that says nothing of the next.
                        *again
                    }
                    Replayed::Missing(height) => {
                        say!("{}: can't be made again: block {height} is in no segment", named.name);
                        missing += 1;
                        state
                    }
                    Replayed::Fault(why) => {
                        say!("{}: WRONG: {why}", named.name);
                        wrong += 1;
                        state
                    }
                });
            }
        }
        Ok(match (wrong, missing) {
            (0, 0) => ExitCode::SUCCESS,
            (0, _) => ExitCode::from(MISSING),
            (_, _) => ExitCode::from(WRONG),
        })
    }
}
