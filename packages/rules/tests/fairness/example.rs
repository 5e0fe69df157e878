//! The example of `docs/fairness/example/`: an event as an evidence folder, and the verifier's report.

use meteor_rules::fairness::evidence::{Fairness, read_csv, write_csv};
use meteor_rules::fairness::verify::{Outcome, StepName, proves, verify, verify_meteor};
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
    let cancelled =
        [StepName::BeaconRound, StepName::Beacon, StepName::Key, StepName::Draw, StepName::Reveals];
    assert_eq!(not_checked(4), cancelled);
    assert_eq!(not_checked(5), [StepName::Key, StepName::Draw, StepName::Reveals]);
    assert_eq!(not_checked(6), StepName::OF_A_SHOWER);
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
    // Not published: rank and wallet are known, the content is not.
    let (report, facts) = verify_meteor(&event.evidence(5), &CHECKS, TokenId(40 + 7 + 12 + 30));
    assert!(report.is_green() && !report.is_complete());
    assert_eq!(facts.map(|facts| (facts.rank, facts.content)), Some((Rank(30), None)));
    for other in [0, 40, 48, u64::MAX] {
        let (report, facts) = verify_meteor(&event.evidence(2), &CHECKS, TokenId(other));
        assert_eq!(report.first_failure().map(|step| step.name), Some(StepName::Meteor));
        assert_eq!(facts, None);
    }
    let mut wrong = event.clone();
    wrong.reveals.get_mut(&2).unwrap()[0].traits[2] ^= 1;
    let (report, _) = verify_meteor(&wrong.evidence(2), &CHECKS, TokenId(42));
    assert!(matches!(report.outcome(StepName::Meteor), Some(Outcome::Failed(_))));
}

#[test]
fn a_proof_is_enough_for_one_reveal_before_the_key_is_out() {
    let event = event();
    let (id, sealed) = (event.fairness.id(2), &event.sealed[&2]);
    let mut reveal = event.reveals[&2][0].clone();
    let proof = sealed.reveal(reveal.index).unwrap().proof;
    assert!(proves(&id, &sealed.root(), 7, &reveal, &proof));
    reveal.salt.0[31] ^= 1;
    assert!(!proves(&id, &sealed.root(), 7, &reveal, &proof));
}
