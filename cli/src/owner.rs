//! Who signs what only the owner may do: a file of words, or a multisig, for which the transaction is only generated.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_messages::shower::{ConfigResponse, ExecuteMsg, QueryMsg};
use meteor_operator::account::Account;
use meteor_operator::jobs::Deployment;
use serde_json::{Value, json};

use crate::signing::{Event, Signing, Terms};

/// Which event, and who signs for its owner.
#[derive(Clone, Debug, clap::Args)]
pub struct Owner {
    /// The event.
    #[command(flatten)]
    pub event: Event,
    /// A file with the 24 words of the signing account (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long, required_unless_present = "generate_only")]
    pub signer_file: Option<PathBuf>,
    /// How.
    #[command(flatten)]
    pub terms: Terms,
    /// For an owner that is a multisig: sign and send nothing, print the transaction as `terrad tx sign --multisig` and
    /// `terrad tx multisign` take it
    #[arg(long, conflicts_with = "signer_file")]
    pub generate_only: bool,
    /// With --generate-only: gas limit of the transaction
    #[arg(long, default_value_t = 300_000)]
    pub gas: u64,
}

impl Owner {
    pub(crate) async fn open(&self) -> Result<(Account, Deployment, ConfigResponse)> {
        let signing = Signing {
            event: self.event.clone(),
            signer_file: self.signer_file.clone().context("signing needs --signer-file")?,
            terms: self.terms.clone(),
        };
        signing.open().await
    }

    /// Prints the unsigned transaction in which the event's owner executes `message`, if `check` finds nothing against
    /// it: what can't succeed is said before several people have signed it.
    pub(crate) async fn print(
        &self,
        message: &ExecuteMsg,
        check: impl FnOnce(&ConfigResponse) -> Result<()>,
    ) -> Result<ExitCode> {
        let found = self.event.find(self.terms.gas_price.as_ref()).await?;
        let config: ConfigResponse = found.node.smart(&found.contract, &QueryMsg::Config {}).await?;
        check(&config)?;
        let owner = config.owner.context("the event has no owner any more: nobody can do this")?;
        let fee = (found.gas_price.fee(self.gas).to_string(), found.gas_price.denom);
        // Standard output is the transaction alone, so that it can be sent to a file.
        eprintln!(
            "for {owner} on {}: sign it with terrad tx sign --multisig, join with multisign",
            found.chain_id
        );
        println!(
            "{}",
            serde_json::to_string_pretty(&unsigned(&owner, &found.contract, message, &fee, self.gas)?)?
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// A transaction without signatures in the SDK's JSON, `fee` being amount and denom.
fn unsigned(
    sender: &str,
    contract: &str,
    message: &ExecuteMsg,
    fee: &(String, String),
    gas: u64,
) -> Result<Value> {
    let (amount, denom) = fee;
    Ok(json!({
        "body": {
            "messages": [{
                "@type": "/cosmwasm.wasm.v1.MsgExecuteContract",
                "sender": sender,
                "contract": contract,
                "msg": serde_json::to_value(message)?,
                "funds": [],
            }],
            "memo": "",
            "timeout_height": "0",
            "extension_options": [],
            "non_critical_extension_options": [],
        },
        "auth_info": {
            "signer_infos": [],
            "fee": {
                "amount": [{"denom": denom, "amount": amount}],
                "gas_limit": gas.to_string(),
                "payer": "",
                "granter": "",
            },
        },
        "signatures": [],
    }))
}
