//! Every finding, made by spoiling one thing of a good launch.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use meteor_devnet::{DEV_MNEMONIC, DevBeacon};
use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::fairness::beacon::BeaconError;
use meteor_rules::minimum::Minimum;
use meteor_rules::schedule::ScheduleError;
use meteor_rules::tier::PerTier;

use super::finding::{AddressFault, TextFault};
use super::*;
use crate::keys::OtherEvent;
use crate::signer::{COIN_TYPE, Signer};

const NOW: u64 = 1_700_000_000;

/// An address that is nobody's.
fn address(index: u8) -> String {
    Signer::from_bytes(&[index; 32], "terra").unwrap().address().to_owned()
}

/// An address of the dev chain's words.
fn public(index: u32) -> String {
    Signer::from_mnemonic(DEV_MNEMONIC, COIN_TYPE, index, "terra").unwrap().address().to_owned()
}

fn text() -> String {
    format!(
        r#"
label = "event"
salt = "one"
preset = "levana-2021"
opens_at = 2030-01-01T00:00:00Z
commitments = "commitments.json"
catalogue = "catalogue.csv"
payees = [{{ address = "{}", share_bp = 8350 }}, {{ address = "{}", share_bp = 1650 }}]
chain = {{ id = "columbus-5", nodes = ["http://node"], prefix = "terra", denom = "uusd", gas_price = "28.325uluna" }}
roles = {{ owner = "{}", operator = "{}", guardian = "{}" }}
beacon = {{ network = "quicknet", delay = 600 }}
royalties = {{ address = "{}", share_bp = 500 }}
"#,
        address(8),
        address(9),
        address(1),
        address(2),
        address(3),
        address(8)
    )
}

fn preset() -> Preset {
    let mut preset = Preset::named("levana-2021").unwrap();
    preset.schedule.opens_at = None;
    preset
}

fn found(text: &str, known: &Known) -> Vec<Finding> {
    lint(&Launch::parse(text).unwrap(), &preset(), known)
}

fn known() -> Known {
    Known { now: NOW, ..Known::default() }
}

#[test]
fn a_good_launch_has_no_findings() {
    assert_eq!(found(&text(), &known()), []);
    assert_eq!(Launch::parse(&text()).unwrap().opens_at(&preset()).unwrap(), 1_893_456_000);
}

#[test]
fn what_does_not_belong_there_is_refused_with_its_line() {
    let error = Launch::parse(&text().replace("label =", "lable =")).unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("lable"), "{error}");
}

#[test]
fn each_spoiled_thing_is_found() {
    let one = address(1);
    let cases: Vec<(&str, String, Finding)> = vec![
        ("8350", "8000".into(), Finding::Shares(9_650)),
        ("8350", "0".into(), Finding::NoShare { at: 1, address: address(8) }),
        ("share_bp = 500", "share_bp = 5000".into(), Finding::Royalties(5_000)),
        ("28.325uluna", "0uluna".into(), Finding::GasPrice("0uluna".into())),
        ("28.325uluna", "luna".into(), Finding::GasPrice("luna".into())),
        ("28.325uluna", "28.325 uluna".into(), Finding::GasPrice("28.325 uluna".into())),
        ("28.325uluna", "1e3uluna".into(), Finding::GasPrice("1e3uluna".into())),
        (
            "28.325uluna",
            "1uusd".into(),
            Finding::GasDenom { denom: "uusd".into(), chain: "columbus-5".into() },
        ),
        ("2030-01", "2001-01".into(), Finding::Past(NOW - 978_307_200)),
        ("2030-01-01T00:00:00Z", "2023-11-14T22:13:30Z".into(), Finding::TooSoon(10)),
        ("2030-01-01T00:00:00Z", "2023-11-14T22:33:20Z".into(), Finding::Soon(1_200)),
        ("2030-01-01T00:00:00Z", "9999-12-31T23:59:59Z".into(), Finding::Schedule(ScheduleError::TooLong)),
        ("2030-01-01T00:00:00Z", "2554-07-20T00:00:00Z".into(), Finding::TooLate),
        ("2030-01-01T00:00:00Z", "2030-01-01".into(), Finding::Opening("2030-01-01".into())),
        ("label = \"event\"", "label = \"event \"".into(), Finding::Label(TextFault::Space)),
        ("label = \"event\"", "label = \"\"".into(), Finding::Label(TextFault::Empty)),
        ("salt = \"one\"", "salt = \"\"".into(), Finding::Salt(0)),
        ("salt = \"one\"", format!("salt = \"{}\"", "x".repeat(65)), Finding::Salt(65)),
        ("share_bp = 500", "share_bp = 0".into(), Finding::Royalties(0)),
        ("share_bp = 500", "share_bp = 1001".into(), Finding::Royalties(1_001)),
        ("denom = \"uusd\"", "denom = \"u\"".into(), Finding::Denom("u".into())),
        ("denom = \"uusd\"", "denom = \"u usd\"".into(), Finding::Denom("u usd".into())),
        ("preset = \"levana-2021\"", "preset = \"demo\"".into(), Finding::DemoPreset),
    ];
    for (from, to, finding) in cases {
        let found = found(&text().replace(from, &to), &known());
        assert!(found.contains(&finding), "{from} as {to}: {found:?}");
    }
    // One letter of an address wrong: its checksum shows it.
    let typo = format!("{}q", one.get(..one.len() - 1).unwrap());
    let wrong =
        Finding::Address { key: "roles.owner".into(), address: typo.clone(), fault: AddressFault::Mistyped };
    assert!(found(&text().replace(&one, &typo), &known()).contains(&wrong));
    let foreign = text().replace("prefix = \"terra\"", "prefix = \"cosmos\"");
    assert_eq!(found(&foreign, &known()).len(), 6);
    let same = text().replace(&address(2), &one);
    assert_eq!(found(&same, &known()), [Finding::SameRole("owner", "operator")]);
    let same = text().replace(&address(3), &one);
    assert_eq!(found(&same, &known()), [Finding::SameRole("owner", "guardian")]);
    assert!(
        found(&text().replace(&address(9), &address(8)), &known())
            .contains(&Finding::PayeeTwice { at: 2, address: address(8) })
    );
    let paid = found(&text().replace(&address(9), &address(2)), &known());
    assert_eq!(paid, [Finding::PayeeIsRole { at: 2, address: address(2), role: "operator" }]);
    assert!(!paid.iter().any(Finding::is_error));
    let codes = format!("{}codes = {{ shower = 1, nft = 2, hatchery = 3 }}\n", text());
    assert_eq!(found(&codes, &known()), [Finding::CodesAsTheyAre]);
}

#[test]
fn test_values_are_refused_on_a_mainnet_only() {
    let beacon = hex::encode(DevBeacon::own().unwrap().public_key());
    let beacon = format!(r#""own", genesis = 1, period = 1, public_key = "{beacon}""#);
    for index in 0..10 {
        let given = text().replace(&address(1), &public(index)).replace("\"quicknet\"", &beacon);
        let expected = Finding::PublicKey { key: "roles.owner".into(), address: public(index) };
        assert_eq!(found(&given, &known()), [expected, Finding::PublicBeacon]);
        assert_eq!(found(&given.replace("columbus-5", "localterra"), &known()), []);
    }
    let mut short = preset();
    short.schedule.interval = 20;
    let launch = Launch::parse(&text()).unwrap();
    assert_eq!(lint(&launch, &short, &known()), [Finding::Short(20)]);
}

#[test]
fn times_that_leave_no_room_for_one_another_are_found() {
    type Spoil = fn(&mut Preset);
    let with = |spoil: Spoil, text: &str| {
        let mut preset = preset();
        spoil(&mut preset);
        lint(&Launch::parse(text).unwrap(), &preset, &known())
    };
    let (quicknet, week, month): (_, u64, u64) = (text(), 604_800, 2_592_000);
    let year = 365 * 86_400;
    let cases: [(Spoil, Finding); 12] = [
        (|preset| preset.mint_window = 3_599, Finding::ShortMintWindow { given: 3_599, least: 3_600 }),
        (
            |preset| preset.crack.reveal_timeout = 365 * 86_400 + 1,
            Finding::RevealTimeout { given: year + 1, least: 900 },
        ),
        (
            |preset| preset.crack.key_window = 5 * 365 * 86_400 + 1,
            Finding::KeyWindow { given: 5 * year + 1, crack_window: month },
        ),
        (|preset| preset.schedule.count = 0, Finding::Showers(0)),
        (|preset| preset.schedule.count = 1_001, Finding::Showers(1_001)),
        (|preset| preset.schedule.interval = 0, Finding::Schedule(ScheduleError::NoInterval)),
        (|preset| preset.crack.reveal_timeout = 899, Finding::RevealTimeout { given: 899, least: 900 }),
        (
            |preset| preset.crack.crack_window = 1_209_599,
            Finding::CrackWindow { given: 2 * week - 1, least: 2 * week },
        ),
        (
            |preset| preset.crack.key_window = 2_592_000,
            Finding::KeyWindow { given: month, crack_window: month },
        ),
        (|preset| preset.tilt_bp = 10_001, Finding::Tilt(10_001)),
        (|preset| preset.holdback_bp = 5_001, Finding::Holdback(5_001)),
        (|preset| preset.holdback_bp = 0, Finding::NoHoldback),
    ];
    for (spoil, finding) in cases {
        let is_error = finding != Finding::NoHoldback;
        assert_eq!(finding.is_error(), is_error, "{finding}");
        let found = with(spoil, &quicknet);
        assert!(found.contains(&finding), "{finding:?} is not in {found:?}");
        // A timeout that is too long has no crack window that is long enough.
        assert!(found.len() == 1 || matches!(finding, Finding::RevealTimeout { .. }), "{found:?}");
    }
    // Each at its edge.
    assert_eq!(with(|preset| preset.mint_window = 3_600, &quicknet), []);
    // Where a rehearsal may be short, the round still comes first.
    let rehearsal = quicknet.replace("columbus-5", "localterra");
    let late = Finding::RoundTooLate { after: 603, mint_window: 1_205 };
    assert_eq!(with(|preset| preset.mint_window = 1_205, &rehearsal), [late]);
    assert_eq!(with(|preset| preset.mint_window = 1_206, &rehearsal), []);
    assert_eq!(with(|preset| preset.mint_window = 59, &rehearsal), [Finding::MintWindow(59)]);
    assert_eq!(with(|preset| preset.crack.reveal_timeout = 900, &quicknet), []);
    assert_eq!(with(|preset| preset.crack.crack_window = 1_209_600, &quicknet), []);
    assert_eq!(with(|preset| preset.crack.key_window = 2_592_001, &quicknet), []);
    // A test chain with a beacon of its own needs less time to reveal; a mainnet doesn't, whatever its beacon.
    let key = hex::encode(DevBeacon::own().unwrap().public_key());
    let own =
        text().replace("\"quicknet\"", &format!(r#""own", genesis = 1, period = 1, public_key = "{key}""#));
    let local = own.replace("columbus-5", "localterra");
    assert_eq!(with(|preset| preset.crack.reveal_timeout = 60, &local), []);
    let short = Finding::RevealTimeout { given: 59, least: 60 };
    assert_eq!(with(|preset| preset.crack.reveal_timeout = 59, &local), [short]);
    let short = Finding::RevealTimeout { given: 60, least: 900 };
    assert!(with(|preset| preset.crack.reveal_timeout = 60, &own).contains(&short));
}

#[test]
fn a_beacon_is_quicknet_as_it_is_or_for_test_chains() {
    let delay = |given: &str| found(&text().replace("delay = 600", given), &known());
    assert_eq!(delay("delay = 299"), [Finding::Beacon(BeaconError::Delay { given: 299 })]);
    assert_eq!(delay("delay = 300"), [Finding::Delay(300)]);
    assert!(!Finding::Delay(300).is_error());
    // quicknet's key under another name and with another rhythm: its rounds were public for years.
    let key = Network::quicknet().public_key;
    let own = |more: &str| format!(r#""own", public_key = "{key}", {more}"#);
    let same = text().replace("\"quicknet\"", &own("genesis = 1692803367, period = 3"));
    assert_eq!(found(&same, &known()), []);
    let slow = text().replace("\"quicknet\"", &own("genesis = 1692803367, period = 30"));
    let rhythm = BeaconError::Rhythm { genesis: 1_692_803_367, period: 30 };
    assert_eq!(found(&slow, &known()), [Finding::Beacon(rhythm)]);
    assert_eq!(found(&slow.replace("columbus-5", "localterra"), &known()), [Finding::Beacon(rhythm)]);
    // Any other key is for test chains, whoever has it.
    let mine = DevBeacon::new(b"mine", 1, 1).unwrap();
    let mine =
        format!(r#""own", genesis = 1, period = 1, public_key = "{}""#, hex::encode(mine.public_key()));
    let mine = text().replace("\"quicknet\"", &mine);
    assert_eq!(found(&mine, &known()), [Finding::OwnBeacon]);
    assert_eq!(found(&mine.replace("columbus-5", "localterra"), &known()), []);
}

#[test]
fn odds_that_are_worse_for_a_better_rank_are_found_with_the_first_shower_that_has_them() {
    let mut worse = Preset::named("demo").unwrap();
    worse.schedule.opens_at = None;
    let launch = text().replace("columbus-5", "localterra");
    let odds = |preset: &Preset| {
        let found = lint(&Launch::parse(&launch).unwrap(), preset, &known());
        found.into_iter().filter(|finding| matches!(finding, Finding::Odds(_))).collect::<Vec<_>>()
    };
    assert_eq!(odds(&worse), []);
    worse.eggs.ancient = 2;
    let found = odds(&worse);
    assert_eq!(found.len(), 1);
    assert!(found[0].is_error() && found[0].to_string().contains("in a shower of 31 "), "{}", found[0]);
}

#[test]
fn what_the_caller_found_out_is_said() {
    let known =
        Known { catalogue: vec!["line 3: it is blank".into()], contract: Some(address(8)), ..known() };
    let itself = |key: &str| Finding::PaysItself { key: key.into(), address: address(8) };
    let expected = [
        itself("payees[1].address"),
        itself("royalties.address"),
        Finding::Catalogue("line 3: it is blank".into()),
    ];
    assert_eq!(found(&text(), &known), expected);
}

/// In the contract's own code: `addr_validate` refuses what is not in small letters.
#[test]
fn addresses_are_compared_as_accounts_and_accepted_in_small_letters() {
    let with = |from: &str, to: &str| found(&text().replacen(from, to, 1), &known());
    let (payee, capitals) = (address(9), address(9).to_ascii_uppercase());
    let at = |fault| Finding::Address { key: "payees[2].address".into(), address: capitals.clone(), fault };
    assert_eq!(with(&payee, &capitals), [at(AddressFault::Capitals(payee.clone()))]);
    let mixed = payee.replace("terra1", "Terra1");
    assert_eq!(
        with(&payee, &mixed),
        [Finding::Address {
            key: "payees[2].address".into(),
            address: mixed.clone(),
            fault: AddressFault::Mixed(payee.clone()),
        }]
    );
    let twice = with(&payee, &address(8).to_ascii_uppercase());
    assert!(
        twice.contains(&Finding::PayeeTwice { at: 2, address: address(8).to_ascii_uppercase() }),
        "{twice:?}"
    );
    let role = with(&address(3), &address(2).to_ascii_uppercase());
    assert!(role.contains(&Finding::SameRole("operator", "guardian")), "{role:?}");
    let long = cosmrs::AccountId::new("terra", &[7; 21]).unwrap().to_string();
    assert_eq!(
        with(&payee, &long),
        [Finding::Address {
            key: "payees[2].address".into(),
            address: long.clone(),
            fault: AddressFault::Length(21),
        }]
    );
    let other = cosmrs::AccountId::new("cosmos", &[7; 20]).unwrap().to_string();
    assert_eq!(
        with(&payee, &other),
        [Finding::Address {
            key: "payees[2].address".into(),
            address: other.clone(),
            fault: AddressFault::Prefix("terra".into()),
        }]
    );
}

#[test]
fn as_many_payees_as_the_contract_takes() {
    let with = |count: u32| {
        let each = |at: u32| {
            let address = address(u8::try_from(100 + at).unwrap());
            format!(
                "{{ address = \"{address}\", share_bp = {} }}",
                if at == 0 { 10_000 - count + 1 } else { 1 }
            )
        };
        let list: Vec<String> = (0..count).map(each).collect();
        let text = text();
        let line = text.lines().find(|line| line.starts_with("payees")).unwrap();
        found(&text.replace(line, &format!("payees = [{}]", list.join(", "))), &known())
    };
    assert_eq!(with(20), []);
    assert_eq!(with(21), [Finding::PayeeCount(21)]);
    assert_eq!(with(0), [Finding::PayeeCount(0)]);
}

#[test]
fn what_the_preset_says_of_names_and_money_is_checked() {
    type Spoil = fn(&mut Preset);
    let with = |spoil: Spoil| {
        let mut preset = preset();
        spoil(&mut preset);
        lint(&Launch::parse(&text()).unwrap(), &preset, &known())
    };
    let name = |key: &str, what: &'static str, fault| Finding::Text { key: key.into(), what, fault };
    let cases: [(Spoil, Finding); 9] = [
        (|preset| preset.meteors.symbol.clear(), name("meteors.symbol", "symbol", TextFault::Empty)),
        (
            |preset| preset.crack.eggs.name = "x".repeat(129),
            name("crack.eggs.name", "name", TextFault::Long(129)),
        ),
        (|preset| preset.crack.dust.name.push(' '), name("crack.dust.name", "name", TextFault::Space)),
        (|preset| preset.minimum = Minimum::Micro(0), Finding::ZeroMinimum),
        (
            |preset| preset.minimum = Minimum::Written("8 LUNA".into()),
            Finding::Minimum(MinimumError::Unit {
                given: "8 LUNA".into(),
                denom: "uusd".into(),
                unit: "UST".into(),
            }),
        ),
        (|preset| preset.eggs = PerTier::default(), Finding::Eggs(0)),
        (|preset| preset.eggs.common = u32::MAX, Finding::Eggs(u64::from(u32::MAX) + 101)),
        (
            |preset| preset.tiers.rare_bp = 9_101,
            Finding::Preset {
                key: "tiers".into(),
                why: "the preset's tiers are refused: ancient and rare take 10001 of 10000 basis points: lower their shares"
                    .into(),
            },
        ),
        (
            |preset| preset.meteors.template.columns.swap(1, 2),
            Finding::Preset {
                key: "meteors.template.columns[2]".into(),
                why: "column 2 must be \"rank\" with a number: the contract fills it in, so put it there, before the art's"
                    .into(),
            },
        ),
    ];
    for (spoil, finding) in cases {
        let found = with(spoil);
        assert!(finding.is_error() && found.contains(&finding), "{finding:?} is not in {found:?}");
    }
    assert_eq!(with(|preset| preset.minimum = Minimum::Written("8 UST".into())), []);
}

/// Each finding names the file and the key that has to be changed.
#[test]
fn a_finding_has_its_place() {
    let place = |finding: &Finding| finding.place();
    assert_eq!(place(&Finding::Salt(0)), Place { file: File::Launch, key: "salt".into() });
    assert_eq!(place(&Finding::MintWindow(1)), Place { file: File::Preset, key: "mint_window".into() });
    let twice = Finding::PayeeTwice { at: 2, address: String::new() };
    assert_eq!(place(&twice).key, "payees[2].address");
    let text = Text { name: "launch.toml".into(), text: Some(text()) };
    assert_eq!(text.at(&place(&twice).key), "launch.toml:8");
    assert_eq!(text.at("roles.guardian"), "launch.toml:10");
}

#[test]
fn an_admin_is_nobodys_single_key() {
    let with = |more: &str| found(&text().replace("roles = {", &format!("roles = {{ {more}, ")), &known());
    let (multisig, deployer) = (address(5), address(6));
    let admin = |address: &str| format!("admin = \"{address}\"");
    assert_eq!(with(&admin(&multisig)), [Finding::Admin(multisig.clone())]);
    assert!(!Finding::Admin(multisig.clone()).is_error() && Finding::AdminOfOneKey("owner").is_error());
    assert_eq!(
        with(&admin(&address(1))),
        [Finding::AdminOfOneKey("owner")],
        "the owner signs the deployment"
    );
    // With a deployer the owner can be a multisig, and so can be the admin.
    let deployed = |address: &str| format!("{}, deployer = \"{deployer}\"", admin(address));
    assert_eq!(with(&deployed(&address(1))), [Finding::Admin(address(1))]);
    assert_eq!(with(&deployed(&deployer)), [Finding::AdminOfOneKey("deployer")]);
    assert!(with(&admin(&address(2))).contains(&Finding::SameRole("admin", "operator")));
    let typo = Finding::Address {
        key: "roles.admin".into(),
        address: "terra1".into(),
        fault: AddressFault::Mistyped,
    };
    assert!(with(&admin("terra1")).contains(&typo));
    // A rehearsal may have any.
    let local = text().replace("roles = {", &format!("roles = {{ {}, ", admin(&address(1))));
    assert_eq!(found(&local.replace("columbus-5", "localterra"), &known()), []);
}

#[test]
fn the_example_launch_lacks_nothing_but_addresses_of_its_own() {
    let example = include_str!("../../../docs/launch/columbus-5.toml");
    let refused = found(example, &known());
    assert_eq!(refused.len(), 6, "three roles, two payees, royalties: {refused:?}");
    assert!(refused.iter().all(|finding| matches!(finding, Finding::PublicKey { .. })));
}

#[test]
fn an_event_that_is_deployed_may_have_opened() {
    let past = text().replace("2030-01", "2001-01");
    assert_eq!(found(&past, &Known { deployed: true, ..known() }), []);
}

#[test]
fn commitments_of_another_event_are_refused() {
    let differs = OtherEvent::Contract { held: "terra1old".into(), asked: "terra1new".into() };
    let found = found(&text(), &Known { other_event: vec![differs.clone()], ..known() });
    assert_eq!(found, [Finding::OtherEvent(differs)]);
    assert!(found[0].is_error());
}

#[test]
fn the_opening_of_the_launch_goes_before_that_of_its_preset() {
    let launch = Launch::parse(&text()).unwrap();
    let preset = Preset::named("levana-2021").unwrap();
    assert!(preset.schedule.opens_at.is_some());
    let codes = Codes { shower: 1, nft: 2, hatchery: 3 };
    let piece = || Piece { image: String::new(), traits: vec![] };
    let catalogue = Catalogue::new(PerTier::from_fn(|_| vec![piece(), piece()]));
    let message = instantiate(&launch, &preset, codes, &[[7; 32]; 44], [1; 32], &catalogue).unwrap();
    assert_eq!(message.catalogue.common.count, 2);
    assert_eq!((message.tilt_bp, message.holdback_bp), (2_000, 500));
    assert_eq!(message.schedule.opens_at, 1_893_456_000);
    assert_eq!((message.meteors.code_id, message.hatchery.code_id), (2, 3));
    assert_eq!(message.fairness.beacon.delay, 600);
}
