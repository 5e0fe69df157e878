//! What the contracts themselves say of a launch: their own code, run here, on the message that the chain would run it on.
//! So no check of theirs can be forgotten.

use cosmwasm_std::testing::{MockApi, MockQuerier, MockStorage, message_info, mock_env};
use cosmwasm_std::{Addr, Empty, OwnedDeps, Timestamp};
use meteor_messages::nft::{self, CollectionInit};
use meteor_messages::shower::InstantiateMsg;
use meteor_operator::launch::{Finding, Launch};

/// What a contract is made with.
type Deps = OwnedDeps<MockStorage, MockApi, MockQuerier, Empty>;

/// What the contracts refuse of `message` at `now` (Unix seconds), where the shower contract is at `contract`.
pub(super) fn refusals(launch: &Launch, message: &InstantiateMsg, contract: &str, now: u64) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut env = mock_env();
    env.block.chain_id.clone_from(&launch.chain.id);
    env.block.time = Timestamp::from_seconds(now);
    env.contract.address = Addr::unchecked(contract);
    let info = message_info(&Addr::unchecked(launch.deployer()), &[]);
    // Its prefix has to live as long as the program: a few bytes, once.
    let prefix: &'static str = launch.chain.prefix.clone().leak();
    let deps = || Deps {
        storage: MockStorage::default(),
        api: MockApi::default().with_prefix(prefix),
        querier: MockQuerier::default(),
        custom_query_type: std::marker::PhantomData,
    };
    let made =
        meteor_shower::contract::instantiate(deps().as_mut(), env.clone(), info.clone(), message.clone());
    found.extend(made.err().map(|why| Finding::Contract { contract: "shower", why: why.to_string() }));
    let collections =
        [("meteors", &message.meteors), ("eggs", &message.hatchery.eggs), ("dust", &message.hatchery.dust)];
    for (of, CollectionInit { name, symbol, template, royalties, .. }) in collections {
        let message = nft::InstantiateMsg {
            name: name.clone(),
            symbol: symbol.clone(),
            minter: contract.to_owned(),
            template: template.clone(),
            royalties: royalties.clone(),
        };
        let mut env = env.clone();
        // Its own address isn't known, and is neither the minter's nor anyone's who is paid.
        env.contract.address = Addr::unchecked(of);
        let made = meteor_nft::contract::instantiate(deps().as_mut(), env, info.clone(), message);
        found.extend(made.err().map(|why| Finding::Contract { contract: of, why: why.to_string() }));
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use cosmwasm_std::HexBinary;
    use meteor_operator::launch::{Codes, Known, instantiate, lint};
    use meteor_operator::signer::Signer;
    use meteor_rules::minimum::Minimum;
    use meteor_rules::preset::Preset;
    use meteor_rules::tier::PerTier;

    use super::*;
    use crate::art::stand_in;

    const NOW: u64 = 1_800_000_000;

    fn address(index: u8) -> String {
        Signer::from_bytes(&[index; 32], "terra").unwrap().address().to_owned()
    }

    fn launch() -> String {
        let [owner, operator, guardian, pool, artists] = [1, 2, 3, 8, 9].map(address);
        format!(
            r#"
label = "event"
salt = "one"
preset = "levana-2021"
opens_at = 2030-01-01T00:00:00Z
commitments = "commitments.json"
catalogue = "catalogue.csv"
payees = [{{ address = "{pool}", share_bp = 8350 }}, {{ address = "{artists}", share_bp = 1650 }}]
chain = {{ id = "columbus-5", nodes = ["http://node"], prefix = "terra", denom = "uusd", gas_price = "28.325uluna" }}
roles = {{ owner = "{owner}", operator = "{operator}", guardian = "{guardian}" }}
beacon = {{ network = "quicknet", delay = 600 }}
royalties = {{ address = "{pool}", share_bp = 500 }}
"#
        )
    }

    fn preset() -> Preset {
        let mut preset = Preset::named("levana-2021").unwrap();
        preset.schedule.opens_at = None;
        preset
    }

    /// What the contracts say of a launch, and what is said of it with its line.
    fn said(launch: &str, preset: &Preset) -> (Vec<Finding>, Vec<Finding>) {
        let launch = Launch::parse(launch).unwrap();
        let codes = Codes { shower: 1, nft: 2, hatchery: 3 };
        let count = usize::try_from(preset.schedule.count).unwrap();
        let catalogue = stand_in(&preset.meteors.template, 0, 2);
        let message =
            instantiate(&launch, preset, codes, &vec![[7; 32]; count], [1; 32], &catalogue).unwrap();
        let errors = lint(&launch, preset, &Known { now: NOW, ..Known::default() });
        let errors = errors.into_iter().filter(Finding::is_error).collect();
        (refusals(&launch, &message, &address(200), NOW), errors)
    }

    /// Whatever the contracts refuse of a launch is found before, with its file and line.
    #[test]
    fn what_the_contracts_refuse_is_said_with_its_line() {
        type Spoil = fn(&mut Preset);
        assert_eq!(said(&launch(), &preset()), (vec![], vec![]));
        let presets: Vec<Spoil> = vec![
            |preset| preset.schedule.count = 0,
            |preset| preset.schedule.count = 1_001,
            |preset| preset.schedule.first = 0,
            |preset| preset.schedule.interval = 0,
            |preset| preset.schedule.interval = u64::MAX / 1_000_000_000,
            |preset| preset.minimum = Minimum::Micro(0),
            |preset| preset.mint_window = 59,
            |preset| preset.mint_window = 365 * 86_400 + 1,
            |preset| preset.mint_window = 1_199,
            |preset| preset.tiers.ancient_bp = 9_000,
            |preset| preset.eggs = PerTier::default(),
            |preset| preset.eggs.legendary = u32::MAX,
            |preset| preset.tilt_bp = 10_001,
            |preset| preset.holdback_bp = 5_001,
            |preset| preset.crack.reveal_timeout = 899,
            |preset| preset.crack.reveal_timeout = 365 * 86_400 + 1,
            |preset| preset.crack.crack_window = 1,
            |preset| preset.crack.key_window = preset.crack.crack_window,
            |preset| preset.crack.key_window = 5 * 365 * 86_400 + 1,
            |preset| preset.meteors.name.clear(),
            |preset| preset.crack.eggs.symbol = "x".repeat(129),
            |preset| preset.crack.dust.name = "x".repeat(129),
            |preset| preset.meteors.template.columns.swap(0, 1),
            |preset| preset.meteors.template.columns.swap(2, 3),
            |preset| preset.meteors.template.name = "{none}".into(),
            |preset| preset.crack.dust.template.description = "{none}".into(),
        ];
        for (at, spoil) in presets.into_iter().enumerate() {
            let mut preset = preset();
            spoil(&mut preset);
            let (refused, found) = said(&launch(), &preset);
            assert!(!refused.is_empty(), "the contracts accept preset {at}");
            assert!(
                !found.is_empty(),
                "nothing is said of preset {at}, which the contracts refuse: {refused:?}"
            );
        }
        let (pool, guardian) = (address(8), address(3));
        let launches: Vec<(&str, String)> = vec![
            ("8350", "8351".into()),
            ("8350", "0".into()),
            (&pool, address(9)),
            (&pool, pool.to_ascii_uppercase()),
            (&pool, "terra1".into()),
            (&guardian, guardian.to_ascii_uppercase()),
            (&guardian, guardian.replace("terra1", "Terra1")),
            ("\"uusd\"", "\"u\"".into()),
            ("\"uusd\"", "\"1usd\"".into()),
            ("share_bp = 500", "share_bp = 0".into()),
            ("share_bp = 500", "share_bp = 1001".into()),
            ("2030", "2001".into()),
            ("2030-01-01", "9999-12-31".into()),
            ("2030-01-01", "2554-07-20".into()),
            ("delay = 600", "delay = 299".into()),
        ];
        for (from, to) in launches {
            let spoiled = launch().replacen(from, &to, 1);
            let mut preset = preset();
            // An amount without a unit is one of any denom.
            preset.minimum = Minimum::Micro(8_000_000);
            let (refused, found) = said(&spoiled, &preset);
            assert!(!refused.is_empty(), "the contracts accept {from} as {to}");
            assert!(!found.is_empty(), "nothing is said of {from} as {to}: {refused:?}");
        }
    }

    #[test]
    fn the_contracts_own_words_are_kept() {
        let launch = Launch::parse(&launch()).unwrap();
        let codes = Codes { shower: 1, nft: 2, hatchery: 3 };
        let preset = preset();
        let catalogue = stand_in(&preset.meteors.template, 0, 2);
        let mut message = instantiate(&launch, &preset, codes, &[[7; 32]; 44], [1; 32], &catalogue).unwrap();
        message.fairness.commitments.pop();
        message.fairness.tables = HexBinary::from(&[1; 31]);
        let refused = refusals(&launch, &message, &address(200), NOW);
        let why = "43 commitments for 44 showers: give one for each, in order".to_owned();
        assert_eq!(refused.first(), Some(&Finding::Contract { contract: "shower", why }));
    }
}
