//! The example of `docs/fairness/example/`: an event as an evidence folder, and the verifier's report.

use meteor_rules::fairness::evidence::{Fairness, Reveal, read_csv, write_csv};
use meteor_rules::fairness::hex::Hex32;
use meteor_rules::fairness::tree::{Leaf, leaf_hash};
use meteor_rules::fairness::verify::{Outcome, Step, StepName, verify, verify_event, verify_meteor};
use meteor_rules::odds::Odds;
use meteor_rules::{Rank, ShowerId, TokenId};

use super::event::{CHECKS, Event, Life};

/// A shower like most, one with fewer wallets than Legendary meteors, an empty one, a cancelled one, one
/// whose key is not published yet, one still open.
pub(crate) fn event() -> Event {
    Event::new(&[
        (40, Life::Published),
        (7, Life::Published),
        (0, Life::Published),
        (12, Life::Cancelled),
        (30, Life::Drawn),
        (5, Life::Open),
    ])
}

#[test]
fn the_folder_is_the_event() {
    let (event, folder) = (event(), super::docs().join("example"));
    let fairness = serde_json::to_string_pretty(&event.fairness).unwrap();
    assert_eq!(serde_json::from_str::<Fairness>(&fairness).unwrap(), event.fairness);
    super::keep(&folder.join("fairness.json"), &(fairness + "\n"));
    super::keep(&folder.join("catalogue.csv"), &event.catalogue);
    super::keep(&folder.join("tables.json"), &String::from_utf8(event.tables.clone()).unwrap());
    assert_eq!(std::fs::read(folder.join("tables.json")).unwrap(), event.tables, "byte for byte");
    for facts in event.fairness.showers.iter().filter(|facts| !facts.is_open()) {
        let shower = folder.join("showers").join(facts.shower.to_string());
        let rows = &event.contributions[&facts.shower];
        assert_eq!(read_csv(&write_csv(rows)).as_ref(), Ok(rows));
        super::keep(&shower.join("contributions.csv"), &write_csv(rows));
        let reveals = serde_json::to_string_pretty(&event.reveals[&facts.shower]).unwrap();
        super::keep(&shower.join("reveals.json"), &(reveals + "\n"));
    }
}

#[test]
fn the_example_is_green_and_says_what_is_not_known_yet() {
    let event = event();
    let not_checked = |shower| {
        let report = event.verify(shower);
        assert!(report.is_green(), "{report:?}");
        let open = report.steps.iter().filter(|step| matches!(step.outcome, Outcome::NotChecked(_)));
        open.map(|step| step.name).collect::<Vec<_>>()
    };
    for complete in [1, 2] {
        assert_eq!(not_checked(complete), []);
        assert!(event.verify(complete).is_complete());
    }
    assert_eq!(not_checked(3), [StepName::Beacon, StepName::Reveals]);
    let cancelled = [
        StepName::Odds,
        StepName::BeaconRound,
        StepName::Beacon,
        StepName::Key,
        StepName::Draw,
        StepName::Reveals,
    ];
    assert_eq!(not_checked(4), cancelled);
    // Its reveals are proven against the root though its key is not out.
    assert_eq!(not_checked(5), [StepName::Key, StepName::Draw]);
    assert_eq!(not_checked(6), StepName::OF_A_SHOWER);
    assert!((1..=6).all(|shower| event.verify(shower).paused == (shower == 5)));
}

#[test]
fn the_example_has_a_beacon_for_test_chains_and_the_catalogue_of_its_launch() {
    let event = event();
    let steps = verify_event(&event.fairness, Some(event.catalogue.as_bytes()));
    let [Step { outcome: Outcome::NotChecked(beacon), .. }, Step { outcome: Outcome::Passed(pieces), .. }] =
        &steps[..]
    else {
        panic!("{steps:?}")
    };
    assert!(beacon.contains("for test chains"), "{beacon}");
    assert_eq!(pieces, "pieces: 8 legendary, 3 ancient, 5 rare, 9 common");
    let without = verify_event(&event.fairness, None);
    assert!(matches!(&without[1], Step { name: StepName::Catalogue, outcome: Outcome::NotChecked(_), .. }));
}

#[test]
fn odds_are_said_as_exact_fractions() {
    let report = event().verify(1);
    let Some(Outcome::Passed(odds)) = report.outcome(StepName::Odds) else { panic!("{report:?}") };
    assert_eq!(
        odds,
        "eggs by rank: legendary 1/1 (100.00 %), ancient 8/11 (72.72 %) to 20/33 (60.60 %), rare 36/77 (46.75 %) to \
         30/77 (38.96 %), common 3/11 (27.27 %) to 5/22 (22.72 %)"
    );
}

#[test]
fn a_beacon_left_out_is_said_and_the_rest_goes_on() {
    let event = event();
    let report =
        verify(&event.evidence(1), &meteor_rules::fairness::verify::Checks { beacon: None, ..CHECKS });
    let Some(Outcome::NotChecked(why)) = report.outcome(StepName::Beacon) else { panic!("{report:?}") };
    assert!(why.contains("NOT"));
    assert!(report.is_green() && matches!(report.outcome(StepName::Reveals), Some(Outcome::Passed(_))));
}

#[test]
fn one_meteor_alone() {
    let event = event();
    let (report, facts) = verify_meteor(&event.evidence(2), &CHECKS, TokenId(42));
    assert!(report.is_complete(), "{report:?}");
    let facts = facts.unwrap();
    assert_eq!((facts.rank, facts.shower, facts.token_id), (Rank(2), ShowerId(2), TokenId(42)));
    assert_eq!(facts.content, Some(event.reveals[&2][0].content()));
    // The tenth and eleventh Legendary of the event have the second and third turn through eight pieces.
    assert_eq!((facts.piece, facts.odds), (11 % 8, Odds::CERTAIN));
    // Not published: rank and wallet are known, the content is not.
    let (report, facts) = verify_meteor(&event.evidence(5), &CHECKS, TokenId(40 + 7 + 12 + 30));
    assert!(report.is_green() && !report.is_complete());
    assert_eq!(facts.map(|facts| (facts.rank, facts.content)), Some((Rank(30), None)));
    for other in [0, 40, 48, u64::MAX] {
        let (report, facts) = verify_meteor(&event.evidence(2), &CHECKS, TokenId(other));
        assert_eq!(report.first_failure().map(|step| step.name), Some(StepName::Meteor));
        assert_eq!(facts, None);
    }
    let (report, facts) = verify_meteor(&event.evidence(6), &CHECKS, TokenId(90));
    assert!(report.is_green() && facts.is_none(), "nothing of an open shower is final");
    let Some(Outcome::NotChecked(why)) = report.outcome(StepName::Meteor) else { panic!("{report:?}") };
    assert_eq!(why, "the shower has not closed: nothing of it is final");
    let mut wrong = event.clone();
    wrong.reveals.get_mut(&2).unwrap()[0].traits[2] ^= 1;
    let (report, _) = verify_meteor(&wrong.evidence(2), &CHECKS, TokenId(42));
    assert!(matches!(report.outcome(StepName::Meteor), Some(Outcome::Failed(_))));
}

/// One of the reveals of the shower whose key is not out.
fn reveal(event: &mut Event) -> &mut Reveal {
    &mut event.reveals.get_mut(&5).unwrap()[2]
}

#[test]
fn a_reveal_is_compared_with_the_root_before_the_key_is_out() {
    let first_failure = |change: fn(&mut Event)| {
        let mut event = event();
        change(&mut event);
        event.verify(5).first_failure().map(|step| step.name)
    };
    assert_eq!(first_failure(|_| ()), None);
    for change in [
        |event: &mut Event| reveal(event).salt.0[31] ^= 1,
        |event: &mut Event| reveal(event).traits[1] ^= 1,
        |event: &mut Event| reveal(event).image.push('x'),
        |event: &mut Event| reveal(event).proof[0].0[0] ^= 1,
        |event: &mut Event| reveal(event).proof.push(Hex32([0; 32])),
        |event: &mut Event| assert!(reveal(event).proof.pop().is_some()),
        |event: &mut Event| event.fairness.showers[4].root.as_mut().unwrap().0[9] ^= 1,
    ] {
        assert_eq!(first_failure(change), Some(StepName::Reveals));
    }
}

/// A root can bind a leaf to another meteor's number: only the hatchery's rule, and this one, keep that apart.
#[test]
fn a_reveal_of_another_meteors_number_is_refused_under_any_root() {
    let mut event = event();
    let mut reveal = reveal(&mut event).clone();
    (reveal.index, reveal.token_id, reveal.proof) = (0, 1, vec![]);
    let content = reveal.content().bytes();
    let leaf = Leaf { index: 0, token_id: TokenId(1), content: &content, salt: reveal.salt.0 };
    let root = leaf_hash(&event.fairness.id(5), &leaf);
    let facts = &mut event.fairness.showers[4];
    (facts.root, facts.leaves) = (Some(Hex32(root)), Some(1));
    event.reveals.insert(5, vec![reveal]);
    let report = event.verify(5);
    let Some(Outcome::Failed(why)) = report.outcome(StepName::Reveals) else { panic!("{report:?}") };
    assert_eq!(why, "meteor 1 does not stand at place 0 of this shower");
}
