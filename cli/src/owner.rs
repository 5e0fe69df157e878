//! Who signs what only the owner may do: a file of words, or a multisig, whose transaction is only generated.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_messages::shower::{ConfigResponse, ExecuteMsg};
use meteor_operator::account::Account;
use meteor_operator::jobs::Deployment;
use serde_json::{Value, json};

use crate::event::{Event, Found, config};
use crate::out::{stdout, tell};
use crate::signing::{Signing, Terms};

/// Which event, and who signs for its owner.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Owner {
    #[command(flatten)]
    event: Event,
    /// File with the 24 words of the signing account (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long, required_unless_present = "generate_only")]
    signer_file: Option<PathBuf>,
    #[command(flatten)]
    terms: Terms,
    /// For an owner that is a multisig: sign and send nothing, and print the transaction for `terrad tx sign
    /// --multisig` and `terrad tx multisign`
    #[arg(long, conflicts_with = "signer_file")]
    pub(crate) generate_only: bool,
    /// With --generate-only: gas limit of the transaction
    #[arg(long, default_value_t = 300_000)]
    gas: u64,
}

impl Owner {
    /// See [`Signing::open`].
    pub(crate) async fn open(&self) -> Result<(Account, Deployment, ConfigResponse)> {
        let signing = Signing {
            event: self.event.clone(),
            signer_file: self.signer_file.clone().context("signing needs --signer-file")?,
            terms: self.terms.clone(),
        };
        signing.open().await
    }

    /// Whether nothing is to be signed.
    pub(crate) const fn dry_run(&self) -> bool {
        self.terms.dry_run
    }

    /// Finds the event.
    pub(crate) async fn find(&self) -> Result<Found> {
        self.event.find(self.terms.gas_price.as_ref()).await
    }

    /// Prints the unsigned transaction in which the event's owner executes `message`. `check` comes first, so
    /// that several people don't sign what can't succeed.
    pub(crate) async fn print(
        &self,
        message: &ExecuteMsg,
        check: impl FnOnce(&ConfigResponse) -> Result<()>,
    ) -> Result<ExitCode> {
        let found = self.find().await?;
        let config = config(&found.node, &found.contract).await?;
        check(&config)?;
        let owner = config.owner.context("the event no longer has an owner: nobody can do this")?;
        let transaction = unsigned(&owner, &found, message, self.gas)?;
        // Standard output is the transaction alone, so that it can be redirected to a file.
        let chain_id = &found.chain_id;
        tell!("for {owner} on {chain_id}: sign it with terrad tx sign --multisig, join with multisign");
        // It is what was asked for: written with --quiet, too.
        stdout(format_args!("{}\n", serde_json::to_string_pretty(&transaction)?));
        Ok(ExitCode::SUCCESS)
    }
}

/// A transaction without signatures in the SDK's JSON.
fn unsigned(sender: &str, found: &Found, message: &ExecuteMsg, gas: u64) -> Result<Value> {
    let price = &found.gas_price;
    Ok(json!({
        "body": {
            "messages": [{
                "@type": "/cosmwasm.wasm.v1.MsgExecuteContract",
                "sender": sender,
                "contract": found.contract,
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
                "amount": [{"denom": price.denom, "amount": price.fee(gas).to_string()}],
                "gas_limit": gas.to_string(),
                "payer": "",
                "granter": "",
            },
        },
        "signatures": [],
    }))
}
