//! Launching an event: everything that is fixed for good is checked, told and never changes.

use cosmwasm_std::{Uint128, coins};
use meteor_contract_kit::KitError;
use meteor_messages::events::ShowerEvent;
use meteor_messages::shower::{ConfigResponse, InstantiateMsg, Payee, QueryMsg};
use meteor_rules::metadata::{Column, MetadataError, Template, Values};
use meteor_rules::schedule::{Schedule, ScheduleError};
use meteor_rules::tier::{PerTier, TierRule, TierRuleError};
use meteor_shower::ContractError;
use meteor_testkit::wallets::address;
use meteor_testkit::{BEGIN, Refusal, Suite};

fn refused(change: impl FnOnce(&mut InstantiateMsg)) -> ContractError {
    match Suite::new().with(change).try_build().err() {
        Some(Refusal::Shower(error)) => error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refuses(change: impl FnOnce(&mut InstantiateMsg), error: impl Into<ContractError>) {
    assert_eq!(refused(change), error.into());
}

#[test]
fn what_is_fixed_is_told() {
    let suite = Suite::new().showers(3).royalties("team", 500).build();
    let config: ConfigResponse = suite.query(&QueryMsg::Config {});
    let given = &suite.model.config;
    assert_eq!(config.payees, given.payees);
    assert_eq!(config.schedule, given.schedule);
    assert_eq!((config.tiers, config.eggs), (given.tiers, given.eggs));
    assert_eq!(config.denom, "uusd");
    assert_eq!(config.owner, Some(given.owner.clone()));
    assert_eq!((config.operator, config.guardian), (given.operator.clone(), given.guardian.clone()));
    assert!(!config.paused);
    assert_eq!(config.meteors, suite.meteors.as_str());
}

#[test]
fn launch_and_collection_are_told_as_events() {
    use cw_multi_test::Executor;
    use meteor_testkit::model::{Contracts, Told, told};
    let mut suite = Suite::new().build();
    let msg = suite.model.config.clone();
    // The same event once more on the same chain, to see its events.
    let res = suite
        .app
        .instantiate_contract(2, address("deployer"), &msg, &[], "again", None)
        .map(|contract| suite.app.contract_data(&contract).unwrap());
    assert!(res.unwrap().admin.is_none());
    let res = suite.app.execute(
        address("deployer"),
        cosmwasm_std::WasmMsg::Instantiate {
            admin: None,
            code_id: 2,
            msg: cosmwasm_std::to_json_binary(&msg).unwrap(),
            funds: vec![],
            label: "third".into(),
        }
        .into(),
    );
    let events = res.unwrap().events;
    let contract = events
        .iter()
        .find(|event| event.ty == "wasm-launch")
        .and_then(|event| event.attributes.iter().find(|a| a.key == "_contract_address"))
        .unwrap()
        .value
        .clone();
    let all = told(&events, &Contracts { shower: contract.clone(), ..Contracts::default() });
    let [
        Told::Shower(ShowerEvent::Launch(launch)),
        Told::Shower(ShowerEvent::Collection(meteors)),
        Told::Shower(ShowerEvent::Collection(hatchery)),
    ] = all.as_slice()
    else {
        panic!("{all:?}")
    };
    assert_eq!(*launch.config.0, msg);
    for (made, kind) in [(meteors, "meteors"), (hatchery, "hatchery")] {
        assert_eq!(made.kind, kind);
        let made = suite.app.contract_data(&cosmwasm_std::Addr::unchecked(&made.address)).unwrap();
        assert_eq!(made.creator.as_str(), contract, "the contract made its own {kind}");
        assert_eq!(made.admin, None, "and nobody can migrate it");
    }
}

#[test]
fn the_contract_alone_mints_its_meteors() {
    let suite = Suite::new().build();
    let minter: cw721::msg::MinterResponse = {
        #[allow(deprecated)]
        suite.query_nft(&meteor_messages::nft::QueryMsg::Minter {})
    };
    assert_eq!(minter.minter, Some(suite.shower.to_string()));
}

#[test]
fn bad_schedules_are_refused() {
    let good = Schedule { opens_at: BEGIN + 100, first_close: BEGIN + 120, interval: 20, count: 4 };
    let end = u64::MAX / 1_000_000_000 - 1;
    let over = Schedule { first_close: BEGIN, opens_at: BEGIN - 9, ..good };
    let with = |schedule| move |msg: &mut InstantiateMsg| msg.schedule = schedule;
    refuses(with(Schedule { count: 0, ..good }), ScheduleError::NoShowers);
    let many = ContractError::TooManyShowers { given: 1_001, most: 1_000 };
    refuses(with(Schedule { count: 1_001, ..good }), many);
    refuses(with(over), ContractError::AlreadyOver { closes_at: BEGIN, now: BEGIN });
    refuses(with(Schedule { interval: u64::MAX / 8, ..good }), ScheduleError::TooLong);
    refuses(with(Schedule { first_close: end, count: 1, ..good }), ContractError::DeadlineTooLate);
    assert!(Suite::new().showers(1_000).unchecked().try_build().is_ok());
    // A shower that is open already is fine as long as it can still be contributed to.
    let open = Schedule { opens_at: BEGIN - 5, first_close: BEGIN + 1, ..good };
    Suite::new().with(|msg| msg.schedule = open).build().contribute("alice", 8_000_000);
}

#[test]
fn bad_money_is_refused() {
    let payee = |name: &str, share_bp| Payee { address: address(name).into(), share_bp };
    refuses(|msg| msg.minimum = Uint128::zero(), ContractError::ZeroMinimum);
    for denom in ["", "u usd", &"x".repeat(129)] {
        assert!(matches!(refused(|msg| msg.denom = denom.into()), ContractError::BadDenom { .. }));
    }
    let with = |payees: &[(&str, u32)]| {
        let payees = payees.iter().map(|(name, share_bp)| payee(name, *share_bp)).collect();
        |msg: &mut InstantiateMsg| msg.payees = payees
    };
    let shares = |given| ContractError::Shares { given, wanted: 10_000 };
    let (a, b) = (address("a").into(), address("b").into());
    refuses(with(&[]), ContractError::PayeeCount { given: 0, most: 20 });
    refuses(with(&[("a", 1); 21]), ContractError::PayeeCount { given: 21, most: 20 });
    refuses(with(&[("a", 5_000), ("a", 5_000)]), ContractError::PayeeTwice { address: a });
    refuses(with(&[("a", 10_000), ("b", 0)]), ContractError::ZeroShare { address: b });
    refuses(with(&[("a", 9_999)]), shares(9_999));
    refuses(with(&[("a", u32::MAX), ("b", 10_001)]), shares(u64::from(u32::MAX) + 10_001));
    assert!(matches!(
        refused(|msg| msg.payees = vec![Payee { address: "nobody".into(), share_bp: 10_000 }]),
        ContractError::Std(_)
    ));
    let shares: Vec<(String, u32)> = (0..20).map(|n| (n.to_string(), 500)).collect();
    let shares: Vec<(&str, u32)> = shares.iter().map(|(name, bp)| (name.as_str(), *bp)).collect();
    Suite::new().payees(&shares).build();
}

#[test]
fn bad_tiers_eggs_and_windows_are_refused() {
    let tiers = TierRule { legendary: 10, ancient_bp: 9_000, rare_bp: 1_001 };
    refuses(|msg| msg.tiers = tiers, TierRuleError { given: 10_001 });
    let eggs = |given| ContractError::Eggs { given, most: u32::MAX };
    refuses(|msg| msg.eggs = PerTier::default(), eggs(0));
    let many = PerTier { legendary: u32::MAX, common: 1, ..PerTier::default() };
    refuses(|msg| msg.eggs = many, eggs(u64::from(u32::MAX) + 1));
    for given in [0, 59, 31_536_001, u64::MAX] {
        let window = ContractError::MintWindow { given, least: 60, most: 31_536_000 };
        refuses(|msg| msg.mint_window = given, window);
    }
    for given in [60, 31_536_000] {
        let windows = |msg: &mut InstantiateMsg| {
            msg.mint_window = given;
            (msg.fairness.crack_window, msg.fairness.key_window) = (given + 3_600, given + 3_601);
        };
        assert!(Suite::new().with(windows).try_build().is_ok());
    }
}

#[test]
fn a_template_that_mint_could_not_fill_is_refused() {
    let own = |index, wanted| ContractError::OwnColumn { index, wanted };
    let rarity = "rarity, a text of Legendary, Ancient, Rare, Common";
    let with = |change: fn(&mut Template)| move |msg: &mut InstantiateMsg| change(&mut msg.meteors.template);
    let none = |template: &mut Template| {
        template.columns.clear();
        (template.name, template.description) = ("Meteor #{id}".into(), "A meteor".into());
    };
    let mixed = |template: &mut Template| {
        let titles = ["Ancient", "Legendary", "Rare", "Common"].map(String::from);
        template.columns[0].values = Values::Text(titles.into());
    };
    refuses(with(none), own(0, rarity));
    refuses(with(|template| template.columns.swap(0, 1)), own(0, rarity));
    refuses(with(mixed), own(0, rarity));
    refuses(with(|template| template.columns.swap(1, 2)), own(1, "rank, a number"));
    let tenths = |template: &mut Template| {
        template.columns[2].values = Values::Tenths { suffix: String::new() };
    };
    refuses(with(tenths), own(2, "shower, a number"));
    let twice = Column { trait_type: "rank".into(), values: Values::Number { suffix: String::new() } };
    assert!(matches!(
        refused(|msg| msg.meteors.template.columns.push(twice)),
        ContractError::Template(MetadataError::BadColumn { .. })
    ));
}

#[test]
fn the_collection_refuses_for_the_event() {
    let royalties = Suite::new().royalties("team", 1_001).try_build().err();
    assert_eq!(
        royalties,
        Some(Refusal::Nft(meteor_nft::ContractError::RoyaltyShare { given: 1_001, most: 1_000 }))
    );
}

#[test]
fn roles_must_be_addresses() {
    let changes: [fn(&mut InstantiateMsg); 3] = [
        |msg| msg.owner = "nobody".into(),
        |msg| msg.operator = String::new(),
        |msg| msg.guardian = "osmo1qqqq".into(),
    ];
    for change in changes {
        assert!(matches!(refused(change), ContractError::Std(_)));
    }
}

#[test]
fn launching_takes_no_coins() {
    assert_eq!(
        Suite::new().launch(&coins(7, "uusd")).err(),
        Some(Refusal::Shower(KitError::FundsNotTaken { given: "7uusd".into() }.into()))
    );
}
