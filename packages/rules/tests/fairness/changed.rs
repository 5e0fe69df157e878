//! One bit changed anywhere: the step that it belongs to fails, and it is the first to fail.

use std::sync::LazyLock;

use meteor_rules::fairness::beacon::QUICKNET_KEY;
use meteor_rules::fairness::content::Kind;
use meteor_rules::fairness::hex::Hex32;
use meteor_rules::fairness::verify::{Outcome, Step, StepName, verify_event};
use proptest::prelude::*;
use proptest::sample::Index;

use super::event::{Event, Life};

static EVENT: LazyLock<Event> = LazyLock::new(|| Event::new(&[(25, Life::Published), (33, Life::Published)]));

fn flip(bytes: &mut [u8], bit: Index) {
    let bit = bit.index(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
}

fn first_failure(change: impl FnOnce(&mut Event)) -> StepName {
    let mut event = EVENT.clone();
    change(&mut event);
    let report = event.verify(2);
    let failed = report.first_failure().unwrap_or_else(|| panic!("nothing fails: {report:?}")).name;
    for step in &report.steps {
        let after_a_failure =
            matches!(&step.outcome, Outcome::NotChecked(why) if why.starts_with("depends on"));
        // The reveals hang on no other step: what the root is wrong for, they are wrong for too.
        let fine = after_a_failure || step.name == StepName::Reveals;
        assert!(
            step.name <= failed || matches!(step.outcome, Outcome::Passed(_)) || fine,
            "{step:?} after {failed}"
        );
    }
    failed
}

#[test]
fn the_unchanged_event_is_complete() {
    assert!(EVENT.verify(1).is_complete() && EVENT.verify(2).is_complete());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bit_of_any_fact(bit in any::<Index>()) {
        let facts = |change: &dyn Fn(&mut meteor_rules::fairness::evidence::Shower)| {
            first_failure(|event| change(&mut event.fairness.showers[1]))
        };
        let of32 = |hash: &mut Hex32| flip(&mut hash.0, bit);
        prop_assert_eq!(facts(&|f| of32(&mut f.log)), StepName::Contributions);
        prop_assert_eq!(facts(&|f| of32(&mut f.commitment)), StepName::Key);
        prop_assert_eq!(facts(&|f| of32(f.key.as_mut().unwrap())), StepName::Key);
        prop_assert_eq!(facts(&|f| of32(f.root.as_mut().unwrap())), StepName::Draw);
        prop_assert_eq!(
            facts(&|f| flip(&mut f.beacon_signature.as_mut().unwrap().0, bit)), StepName::Beacon
        );
        prop_assert_eq!(
            facts(&|f| f.beacon_round = f.beacon_round.map(|round| round ^ 1 << bit.index(64))), StepName::BeaconRound
        );
        prop_assert_eq!(facts(&|f| f.leaves = f.leaves.map(|n| n ^ 1 << bit.index(32))), StepName::Draw);
        prop_assert_eq!(facts(&|f| f.total ^= 1 << bit.index(128)), StepName::Ranking);
        prop_assert_eq!(facts(&|f| f.contributors ^= 1 << bit.index(32)), StepName::Ranking);
        prop_assert_eq!(facts(&|f| f.earlier ^= 1 << bit.index(64)), StepName::Ranking);
        prop_assert_eq!(first_failure(|event| of32(&mut event.fairness.tables)), StepName::Tables);
        prop_assert_eq!(first_failure(|event| flip(&mut event.tables, bit)), StepName::Tables);
        prop_assert_eq!(facts(&|f| { f.key_in_time = true; f.key = None }), StepName::Key);
    }

    #[test]
    fn any_contribution(who in any::<Index>(), bit in any::<Index>(), field in 0..6) {
        let failed = first_failure(|event| {
            let rows = event.contributions.get_mut(&2).unwrap();
            let at = who.index(rows.len());
            match field {
                0 => rows[at].amount ^= 1 << bit.index(128),
                1 => rows[at].total ^= 1 << bit.index(128),
                2 => rows[at].seq ^= 1 << bit.index(64),
                3 => rows[at].contributor.push('x'),
                4 => { rows.remove(at); }
                _ => { let row = rows[at].clone(); rows.insert(at, row); }
            }
        });
        prop_assert_eq!(failed, StepName::Contributions);
    }

    #[test]
    fn any_reveal(who in any::<Index>(), bit in any::<Index>(), field in 0..7) {
        let failed = first_failure(|event| {
            let reveals = event.reveals.get_mut(&2).unwrap();
            let at = who.index(reveals.len());
            let reveal = &mut reveals[at];
            match field {
                0 => flip(&mut reveal.salt.0, bit),
                1 => { let place = bit.index(reveal.traits.len()); reveal.traits[place] ^= 1 << bit.index(32); }
                2 => reveal.image.push('x'),
                3 => reveal.kind = if reveal.kind == Kind::Egg { Kind::Dust } else { Kind::Egg },
                4 => reveal.token_id ^= 1 << bit.index(64),
                5 => { let place = bit.index(reveal.proof.len()); flip(&mut reveal.proof[place].0, bit); }
                _ => reveal.index ^= 1 << bit.index(32),
            }
        });
        prop_assert_eq!(failed, StepName::Reveals);
    }
}

#[test]
fn what_should_not_be_there_is_found() {
    let facts = |change: fn(&mut meteor_rules::fairness::evidence::Shower)| {
        first_failure(|event| change(&mut event.fairness.showers[1]))
    };
    assert_eq!(facts(|f| f.root = None), StepName::Draw);
    assert_eq!(facts(|f| f.leaves = None), StepName::Draw);
    assert_eq!(facts(|f| f.beacon_signature = None), StepName::Beacon);
    // A signature without the root that it is stored with, and a draw that was cancelled.
    assert_eq!(facts(|f| (f.root, f.leaves) = (None, None)), StepName::Draw);
    assert_eq!(facts(|f| f.cancelled = true), StepName::Draw);
    assert_eq!(facts(|f| f.closed_at = f.closed_at.map(|at| at + 3)), StepName::BeaconRound);
    // Drawn though never closed.
    assert_eq!(facts(|f| (f.beacon_round, f.cancelled) = (None, true)), StepName::BeaconRound);
    // A round before the close, where the time of the close is not known.
    assert_eq!(facts(|f| (f.beacon_round, f.closed_at) = (Some(300), None)), StepName::BeaconRound);
    let listed_twice = first_failure(|event| {
        let reveals = event.reveals.get_mut(&2).unwrap();
        reveals.push(reveals[0].clone());
    });
    assert_eq!(listed_twice, StepName::Reveals);
    let revealed_and_not_drawn = first_failure(|event| {
        let facts = &mut event.fairness.showers[1];
        (facts.root, facts.leaves, facts.beacon_signature) = (None, None, None);
    });
    assert_eq!(revealed_and_not_drawn, StepName::Reveals);
    let bad_rule = first_failure(|event| event.fairness.beacon.period = 0);
    assert_eq!(bad_rule, StepName::BeaconRound);
    // quicknet's key with a rhythm of its own: its rounds may have been public for years.
    let old_rounds = first_failure(|event| event.fairness.beacon.public_key = QUICKNET_KEY.parse().unwrap());
    assert_eq!(old_rounds, StepName::BeaconRound);
}

#[test]
fn other_rules_than_those_drawn_by_fail() {
    assert_eq!(first_failure(|event| event.fairness.tilt_bp = 2_001), StepName::Draw);
    assert_eq!(first_failure(|event| event.fairness.eggs.common = 6), StepName::Draw);
    // Without ancient eggs the last Ancient is worse off than the first Rare: such odds are refused as such.
    let mut event = EVENT.clone();
    event.fairness.eggs.ancient = 0;
    assert_eq!(event.verify(2).first_failure().map(|step| step.name), Some(StepName::Odds));
}

fn failures_of_the_event(change: impl FnOnce(&mut Event)) -> Vec<StepName> {
    let mut event = EVENT.clone();
    change(&mut event);
    let steps = verify_event(&event.fairness, Some(event.catalogue.as_bytes()));
    let failed = |step: Step| matches!(step.outcome, Outcome::Failed(_)).then_some(step.name);
    steps.into_iter().filter_map(failed).collect()
}

#[test]
fn quicknets_key_with_another_rhythm_is_no_beacon() {
    let with = |genesis, period, delay| {
        failures_of_the_event(|event| {
            let beacon = &mut event.fairness.beacon;
            beacon.public_key = QUICKNET_KEY.parse().unwrap();
            (beacon.genesis, beacon.period, beacon.delay) = (genesis, period, delay);
        })
    };
    assert_eq!(with(1_692_803_367, 3, 300), []);
    for (genesis, period, delay) in
        [(1_692_803_366, 3, 300), (1_692_803_367, 30, 300), (1_692_803_367, 3, 299)]
    {
        assert_eq!(with(genesis, period, delay), [StepName::BeaconRule]);
    }
}

#[test]
fn any_bit_of_the_catalogue() {
    assert_eq!(failures_of_the_event(|_| ()), []);
    let only = [StepName::Catalogue];
    for tier in 0..4 {
        let changed = failures_of_the_event(|event| {
            let catalogue = &mut event.fairness.catalogue;
            let tiers = [
                &mut catalogue.legendary,
                &mut catalogue.ancient,
                &mut catalogue.rare,
                &mut catalogue.common,
            ];
            for (at, of) in tiers.into_iter().enumerate() {
                if at == tier {
                    of.root.0[7] ^= 1;
                }
            }
        });
        assert_eq!(changed, only);
    }
    assert_eq!(failures_of_the_event(|event| event.fairness.catalogue.rare.count += 1), only);
    let lines = EVENT.catalogue.lines().count();
    for line in 1..lines {
        let without = failures_of_the_event(|event| {
            let kept = event.catalogue.lines().enumerate().filter(|(at, _)| *at != line);
            event.catalogue = kept.map(|(_, text)| text).collect::<Vec<_>>().join("\n");
        });
        assert_eq!(without, only, "without line {line}");
        let changed = failures_of_the_event(|event| {
            let rows = event.catalogue.lines().enumerate();
            let rows = rows.map(|(at, text)| if at == line { format!("{text}1") } else { text.to_owned() });
            event.catalogue = rows.collect::<Vec<_>>().join("\n");
        });
        assert_eq!(changed, only, "another trait in line {line}");
    }
}

#[test]
fn tables_that_the_chain_names_but_nobody_can_read_fail() {
    use sha2::{Digest, Sha256};
    let failed = first_failure(|event| {
        event.tables = b"{}".to_vec();
        event.fairness.tables = Hex32(Sha256::digest(b"{}").into());
    });
    assert_eq!(failed, StepName::Tables);
    let without_images = first_failure(|event| {
        let text = String::from_utf8(event.tables.clone()).unwrap();
        let mut tables: serde_json::Value = serde_json::from_str(&text).unwrap();
        tables["dust"]["images"]["common"] = serde_json::json!([]);
        event.tables = serde_json::to_vec(&tables).unwrap();
        event.fairness.tables = Hex32(Sha256::digest(&event.tables).into());
    });
    assert_eq!(without_images, StepName::Tables);
    for (from, to) in [
        ("[5, 0, 3, 1]", "[0, 0, 0, 0]"),
        ("[5, 0, 3, 1]", "[]"),
        ("[0, 1, 1]", "[0, 0]"),
        ("[27, 118]", "[118, 27]"),
        (", \"common\": []}}", "}}"),
    ] {
        let failed = first_failure(|event| {
            let text = String::from_utf8(event.tables.clone()).unwrap();
            assert!(text.contains(from), "{from}");
            event.tables = text.replace(from, to).into_bytes();
            event.fairness.tables = Hex32(Sha256::digest(&event.tables).into());
        });
        assert_eq!(failed, StepName::Tables, "{to}");
    }
}
