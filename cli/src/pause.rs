//! `meteor pause` and `meteor resume`: they stop contributing and let it go on.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use meteor_messages::shower::{ConfigResponse, ExecuteMsg};

use crate::owner::Owner;

/// Stop contributing, and nothing else.
///
/// No deadline moves; closing, minting, cracking and refunds go on. The guardian or the owner signs. Only the owner can
/// resume.
#[derive(Clone, Debug, clap::Args)]
pub struct Pause {
    #[command(flatten)]
    signing: Owner,
}

/// Let contributing go on after a pause.
///
/// Showers that ended meanwhile are over: no deadline moved. The owner signs: the guardian can pause but not resume.
#[derive(Clone, Debug, clap::Args)]
pub struct Resume {
    #[command(flatten)]
    signing: Owner,
}

/// That `address` holds one of the roles, so that nobody pays a fee for a refusal.
fn may(address: &str, holders: &[Option<&String>], verb: &str, role: &str) -> Result<()> {
    let holds = holders.iter().flatten().any(|holder| *holder == address);
    ensure!(holds, "{address} is not the {role} of this event and can't {verb}: name another --account");
    Ok(())
}

/// Runs `meteor pause`.
///
/// # Errors
/// If neither guardian nor owner signs, or the chain refuses.
pub async fn pause(options: &Pause) -> Result<ExitCode> {
    if options.signing.generate_only {
        return options.signing.print(&ExecuteMsg::Pause {}, |_| Ok(())).await;
    }
    let (mut account, deployment, config) = options.signing.open().await?;
    let ConfigResponse { guardian, owner, paused, .. } = &config;
    if *paused {
        println!("contributing is paused already, nothing was sent");
        return Ok(ExitCode::SUCCESS);
    }
    may(account.address(), &[Some(guardian), owner.as_ref()], "pause", "guardian or owner")?;
    let included = account.execute(&deployment.shower, &ExecuteMsg::Pause {}, &[]).await?;
    println!("paused in block {}: nobody can contribute until the owner resumes", included.height);
    Ok(ExitCode::SUCCESS)
}

/// Runs `meteor resume`.
///
/// # Errors
/// If another than the owner signs, or the chain refuses.
pub async fn resume(options: &Resume) -> Result<ExitCode> {
    if options.signing.generate_only {
        return options.signing.print(&ExecuteMsg::Resume {}, |_| Ok(())).await;
    }
    let (mut account, deployment, config) = options.signing.open().await?;
    if !config.paused {
        println!("contributing is not paused, nothing was sent");
        return Ok(ExitCode::SUCCESS);
    }
    may(account.address(), &[config.owner.as_ref()], "resume", "owner")?;
    let included = account.execute(&deployment.shower, &ExecuteMsg::Resume {}, &[]).await?;
    println!("resumed in block {}: contributing goes on", included.height);
    Ok(ExitCode::SUCCESS)
}
