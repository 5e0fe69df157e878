//! The commands of `meteor`, one file each, and the choice between them.

mod account;
mod appoint;
mod art;
mod beacon;
mod cancel;
mod catalogue;
mod check;
mod close;
mod commitments;
mod completions;
mod contribute;
mod crack;
mod demo;
mod deploy;
mod devnet;
mod draw;
mod halt;
mod hatch;
mod help;
mod keygen;
mod man;
mod mint;
mod pause;
mod plan;
mod publish_key;
mod refund;
mod rehearse;
mod resume;
mod return_unasked;
mod serve;
mod settle;
mod snapshot;
mod status;
mod verify;
mod watch;
mod withdraw;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{ArgAction, CommandFactory};

use meteor_operator::account::{AccountError, Planned, PlannedMessage};
use meteor_operator::jobs::JobError;
use meteor_operator::keys::KeyError;

use crate::out::{self, report};
use crate::settings::with_variables;
use crate::signals::end_when_told;
use crate::times::{ahead, tell_local};
use crate::waits::tell_of_waits;

/// Exit code of a command that did all it could, and said what it could not.
const PARTLY: u8 = 3;

/// Exit code of a command that Ctrl-C ended, as shells count.
const INTERRUPTED: u8 = 130;

/// Place of options that every command has: after its own.
const LAST: usize = 900;

/// What a command is: the options that clap parsed, and what they do.
trait Command {
    /// Does it. Exit codes other than 0 and 1 are the command's own.
    async fn run(self) -> Result<ExitCode>;
}

/// Meteor Shower: launch an NFT collection as a meteor shower on a CosmWasm chain.
#[derive(Debug, clap::Parser)]
#[command(name = "meteor", version = help::SHORT, long_version = help::LONG)]
#[command(help_template = help::TEMPLATE, before_help = help::GROUPS, max_term_width = 80)]
pub struct Cli {
    /// Log more on standard error: -v what happens, -vv in detail
    #[arg(short, long, global = true, display_order = LAST, action = ArgAction::Count, conflicts_with = "quiet")]
    verbose: u8,
    /// Say errors only: the exit code tells the rest
    #[arg(short, long, global = true, display_order = LAST)]
    quiet: bool,
    #[command(subcommand)]
    command: Commands,
}

// Without doc comments: one here would hide the command's own --help.
#[derive(Debug, clap::Subcommand)]
enum Commands {
    Demo(demo::Demo),
    Rehearse(rehearse::Rehearse),
    Devnet(devnet::Devnet),
    Serve(Box<serve::Serve>),
    Account(account::Account),
    Keygen(Box<keygen::Keygen>),
    Commitments(Box<commitments::Commitments>),
    Art(art::Art),
    Catalogue(catalogue::Catalogue),
    Deploy(deploy::Deploy),
    Status(status::Status),
    Contribute(contribute::Contribute),
    Close(close::Close),
    Draw(draw::Draw),
    Plan(plan::Plan),
    Mint(mint::Mint),
    Settle(settle::Settle),
    Withdraw(withdraw::Withdraw),
    Crack(crack::Crack),
    Hatch(hatch::Hatch),
    PublishKey(publish_key::PublishKey),
    Check(Box<check::Check>),
    Verify(verify::Verify),
    Watch(Box<watch::Watch>),
    Pause(pause::Pause),
    Halt(Box<halt::Halt>),
    Resume(resume::Resume),
    Cancel(cancel::Cancel),
    Refund(refund::Refund),
    ReturnUnasked(return_unasked::ReturnUnasked),
    Appoint(appoint::Appoint),
    Beacon(beacon::Beacon),
    Snapshot(snapshot::Snapshot),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Commands {
    /// Whether it sees to signals itself: it runs until one comes.
    const fn runs_until_told(&self) -> bool {
        matches!(
            self,
            Self::Demo(_)
                | Self::Rehearse(_)
                | Self::Devnet(_)
                | Self::Serve(_)
                | Self::Beacon(_)
                | Self::Hatch(_)
                | Self::Watch(_)
        )
    }
}

impl Commands {
    /// Whether it says what it waits for. The others serve, and log how nodes do.
    const fn tells_of_waits(&self) -> bool {
        !matches!(
            self,
            Self::Demo(_)
                | Self::Rehearse(_)
                | Self::Devnet(_)
                | Self::Serve(_)
                | Self::Beacon(_)
                | Self::Watch(_)
        )
    }
}

/// The commands with their options, and the variables of these.
#[must_use]
pub fn command() -> clap::Command {
    with_variables(Cli::command())
}

impl Cli {
    /// How much the log says, as tracing names it; `None` if no option says so.
    pub const fn log_level(&self) -> Option<&'static str> {
        match (self.quiet, self.verbose) {
            (true, _) => Some("error"),
            (false, 0) => None,
            (false, 1) => Some("info"),
            (false, _) => Some("debug"),
        }
    }

    /// What is logged if neither an option nor `RUST_LOG` says. What a command tries again with a node is no news: it says what
    /// it waits for, and its error says why it gave up. A server's log is where its operator looks.
    pub const fn logs(&self) -> &'static str {
        // The watch says itself what it could not ask.
        let serves = self.command.runs_until_told() && !matches!(self.command, Commands::Watch(_));
        if serves { "warn" } else { "warn,meteor_chain=error" }
    }

    /// Runs the chosen command. Ctrl-C or SIGTERM ends the process, as the command allows.
    pub async fn run(self) -> Result<ExitCode> {
        if self.quiet {
            out::quiet();
        }
        if !self.command.runs_until_told() {
            end_when_told();
        }
        // What the others serve is read elsewhere.
        if self.command.tells_of_waits() {
            tell_local(ahead);
        }
        if self.command.tells_of_waits() && !self.quiet {
            tell_of_waits();
        }
        match self.command.run().await {
            // As a signal would have ended it.
            Err(error) if interrupted(&error) => Ok(ExitCode::from(INTERRUPTED)),
            Err(error) => match planned(&error) {
                Some(planned) => Ok(said(planned)),
                None => Err(error),
            },
            done => done,
        }
    }
}

/// Writes a file that must not be there: what somebody keeps is never written over.
fn new_file(path: &Path, text: &str) -> Result<()> {
    let writing = || format!("writing {}", path.display());
    let file = OpenOptions::new().write(true).create_new(true).open(path).with_context(writing);
    file?.write_all(text.as_bytes()).with_context(writing)
}

/// In a dry run: the transaction that the command would send next.
fn planned(error: &anyhow::Error) -> Option<&Planned> {
    error.chain().find_map(|cause| match cause.downcast_ref::<AccountError>() {
        Some(AccountError::DryRun(planned)) => Some(&**planned),
        Some(_) | None => cause.downcast_ref::<JobError>()?.planned(),
    })
}

/// Whether Ctrl-C was pressed at the prompt for a passphrase.
fn interrupted(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(KeyError::Interrupted)))
}

/// Says what would be sent, to whom and what it costs.
fn said(Planned { signer, messages, gas, fee }: &Planned) -> ExitCode {
    let mut lines: Vec<String> = Vec::new();
    for group in messages.chunk_by(|one, other| one == other) {
        let Some(PlannedMessage { does, to, funds }) = group.first() else { continue };
        let times = if group.len() > 1 { format!(" ({} messages)", group.len()) } else { String::new() };
        let to = if to.is_empty() { String::new() } else { format!(" to {to}") };
        let funds = if funds.is_empty() { String::new() } else { format!(" with {funds}") };
        lines.push(format!("{does}{times}{to}{funds}"));
    }
    let does = lines.join(", ");
    report!(
        "dry_run",
        {"signer": signer, "messages": messages, "gas": gas, "fee": fee},
        "dry run: {signer} would send {does}; fee about {fee} for {gas} gas. Nothing was signed"
    );
    ExitCode::SUCCESS
}

impl Commands {
    async fn run(self) -> Result<ExitCode> {
        match self {
            Self::Demo(command) => command.run().await,
            Self::Rehearse(command) => command.run().await,
            Self::Devnet(command) => command.run().await,
            Self::Serve(command) => (*command).run().await,
            Self::Account(command) => command.run().await,
            Self::Keygen(command) => (*command).run().await,
            Self::Commitments(command) => (*command).run().await,
            Self::Art(command) => command.run().await,
            Self::Catalogue(command) => command.run().await,
            Self::Deploy(command) => command.run().await,
            Self::Status(command) => command.run().await,
            Self::Contribute(command) => command.run().await,
            Self::Close(command) => command.run().await,
            Self::Draw(command) => command.run().await,
            Self::Plan(command) => command.run().await,
            Self::Mint(command) => command.run().await,
            Self::Settle(command) => command.run().await,
            Self::Withdraw(command) => command.run().await,
            Self::Crack(command) => command.run().await,
            Self::Hatch(command) => command.run().await,
            Self::PublishKey(command) => command.run().await,
            Self::Check(command) => (*command).run().await,
            Self::Verify(command) => command.run().await,
            Self::Watch(command) => (*command).run().await,
            Self::Pause(command) => command.run().await,
            Self::Halt(command) => (*command).run().await,
            Self::Resume(command) => command.run().await,
            Self::Cancel(command) => command.run().await,
            Self::Refund(command) => command.run().await,
            Self::ReturnUnasked(command) => command.run().await,
            Self::Appoint(command) => command.run().await,
            Self::Beacon(command) => command.run().await,
            Self::Snapshot(command) => command.run().await,
            Self::Completions(command) => command.run().await,
            Self::Man(command) => command.run().await,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_options_fit_together() {
        super::command().debug_assert();
    }
}
