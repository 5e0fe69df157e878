//! A plan in words, before anything is signed.

use anyhow::{Context, Result};
use meteor_operator::launch::{gas, utc};
use meteor_rules::preset::RelativeSchedule;

use super::Plan;
use crate::catalogue;
use crate::out::say;

impl Plan {
    /// Shows what will be done.
    pub async fn show(&self, deployed: bool) -> Result<()> {
        let Self { launch, preset, contract, .. } = self;
        say!("chain       {} at {}", launch.chain.id, launch.chain.nodes.join(", "));
        for (name, checksum) in &self.checksums {
            let artifact = self.artifacts.iter().find(|artifact| artifact.name == *name);
            let what = artifact.map_or("on the chain".into(), |it| format!("{} bytes", it.wasm.len()));
            say!("code        {name:<8} {} ({what})", checksum.to_hex());
        }
        say!("contract    {contract} (signed by {}, salt {:?})", launch.deployer(), launch.salt);
        match &launch.roles.admin {
            None => say!("admin       none: nobody can replace the contract's code"),
            Some(admin) => {
                say!("admin       {admin} can replace the contract's code and with it every rule");
            }
        }
        if let Ok(opens_at) = launch.opens_at(preset) {
            let schedule = RelativeSchedule { opens_at: None, ..preset.schedule }.opening(opens_at);
            let last = schedule.closes_at(schedule.count).context("the schedule never ends")?;
            let (first, until) = (utc(opens_at), utc(schedule.first_close));
            say!("showers     {}, the first from {first} to {until}", schedule.count);
            say!("            the last ends {}, {} s each", utc(last), schedule.interval);
        }
        say!("minimum     {} {}", preset.minimum, launch.chain.denom);
        say!(
            "held back   {} of 10000 until each shower's key is public; after {} s contributors take it back",
            preset.holdback_bp,
            preset.crack.key_window
        );
        if let Some(catalogue) = &self.catalogue {
            for line in catalogue::shown(catalogue)? {
                say!("catalogue   {line}");
            }
        }
        let roles = &launch.roles;
        say!("owner       {}", roles.owner);
        say!("operator    {}", roles.operator);
        say!("guardian    {}", roles.guardian);
        for payee in &launch.payees {
            say!("payee       {} {} of 10000", payee.address, payee.share_bp);
        }
        if !deployed {
            self.fees().await;
        }
        if self.committed.is_none() {
            say!("commitments none yet; make key and commitments with");
            say!(
                "  meteor keygen event.age --chain-id {} --contract {contract} --showers {} --commitments {}",
                launch.chain.id,
                preset.schedule.count,
                launch.commitments
            );
        }
        Ok(())
    }

    /// About what it costs, and whether the signer can pay for it.
    async fn fees(&self) {
        let Ok(price) = self.launch.gas_price() else { return };
        let sizes: Vec<usize> = self.artifacts.iter().map(|artifact| artifact.wasm.len()).collect();
        let gas = gas(&sizes, self.preset.schedule.count);
        let (fee, denom, deployer) = (price.fee(gas), &price.denom, self.launch.deployer());
        say!("fees        about {fee} {denom} for {gas} gas");
        // A dry run works without a node.
        let Ok(has) = self.node.balance(deployer, denom).await else { return };
        if has < fee {
            say!("warning: {deployer} has only {has} {denom}: send it the rest");
        }
    }
}
