//! `Close`: once, by anyone, after the end, at the same price whatever the size.

use meteor_contract_kit::KitError;
use meteor_messages::events::ShowerEvent;
use meteor_messages::shower::{QueryMsg, ShowerResponse, Status};
use meteor_rules::tier::PerTier;
use meteor_shower::ContractError;
use meteor_testkit::model::Told;
use meteor_testkit::{BEGIN, Suite};

const MIN: u128 = 8_000_000;

#[test]
fn closing_fixes_contributors_total_and_log() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).contribute("alice", 7).end(1);
    let response = suite.try_close(1).ok();
    let told = suite.told(&response.events);
    let [Told::Shower(ShowerEvent::Close(close))] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((close.shower, close.contributors, close.total), (1, 2, 2 * MIN + 7));
    let log = suite.model.shower(1).log_hash("meteor-test-1", suite.shower.as_str(), 1);
    assert_eq!(close.log, log);
}

#[test]
fn not_early_not_twice_and_only_showers_there_are() {
    let mut suite = Suite::new().showers(2).build();
    let early = |shower, closes_at| ContractError::NotEnded { shower, closes_at };
    suite.try_close(1).refused(early(1, BEGIN + 120));
    let end = suite.window(1).end;
    suite.open(1).contribute("alice", MIN).at(end - 1).try_close(1).refused(early(1, BEGIN + 120));
    assert_eq!(suite.now(), end);
    suite.try_close(1).ok();
    suite.try_close(1).refused(ContractError::AlreadyClosed { shower: 1 });
    suite.try_close(2).refused(early(2, BEGIN + 140));
    for named in [0, 3, u32::MAX] {
        suite.try_close(named).refused(ContractError::NoSuchShower { named, count: 2 });
    }
}

#[test]
fn an_empty_shower_closes_and_is_done() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN).close(2).assert_status(2, Status::Minted);
    suite.close(3).close(1).assert_status(1, Status::Closed);
    suite.try_mint(2, 1, 0).refused(KitError::BatchSize { given: 0, most: 100 }.into());
    suite.try_mint(2, 1, 1).refused(ContractError::AllMinted { shower: 2 });
}

#[test]
fn showers_close_in_any_order_and_late() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("bob", MIN).open(3).contribute("carol", MIN);
    suite.close(3).close(1).pass_deadline(3).close(2).assert_status(2, Status::Refunding);
}

#[test]
fn each_tier_counts_on_from_all_earlier_showers_in_whatever_order_they_close() {
    // The second is cancelled before it opens, the fourth when it has contributions; the fifth has none.
    let wallets = [4u32, 0, 30, 5, 0, 1];
    for order in [[1, 2, 3, 4, 5, 6], [6, 3, 1, 4, 5, 2], [3, 6, 5, 4, 2, 1]] {
        let mut suite = Suite::new().showers(6).unchecked().build();
        suite.cancel(2);
        for (shower, wallets) in (1..).zip(wallets) {
            suite.open(shower);
            for n in 0..wallets {
                suite.contribute(&format!("wallet {n}"), MIN + u128::from(n));
            }
            if shower == 4 {
                suite.cancel(4);
            }
        }
        suite.end(6);
        let mut wanted = PerTier::<u64>::default();
        for (shower, wallets) in (1..).zip(wallets) {
            assert_eq!(earlier(&suite, shower), wanted, "before any is closed: {shower}");
            let sizes = suite.model.config.tiers.sizes(wallets);
            wanted = PerTier::from_fn(|tier| wanted.get(tier) + u64::from(*sizes.get(tier)));
        }
        let before: Vec<_> = (1..=6).map(|shower| earlier(&suite, shower)).collect();
        for closed in order {
            suite.try_close(closed).ok();
            let now: Vec<_> = (1..=6).map(|shower| earlier(&suite, shower)).collect();
            assert_eq!(now, before, "{closed} of {order:?} is closed");
        }
    }
}

fn earlier(suite: &Suite, shower: u32) -> PerTier<u64> {
    suite.query::<ShowerResponse>(&QueryMsg::Shower { shower }).earlier_by_tier
}

#[test]
fn a_pause_does_not_stop_closing() {
    let mut suite = Suite::new().build();
    suite
        .open(1)
        .contribute("alice", MIN)
        .pause()
        .close(1)
        .mint_all(1)
        .pay_out(1)
        .assert_balance("shower", 0);
}
