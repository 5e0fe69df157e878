//! `meteor appoint`: another operator or guardian, for example when a key is stolen.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_messages::shower::{ConfigResponse, ExecuteMsg};

use super::Command;
use crate::address::{address, of_chain};
use crate::next::IDLE;
use crate::out::report;
use crate::owner::Owner;

/// Appoint another operator or guardian. The previous one loses its powers at once.
///
/// The owner signs. Run it when a key is stolen or lost: whoever has the operator's key can commit to
/// draws, but never take the money. What is already drawn and minted does not change.
#[derive(Clone, Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("role").required(true)))]
pub(super) struct Appoint {
    #[command(flatten)]
    signing: Owner,
    /// Address of the new operator, who commits to draws
    #[arg(long, value_name = "ADDRESS", group = "role", value_parser = address)]
    operator: Option<String>,
    /// Address of the new guardian, who may pause
    #[arg(long, value_name = "ADDRESS", group = "role", value_parser = address)]
    guardian: Option<String>,
}

fn has_no_role(address: &String, config: &ConfigResponse) -> Result<()> {
    let roles = [config.owner.as_ref(), Some(&config.operator), Some(&config.guardian)];
    ensure!(
        !roles.contains(&Some(address)),
        "{address} already has a role. One stolen key would hold both, so use another key"
    );
    Ok(())
}

impl Command for Appoint {
    async fn run(self) -> Result<ExitCode> {
        let (role, address, message) = match (&self.operator, &self.guardian) {
            (Some(address), _) => ("operator", address, ExecuteMsg::SetOperator { address: address.clone() }),
            (None, guardian) => {
                let address = guardian.as_ref().context("name --operator or --guardian")?;
                ("guardian", address, ExecuteMsg::SetGuardian { address: address.clone() })
            }
        };
        if self.signing.generate_only {
            let check = |config: &ConfigResponse| {
                of_chain(&format!("--{role}"), address, &config.meteors)?;
                has_no_role(address, config)
            };
            return self.signing.print(&message, check).await;
        }
        let (mut account, deployment, config) = self.signing.open().await?;
        of_chain(&format!("--{role}"), address, &deployment.shower)?;
        let ConfigResponse { owner, operator, guardian, .. } = &config;
        let before = if role == "operator" { operator } else { guardian };
        if before == address {
            let line = format!("{address} is already the {role}, nothing was sent");
            report!("nothing", {"said": line}, "{line}");
            return Ok(ExitCode::from(IDLE));
        }
        let signs = account.address();
        ensure!(
            owner.as_deref() == Some(signs),
            "{signs} is not the owner of this event: name another --account"
        );
        has_no_role(address, &config)?;
        let included = account.execute(&deployment.shower, &message, &[]).await?;
        let height = included.height;
        report!(
            "appointed",
            {"role": role, "address": address, "before": before, "height": height, "tx": included.hash},
            "{address} is the {role} from block {height} on, {before} no longer"
        );
        Ok(ExitCode::SUCCESS)
    }
}
