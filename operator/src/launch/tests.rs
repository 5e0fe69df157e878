//! Every finding, made by spoiling one thing of a good launch.
#![allow(clippy::unwrap_used)]

use meteor_devnet::{DEV_MNEMONIC, DevBeacon};

use super::*;
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
payees = [{{ address = "{}", share_bp = 8350 }}, {{ address = "{}", share_bp = 1650 }}]
chain = {{ id = "columbus-5", nodes = ["http://node"], prefix = "terra", denom = "uusd", gas_price = "28.325uluna" }}
roles = {{ owner = "{}", operator = "{}", guardian = "{}" }}
beacon = {{ network = "quicknet", delay = 30 }}
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
    Known { now: NOW, commitments: Some(44), ..Known::default() }
}

#[test]
fn a_good_launch_has_no_findings() {
    assert_eq!(found(&text(), &known()), []);
    assert_eq!(Launch::parse(&text()).unwrap().opens_at(&preset()).unwrap(), 1_893_456_000);
    assert_eq!(utc(1_893_456_000), "2030-01-01T00:00:00Z");
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
        ("8350", "0".into(), Finding::NoShare(address(8))),
        ("share_bp = 500", "share_bp = 5000".into(), Finding::Royalties(5_000)),
        ("28.325uluna", "0uluna".into(), Finding::GasPrice("0uluna".into())),
        ("28.325uluna", "luna".into(), Finding::GasPrice("luna".into())),
        (
            "28.325uluna",
            "1uusd".into(),
            Finding::GasDenom { denom: "uusd".into(), chain: "columbus-5".into() },
        ),
        ("2030-01", "2001-01".into(), Finding::Past(NOW - 978_307_200)),
        ("2030-01-01T00:00:00Z", "2023-11-14T22:13:30Z".into(), Finding::Soon(10)),
        ("2030-01-01T00:00:00Z", "2030-01-01".into(), {
            Finding::Unusable(LaunchError::Opening("2030-01-01".into()).to_string())
        }),
        ("preset = \"levana-2021\"", "preset = \"demo\"".into(), Finding::DemoPreset),
    ];
    for (from, to, finding) in cases {
        let found = found(&text().replace(from, &to), &known());
        assert!(found.contains(&finding), "{from} as {to}: {found:?}");
    }
    // One letter of an address wrong: its checksum shows it.
    let typo = format!("{}q", one.get(..one.len() - 1).unwrap());
    let wrong = Finding::Address { place: "roles.owner".into(), address: typo.clone() };
    assert!(found(&text().replace(&one, &typo), &known()).contains(&wrong));
    let foreign = text().replace("prefix = \"terra\"", "prefix = \"cosmos\"");
    assert_eq!(found(&foreign, &known()).len(), 6);
    let same = text().replace(&address(2), &one);
    assert_eq!(found(&same, &known()), [Finding::SameRole("owner", "operator")]);
    let same = text().replace(&address(3), &one);
    assert_eq!(found(&same, &known()), [Finding::SameRole("owner", "guardian")]);
    assert!(
        found(&text().replace(&address(9), &address(8)), &known()).contains(&Finding::PayeeTwice(address(8)))
    );
    let paid = found(&text().replace(&address(9), &address(2)), &known());
    assert_eq!(paid, [Finding::PayeeIsRole { payee: address(2), role: "operator" }]);
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
        let expected = Finding::PublicKey { place: "roles.owner".into(), address: public(index) };
        assert_eq!(found(&given, &known()), [expected, Finding::PublicBeacon]);
        assert_eq!(found(&given.replace("columbus-5", "localterra"), &known()), []);
    }
    let mut short = preset();
    short.schedule.interval = 20;
    let launch = Launch::parse(&text()).unwrap();
    assert_eq!(lint(&launch, &short, &known()), [Finding::Short(20)]);
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
    let typo = Finding::Address { place: "roles.admin".into(), address: "terra1".into() };
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
fn commitments_are_one_a_shower() {
    let few = Known { commitments: Some(4), ..known() };
    assert_eq!(found(&text(), &few), [Finding::Commitments { given: 4, showers: 44 }]);
    let none = Known { commitments: None, ..known() };
    assert_eq!(found(&text(), &none), []);
}

#[test]
fn the_opening_of_the_launch_goes_before_that_of_its_preset() {
    let launch = Launch::parse(&text()).unwrap();
    let preset = Preset::named("levana-2021").unwrap();
    assert!(preset.schedule.opens_at.is_some());
    let codes = Codes { shower: 1, nft: 2, hatchery: 3 };
    let message = instantiate(&launch, &preset, codes, &[[7; 32]; 44], [1; 32]).unwrap();
    assert_eq!(message.schedule.opens_at, 1_893_456_000);
    assert_eq!((message.meteors.code_id, message.hatchery.code_id), (2, 3));
    assert_eq!(message.fairness.beacon.delay, 30);
}
