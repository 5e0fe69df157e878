//! `meteor crack`: a holder gives meteors up for what they hold.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use cosmwasm_std::Binary;
use cw721::msg::OwnerOfResponse;
use meteor_messages::nft::{ExecuteMsg, QueryMsg};
use meteor_operator::tx;

use crate::signing::Signing;

/// Crack meteors of the signing account, for rehearsals.
///
/// They go to the hatchery and don't come back, except if nobody reveals in time what they hold; then their holder can
/// reclaim them. The egg or dust of the same number comes once meteor hatch has revealed it.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    signing: Signing,
    /// Which meteor, by its number; may be repeated
    #[arg(long, required = true)]
    meteor: Vec<u64>,
}

/// Runs `meteor crack`.
///
/// # Errors
/// If a meteor is not the signer's, or the chain refuses; no meteor is cracked then.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let (mut account, deployment, _) = options.signing.open().await?;
    let mut messages = Vec::new();
    for meteor in &options.meteor {
        let token_id = meteor.to_string();
        let query = QueryMsg::OwnerOf { token_id: token_id.clone(), include_expired: None };
        let owner: OwnerOfResponse = account.node().smart(&deployment.meteors, &query).await?;
        ensure!(
            owner.owner == account.address(),
            "meteor {meteor} belongs to {}, nothing was sent",
            owner.owner
        );
        let send =
            ExecuteMsg::SendNft { contract: deployment.hatchery.clone(), token_id, msg: Binary::default() };
        messages.push(tx::execute(account.address(), &deployment.meteors, &send, &[])?);
    }
    let included = account.send(messages).await?;
    println!(
        "cracked {} meteors in block {}; next: meteor hatch reveals them",
        options.meteor.len(),
        included.height
    );
    Ok(ExitCode::SUCCESS)
}
