//! Launching an event: everything that is fixed for good is checked, told and never changes.

use cosmwasm_std::{Uint128, coins};
use meteor_contract_kit::KitError;
use meteor_messages::events::ShowerEvent;
use meteor_messages::nft::Royalties;
use meteor_messages::shower::{CatalogueTier, ConfigResponse, Fairness, InstantiateMsg, Payee, QueryMsg};
use meteor_rules::fairness::beacon::{BeaconError, BeaconRule, QUICKNET_KEY};
use meteor_rules::metadata::{Column, MetadataError, Template, Values};
use meteor_rules::schedule::{Schedule, ScheduleError};
use meteor_rules::tier::{PerTier, Tier, TierRule, TierRuleError};
use meteor_shower::ContractError;
use meteor_testkit::fairness::BEACON;
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
    // Compared with what is written here, not with what the suite sent.
    let of = |name: &str| String::from(address(name));
    let tiers = TierRule { legendary: 2, ancient_bp: 1_000, rare_bp: 2_000 };
    let eggs = PerTier { legendary: 2, ancient: 3, rare: 4, common: 5 };
    let schedule = Schedule { opens_at: BEGIN + 10, first_close: BEGIN + 30, interval: 40, count: 3 };
    let suite = Suite::new()
        .payees(&[("team", 9_000), ("fund", 1_000)])
        .royalties("team", 500)
        .with(|msg| {
            (msg.tiers, msg.eggs, msg.schedule) = (tiers, eggs, schedule);
            (msg.tilt_bp, msg.holdback_bp, msg.mint_window) = (1_500, 700, 3_700);
            msg.fairness.crack_window = 7_300;
            (msg.denom, msg.minimum) = ("ibc/27394FB092D2ECCD56123C74F36E4C1F".into(), Uint128::new(17));
            msg.catalogue.rare = CatalogueTier { count: 77, root: [7; 32].into() };
            (msg.owner, msg.operator, msg.guardian) = (of("o"), of("p"), of("g"));
        })
        .build();
    let config: ConfigResponse = suite.query(&QueryMsg::Config {});
    let payee = |name: &str, share_bp| Payee { address: of(name), share_bp };
    assert_eq!(config.payees, [payee("team", 9_000), payee("fund", 1_000)]);
    assert_eq!((config.schedule, config.tiers, config.eggs), (schedule, tiers, eggs));
    assert_eq!((config.tilt_bp, config.holdback_bp, config.mint_window), (1_500, 700, 3_700));
    assert_eq!(config.catalogue.rare, CatalogueTier { count: 77, root: [7; 32].into() });
    assert_eq!(config.denom, "ibc/27394FB092D2ECCD56123C74F36E4C1F");
    assert_eq!((config.owner, config.operator, config.guardian), (Some(of("o")), of("p"), of("g")));
    assert_eq!((config.paused, config.admin, config.chain_id.as_str()), (false, None, "meteor-test-1"));
    assert_eq!((config.minimums.len(), config.minimums[0].minimum.u128()), (1, 17));
    let made = |contract: &str| suite.app.contract_data(&cosmwasm_std::Addr::unchecked(contract)).unwrap();
    assert_eq!(made(&config.meteors).creator, suite.shower);
    assert_eq!(made(&config.hatchery).creator, suite.shower);
    let pending = suite.app.wrap().query_wasm_raw(&suite.shower, b"pending".to_vec()).unwrap();
    assert_eq!(pending, None, "what the launch needed in between is gone");
    let fairness: Fairness = suite.query(&QueryMsg::Fairness {});
    assert_eq!((fairness.crack_window, fairness.key_window), (7_300, 10_000));
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
    // The SDK's pattern: [a-zA-Z][a-zA-Z0-9/:._-]{2,127}
    let long = "x".repeat(129);
    for denom in
        ["", "u", "uu", "u usd", "1usd", "/usd", "u\u{e9}usd", "uusd\n", "uusd,uluna", "u'usd", long.as_str()]
    {
        assert!(
            matches!(refused(|msg| msg.denom = denom.into()), ContractError::BadDenom { .. }),
            "{denom:?}"
        );
    }
    for denom in ["abc", "A-._:/9", &"x".repeat(128)] {
        assert!(Suite::new().with(|msg| msg.denom = denom.into()).try_build().is_ok(), "{denom}");
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
    let changes: [fn(&mut InstantiateMsg); 4] = [
        |msg| msg.admin = Some("nobody".into()),
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

#[test]
fn shares_tilt_and_catalogue_have_their_bounds() {
    for given in [5_001, 10_000, u32::MAX] {
        refuses(|msg| msg.holdback_bp = given, ContractError::Holdback { given, most: 5_000 });
    }
    for given in [10_001, u32::MAX] {
        refuses(|msg| msg.tilt_bp = given, ContractError::Tilt { given, most: 10_000 });
    }
    assert!(Suite::new().with(|msg| (msg.holdback_bp, msg.tilt_bp) = (5_000, 10_000)).try_build().is_ok());
    refuses(|msg| msg.catalogue.rare.count = 0, ContractError::NoPieces { tier: Tier::Rare });
    for given in [0, 31, 33] {
        let root = cosmwasm_std::HexBinary::from(vec![1; given]);
        let length = KitError::Length { what: "a root of the catalogue", given, wanted: "32" };
        refuses(|msg| msg.catalogue.common.root = root, length);
    }
}

/// quicknet's key.
fn quicknet(msg: &mut InstantiateMsg) {
    msg.fairness.beacon_key = cosmwasm_std::HexBinary::from_hex(QUICKNET_KEY).unwrap();
    msg.fairness.beacon = BeaconRule { genesis: 1_692_803_367, period: 3, delay: 600 };
    msg.hatchery.reveal_timeout = 900;
}

#[test]
fn quicknets_key_implies_its_rhythm_a_delay_and_time_to_reveal() {
    assert!(Suite::new().with(quicknet).try_build().is_ok());
    let with = |change: fn(&mut InstantiateMsg)| {
        refused(move |msg| {
            quicknet(msg);
            change(msg);
        })
    };
    let rhythm = |genesis, period| ContractError::Beacon(BeaconError::Rhythm { genesis, period });
    assert_eq!(with(|msg| msg.fairness.beacon.genesis -= 1), rhythm(1_692_803_366, 3));
    assert_eq!(with(|msg| msg.fairness.beacon.period = 30), rhythm(1_692_803_367, 30));
    assert_eq!(with(|msg| msg.fairness.beacon.delay = 299), BeaconError::Delay { given: 299 }.into());
    let timeout = ContractError::RevealTimeout { given: 899, least: 900, most: 31_536_000 };
    assert_eq!(with(|msg| msg.hatchery.reveal_timeout = 899), timeout);
    // Another key is one for test chains, where a minute is enough.
    assert!(Suite::new().reveal_timeout(60).try_build().is_ok());
    for zero in [BeaconRule { period: 0, ..BEACON }, BeaconRule { delay: 0, ..BEACON }] {
        refuses(|msg| msg.fairness.beacon = zero, ContractError::Beacon(BeaconError::Zero));
    }
}

/// Half of the mint window must be left when the deciding round is due, for the first shower and for the last.
#[test]
fn a_round_that_comes_too_late_refuses_the_launch() {
    let close = BEGIN + 120;
    let with =
        |beacon| move |msg: &mut InstantiateMsg| (msg.mint_window, msg.fairness.beacon) = (100, beacon);
    let exact = |delay| BeaconRule { genesis: close, period: 1, delay };
    assert!(Suite::new().with(with(exact(50))).try_build().is_ok());
    let late = |shower, after| ContractError::RoundTooLate { shower, after, mint_window: 100 };
    refuses(with(exact(51)), late(1, 51));
    // A genesis long after the first close, and one in time for the first and too late for none.
    refuses(with(BeaconRule { genesis: close + 51, period: 1, delay: 1 }), late(1, 51));
    // The last shower closes 60 seconds later, just after a round: the next one is a period away.
    let sparse = BeaconRule { genesis: close - 11, period: 70, delay: 10 };
    refuses(with(sparse), late(1, 59));
    let sparse = BeaconRule { genesis: close + 10, period: 61, delay: 10 };
    assert_eq!(sparse.due(sparse.round(close + 60, close + 60).unwrap()), Some(close + 71));
    let sparse = BeaconRule { genesis: close + 10, period: 150, delay: 10 };
    refuses(with(sparse), late(4, 100));
    // The ends of numbers.
    for beacon in [
        BeaconRule { genesis: u64::MAX, period: 1, delay: 1 },
        BeaconRule { genesis: 0, period: u64::MAX, delay: 1 },
        BeaconRule { genesis: u64::MAX, period: u64::MAX, delay: u64::MAX },
        BeaconRule { genesis: 0, period: 1, delay: u64::MAX },
    ] {
        assert!(matches!(refused(with(beacon)), ContractError::RoundTooLate { shower: 1, .. }), "{beacon:?}");
    }
}

/// A key tells everything: it must stay secret while meteors can be minted or revealed.
#[test]
fn the_crack_window_covers_minting_and_revealing_and_the_key_window_follows_it() {
    let most = 5 * 365 * 24 * 60 * 60;
    for given in [0, 7_199, most + 1, u64::MAX] {
        let error = ContractError::CrackWindow { given, least: 7_200, most };
        refuses(|msg| msg.fairness.crack_window = given, error);
    }
    for given in [0, 7_199, 7_200, most + 1, u64::MAX] {
        let error = ContractError::KeyWindow { given, crack_window: 7_200, most };
        refuses(|msg| msg.fairness.key_window = given, error);
    }
    for given in [7_201, most] {
        assert!(Suite::new().with(|msg| msg.fairness.key_window = given).try_build().is_ok());
    }
}

/// Whoever is admin can replace the code and with it every rule. The launch says who, and it is so.
#[test]
fn the_contract_is_born_with_the_admin_that_the_launch_names_and_no_other() {
    use cw_multi_test::Executor;
    let mut suite = Suite::new().build();
    let mut born = |named: Option<&str>, made: Option<&str>| {
        let mut msg = suite.model.config.clone();
        msg.admin = named.map(|name| address(name).into());
        let admin = made.map(|name| address(name).into());
        let made = suite.app.instantiate_contract(2, address("deployer"), &msg, &[], "again", admin);
        made.map_err(|error| error.downcast::<ContractError>().unwrap())
    };
    let error = |admin: Option<&str>, named: Option<&str>| {
        let name = |who: Option<&str>| who.map_or("nobody".into(), |who| address(who).into());
        Some(ContractError::Admin { admin: name(admin), named: name(named) })
    };
    for (named, made) in [(None, Some("a")), (Some("a"), None), (Some("a"), Some("b"))] {
        assert_eq!(born(named, made).err(), error(made, named));
    }
    assert!(born(None, None).is_ok());
    let contract = born(Some("a"), Some("a")).unwrap();
    let told: ConfigResponse = suite.app.wrap().query_wasm_smart(&contract, &QueryMsg::Config {}).unwrap();
    assert_eq!(told.admin, Some(address("a").into()));
}

/// Addresses can be predicted, so a launch could name the contracts it will have. Money sent there would stay.
#[test]
fn nobody_pays_the_events_own_contracts() {
    // Classic addresses follow from code and instance numbers alone: the same launch has the same.
    let made = Suite::new().build().model.contracts;
    for own in [&made.meteors, &made.hatchery, &made.eggs, &made.dust] {
        let payee = vec![Payee { address: own.clone(), share_bp: 10_000 }];
        refuses(|msg| msg.payees = payee, ContractError::PaysItself { address: own.clone() });
        let royalties = Royalties { payment_address: own.clone(), share_bp: 1 };
        let changes: [fn(&mut InstantiateMsg, Royalties); 3] = [
            |msg, royalties| msg.meteors.royalties = Some(royalties),
            |msg, royalties| msg.hatchery.eggs.royalties = Some(royalties),
            |msg, royalties| msg.hatchery.dust.royalties = Some(royalties),
        ];
        for change in changes {
            let royalties = royalties.clone();
            let refusal = Suite::new().with(|msg| change(msg, royalties)).try_build().err();
            // A collection refuses its own address by itself.
            assert!(
                matches!(
                    refusal,
                    Some(
                        Refusal::Shower(ContractError::PaysItself { .. })
                            | Refusal::Nft(meteor_nft::ContractError::RoyaltyReceiver { .. })
                    )
                ),
                "{refusal:?}"
            );
        }
    }
    // And the contract itself, whose address follows from the launch's salt.
    let payee = vec![Payee { address: made.shower.clone(), share_bp: 10_000 }];
    refuses(|msg| msg.payees = payee, ContractError::PaysItself { address: made.shower });
}
