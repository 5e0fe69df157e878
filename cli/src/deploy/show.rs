//! A plan in words, before anything is signed: everything that is for good.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use meteor_operator::launch::Beacon;
use meteor_rules::eggs::issue;
use meteor_rules::ids::Rank;
use meteor_rules::minimum::names;
use meteor_rules::odds::odds;
use meteor_rules::preset::{Collection, Preset, RelativeSchedule};
use meteor_rules::tier::Tier;
use serde_json::{Value, json};

use super::Plan;
use super::draft::NO_CODES;
use crate::amounts::counted;
use crate::catalogue;
use crate::out::say;
use crate::times::clock;

impl Plan {
    /// Shows what will be done, with the odds in a shower of so many `wallets`. `gas` is what the deployment may take, where
    /// that is known.
    ///
    /// # Errors
    /// If the schedule never ends, or the catalogue lacks a tier.
    pub fn show(&self, wallets: u32, gas: Option<u64>) -> Result<()> {
        self.show_contract();
        self.show_times()?;
        self.show_money();
        for line in tiers(&self.preset, wallets) {
            say!("{line}");
        }
        self.show_collections();
        if let Some(catalogue) = &self.catalogue {
            for line in catalogue::shown(catalogue)? {
                say!("catalogue   {line}");
            }
        }
        let roles = &self.launch.roles;
        say!("owner       {}", roles.owner);
        say!("operator    {}", roles.operator);
        say!("guardian    {}", roles.guardian);
        for payee in &self.launch.payees {
            say!("payee       {} gets {}", payee.address, share(payee.share_bp));
        }
        self.show_fees(gas);
        self.show_commitments();
        Ok(())
    }

    /// The same for programs: what the contract is made with, and what that takes. Commitments that are still to be made
    /// are none.
    pub fn json(&self, gas: Option<u64>) -> Value {
        let Self { launch, contract, .. } = self;
        let mut message = self.message_or_stand_in(launch.codes.unwrap_or(NO_CODES));
        if let Some(message) = message.as_mut().filter(|_| self.committed.is_none()) {
            message.fairness.commitments.clear();
        }
        let checksums: BTreeMap<_, _> =
            self.checksums.iter().map(|(name, checksum)| (*name, checksum.to_hex())).collect();
        let price = launch.gas_price().ok();
        let fee = price.zip(gas).map(|(price, gas)| format!("{}{}", price.fee(gas), price.denom));
        json!({
            "chain_id": launch.chain.id, "label": launch.label, "contract": contract, "salt": launch.salt,
            "signer": launch.deployer(), "checksums": checksums, "gas": gas, "fee": fee, "message": message,
        })
    }

    fn show_contract(&self) {
        let Self { launch, contract, .. } = self;
        say!("chain       {} at {}", launch.chain.id, launch.chain.nodes.join(", "));
        say!("label       {:?}", launch.label);
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
    }

    fn show_times(&self) -> Result<()> {
        let Self { launch, preset, .. } = self;
        if let Ok(opens_at) = launch.opens_at(preset) {
            let schedule = RelativeSchedule { opens_at: None, ..preset.schedule }.opening(opens_at);
            let last = schedule.closes_at(schedule.count).context("the schedule never ends")?;
            let (first, until) = (clock(opens_at), clock(schedule.first_close));
            say!("showers     {}, the first from {first} to {until}", schedule.count);
            say!("            the last ends {}, {} each", clock(last), duration(schedule.interval));
        }
        let crack = &preset.crack;
        say!(
            "mint        within {} of a shower's end; what is not minted is refunded",
            duration(preset.mint_window)
        );
        say!(
            "reveal      within {} of a crack; then a holder can take the meteor back",
            duration(crack.reveal_timeout)
        );
        say!(
            "key         of a shower public from {} to {} after its end",
            duration(crack.crack_window),
            duration(crack.key_window)
        );
        match &launch.beacon {
            Beacon::Quicknet { delay } => {
                say!(
                    "beacon      drand quicknet, the first round {} or more after a shower's end",
                    duration(*delay)
                );
            }
            Beacon::Own { delay, period, public_key, .. } => {
                let after = duration(*delay);
                say!(
                    "beacon      your own (for test chains), a round every {}, the first {after} or more after a",
                    duration(*period)
                );
                say!("            shower's end, public key {public_key}");
            }
        }
        Ok(())
    }

    fn show_money(&self) {
        let Self { launch, preset, .. } = self;
        let denom = &launch.chain.denom;
        if let Ok(micro) = preset.minimum.micro(denom) {
            say!("minimum     {}", amount(micro, denom));
        }
        let back = format!("after {} contributors take it back", duration(preset.crack.key_window));
        say!("held back   {} until each shower's key is public; {back}", share(preset.holdback_bp));
        match &launch.royalties {
            None => say!("royalties   none"),
            Some(royalties) => {
                say!("royalties   {} of a sale for {}", share(royalties.share_bp), royalties.address);
            }
        }
    }

    fn show_collections(&self) {
        let crack = &self.preset.crack;
        for (what, collection) in
            [("meteors", &self.preset.meteors), ("eggs", &crack.eggs), ("dust", &crack.dust)]
        {
            let Collection { name, symbol, template } = collection;
            let columns = template.columns.len();
            say!(
                "{what:<11} {name:?} ({symbol}), each {:?} with {}",
                template.name,
                counted(columns, "attribute")
            );
        }
    }

    /// About what it costs. What the signer lacks is among the findings.
    fn show_fees(&self, gas: Option<u64>) {
        let (Ok(price), Some(gas)) = (self.launch.gas_price(), gas) else { return };
        say!("fees        about {} {} for {gas} gas", price.fee(gas), price.denom);
    }

    fn show_commitments(&self) {
        let Self { launch, contract, .. } = self;
        if let Some(committed) = &self.committed {
            return say!("commitments {} in {}", committed.commitments().len(), launch.commitments);
        }
        say!("commitments none yet; make key and commitments with");
        say!(
            "  meteor keygen event.age --chain-id {} --contract {contract} --showers {} --commitments {}",
            launch.chain.id,
            self.preset.schedule.count,
            launch.commitments
        );
        say!("  (with --kms instead of event.age it is made in AWS KMS, which it never leaves)");
    }
}

/// The tiers of a shower of so many wallets: meteors, eggs and the odds of the first and the last.
fn tiers(preset: &Preset, wallets: u32) -> Vec<String> {
    let Preset { tiers, eggs, tilt_bp, schedule, .. } = preset;
    let sizes = tiers.sizes(wallets);
    let issued = issue(eggs, &sizes);
    let mut lines = vec![format!(
        "eggs        {} a shower, {} in all; of {} (--wallets N for another number):",
        eggs.total(),
        eggs.total().saturating_mul(schedule.count.into()),
        counted(wallets, "wallet")
    )];
    let mut last = 0_u32;
    for tier in Tier::ALL {
        let size = *sizes.get(tier);
        let (first, until) = (last.saturating_add(1), last.saturating_add(size));
        last = until;
        let who = match tier {
            Tier::Legendary => format!("the first {}", tiers.legendary),
            Tier::Ancient => format!("{} of the rest", share(tiers.ancient_bp)),
            Tier::Rare => format!("{} of the rest", share(tiers.rare_bp)),
            Tier::Common => "all others".to_owned(),
        };
        let percent = |rank| odds(tiers, eggs, *tilt_bp, wallets, Rank(rank)).map(|odds| odds.percent());
        let chance = match (percent(first), percent(until)) {
            _ if size == 0 => "nobody".to_owned(),
            (Some(best), Some(worst)) if best == worst => format!("each with {best} %"),
            (Some(best), Some(worst)) => format!("from {best} % to {worst} %"),
            _ => String::new(),
        };
        let (meteors, eggs) = (counted(size, "meteor"), counted(issued.eggs.get(tier), "egg"));
        lines.push(format!("{:<11} {who}: {meteors}, {eggs}, {chance}", tier.to_string()));
    }
    if issued.unissued > 0 {
        lines.push(format!("            {} eggs find no meteor and are not made", issued.unissued));
    }
    lines
}

/// A share as people say it: `22.5 %`.
fn share(basis_points: u32) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Seconds as people say them: `2 h 30 min`.
fn duration(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (length, unit) in UNITS {
        let (count, less) = (rest / length, rest % length);
        rest = less;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// An amount in whole coins and in micro-denom.
fn amount(micro: u64, denom: &str) -> String {
    let plain = format!("{micro} {denom}");
    let Some(name) = names(denom).into_iter().next() else { return plain };
    let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    format!("{} {name} ({plain})", text.trim_end_matches('0').trim_end_matches('.'))
}

/// What the event is for good, in one line, for the question before it is signed.
pub fn for_good(plan: &Plan) -> String {
    let Plan { launch, contract, .. } = plan;
    format!(
        "deploys {:?} as {contract} on {}, with everything above for good, paid by {}",
        launch.label,
        launch.chain.id,
        launch.deployer()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!(
            [0, 59, 60, 5_400, 90_061].map(duration),
            ["0 s", "59 s", "1 min", "1 h 30 min", "1 d 1 h 1 min 1 s"]
        );
        assert_eq!(
            [900, 2_250, 500, 10_000, 1, 0].map(share),
            ["9 %", "22.5 %", "5 %", "100 %", "0.01 %", "0 %"]
        );
        assert_eq!(amount(8_500_000, "uusd"), "8.5 UST (8500000 uusd)");
        assert_eq!(amount(8, "ibc/x"), "8 ibc/x");
    }

    #[test]
    fn tiers_are_shown_with_the_odds_of_their_first_and_last() {
        let levana = Preset::named("levana-2021").unwrap();
        assert_eq!(
            tiers(&levana, 1_000),
            [
                "eggs        202 a shower, 8888 in all; of 1000 wallets (--wallets N for another number):",
                "legendary   the first 10: 10 meteors, 10 eggs, each with 100.00 %",
                "ancient     9 % of the rest: 89 meteors, 30 eggs, from 36.77 % to 30.64 %",
                "rare        22.5 % of the rest: 223 meteors, 61 eggs, from 29.84 % to 24.86 %",
                "common      all others: 678 meteors, 101 eggs, from 16.25 % to 13.54 %",
            ]
        );
        let few = tiers(&levana, 12);
        assert!(few.iter().any(|line| line.ends_with("0 eggs, nobody")), "{few:?}");
        assert_eq!(few.last().unwrap(), "            190 eggs find no meteor and are not made");
    }
}
