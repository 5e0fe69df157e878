//! `meteor`: the team's tool. Each command is a module of the library; this file only chooses.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use tokio_util::sync::CancellationToken;

/// Meteor Shower: launch an NFT collection as a meteor shower on a CosmWasm chain.
#[derive(Debug, Parser)]
#[command(version, after_help = "Start with: meteor demo")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

// A doc comment here hides the whole of the command's own: those without one teach in their --help.
#[derive(Debug, Subcommand)]
enum Command {
    /// A whole small event on this machine: dev chain, contracts, wallets, page; checks itself at the end
    Demo(meteor_cli::demo::Options),
    /// The dev chain with the contracts' code on it, for wallets, scripts and front ends to try
    Devnet(meteor_cli::devnet::Options),
    /// The indexer: follows the chain and serves page and API (the same as meteor-indexer)
    Serve(meteor_cli::serve::Options),
    Account(meteor_cli::account::Options),
    /// Make an event's master key, or rehearse its recovery
    Keygen(meteor_cli::jobs::Keygen),
    /// Bring an event to a chain as its launch file says; run again, it goes on where it was
    Deploy(meteor_cli::deploy::Options),
    /// Where each shower of an event stands and what is next
    Status(meteor_cli::event::Status),
    /// Contribute to a shower, for rehearsals
    Contribute(meteor_cli::event::Contribute),
    /// Mint the meteors of drawn showers
    Mint(meteor_cli::jobs::Mint),
    Settle(meteor_cli::event::Settle),
    Cancel(meteor_cli::end::Cancel),
    Refund(meteor_cli::end::Refund),
    Appoint(meteor_cli::appoint::Options),
    Pause(meteor_cli::pause::Pause),
    Resume(meteor_cli::pause::Resume),
    Beacon(meteor_cli::beacon::Options),
    /// Close showers that have ended
    Close(meteor_cli::jobs::Close),
    /// Commit to what the meteors of closed showers hold
    Draw(meteor_cli::jobs::Draw),
    Crack(meteor_cli::crack::Options),
    Hatch(meteor_cli::jobs::Hatch),
    /// Publish a shower's key once its crack window has passed
    PublishKey(meteor_cli::jobs::PublishKey),
    /// Recompute the draws of an event, or what one meteor holds, and say what is proven
    Verify(meteor_cli::verify::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    meteor_cli::serve::log_to_stderr();
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                eprintln!("stopping");
                stop.cancel();
            }
        }
    });
    match run(cli.command, &stop).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, stop: &CancellationToken) -> Result<ExitCode> {
    match command {
        Command::Demo(options) => match meteor_cli::demo::run(&options, stop).await? {
            Some(summary) if !summary.good => Ok(ExitCode::FAILURE),
            _ => Ok(ExitCode::SUCCESS),
        },
        Command::Devnet(options) => {
            meteor_cli::devnet::run(options, stop).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(options) => meteor_cli::serve::run(options, stop).await,
        Command::Account(options) => meteor_cli::account::run(&options),
        Command::Keygen(options) => meteor_cli::jobs::make_key(&options).await,
        Command::Deploy(options) => meteor_cli::deploy::run(&options).await,
        Command::Status(options) => meteor_cli::event::status(&options).await,
        Command::Contribute(options) => meteor_cli::event::contribute(&options).await,
        Command::Mint(options) => meteor_cli::jobs::mint(&options).await,
        Command::Settle(options) => meteor_cli::event::settle(&options).await,
        Command::Cancel(options) => meteor_cli::end::cancel(&options).await,
        Command::Refund(options) => meteor_cli::end::refund(&options).await,
        Command::Appoint(options) => meteor_cli::appoint::run(&options).await,
        Command::Pause(options) => meteor_cli::pause::pause(&options).await,
        Command::Resume(options) => meteor_cli::pause::resume(&options).await,
        Command::Beacon(options) => meteor_cli::beacon::run(&options, stop).await,
        Command::Close(options) => meteor_cli::jobs::close(&options).await,
        Command::Draw(options) => meteor_cli::jobs::draw(&options).await,
        Command::Crack(options) => meteor_cli::crack::run(&options).await,
        Command::Hatch(options) => meteor_cli::jobs::hatch(&options, stop).await,
        Command::PublishKey(options) => meteor_cli::jobs::publish_key(&options).await,
        Command::Verify(options) => meteor_cli::verify::run(&options).await,
    }
}
