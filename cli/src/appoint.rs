//! `meteor appoint`: another operator or guardian, for example when a key is stolen.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_messages::shower::{ConfigResponse, ExecuteMsg};

use crate::owner::Owner;

/// Appoint another operator or guardian; the one before can do nothing from then on.
///
/// The owner signs. Run it when a key is stolen or lost: who has the operator's key can draw and mint, never take the
/// money. What is drawn and minted already stays as it is.
#[derive(Clone, Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("role").required(true)))]
pub struct Options {
    #[command(flatten)]
    signing: Owner,
    /// Address of the new operator: draws and mints
    #[arg(long, group = "role")]
    operator: Option<String>,
    /// Address of the new guardian: may pause
    #[arg(long, group = "role")]
    guardian: Option<String>,
}

fn has_no_role(address: &String, config: &ConfigResponse) -> Result<()> {
    let roles = [config.owner.as_ref(), Some(&config.operator), Some(&config.guardian)];
    ensure!(
        !roles.contains(&Some(address)),
        "{address} has a role already: one stolen key would hold both, so give them two keys"
    );
    Ok(())
}

/// Runs `meteor appoint`.
///
/// # Errors
/// If another than the owner signs, the address has another role, or the chain refuses.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let (role, address, message) = match (&options.operator, &options.guardian) {
        (Some(address), _) => ("operator", address, ExecuteMsg::SetOperator { address: address.clone() }),
        (None, guardian) => {
            let address = guardian.as_ref().context("name --operator or --guardian")?;
            ("guardian", address, ExecuteMsg::SetGuardian { address: address.clone() })
        }
    };
    if options.signing.generate_only {
        return options.signing.print(&message, |config| has_no_role(address, config)).await;
    }
    let (mut account, deployment, config) = options.signing.open().await?;
    let ConfigResponse { owner, operator, guardian, .. } = &config;
    let before = if role == "operator" { operator } else { guardian };
    if before == address {
        println!("{address} is the {role} already, nothing was sent");
        return Ok(ExitCode::SUCCESS);
    }
    let signs = account.address();
    ensure!(
        owner.as_deref() == Some(signs),
        "{signs} is not the owner of this event: name another --account"
    );
    has_no_role(address, &config)?;
    let included = account.execute(&deployment.shower, &message, &[]).await?;
    println!("{address} is the {role} from block {} on, {before} no more", included.height);
    Ok(ExitCode::SUCCESS)
}
