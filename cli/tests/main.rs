//! The `meteor` program, run as an operator runs it.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // that is how tests fail

mod art;
mod binary;
mod cases;
mod changed;
mod check;
mod common;
mod deploy;
mod emergency;
mod end;
mod jobs;
mod killed;
mod kms;
mod mint;
mod nodes;
mod plan;
mod refused;
mod rehearsal;
mod resume;
mod snapshot;
mod status;
mod terminal;
mod told;
mod verify;
mod waits;
mod watch;
mod worker;
