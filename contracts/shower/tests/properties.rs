//! Random lives of an event: anyone sends anything at any time, roles are abandoned or hostile.
//!
//! After every message the suite compares the contract with the plain model (prediction, ranking by a naive
//! sort, log hash, books, metadata) and counts every coin. At the end everyone must get out what is theirs,
//! by verbs that anyone can send, whatever any role did or failed to do.

mod acts;
mod happen;

use std::collections::BTreeSet;

use meteor_messages::shower::Status;
use meteor_rules::tier::{PerTier, TierRule};
use meteor_testkit::wallets::address;
use meteor_testkit::{Suite, SuiteBuilder, invariants};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

use acts::{Act, acts, amounts, of};
use happen::happen;

const SHOWERS: u32 = 3;
const MIN: u128 = 1_000;
const WALLETS: [&str; 5] = ["alice", "bob", "carol", "dave", "team"];
const EVERYONE: [&str; 9] =
    ["owner", "operator", "guardian", "alice", "bob", "carol", "dave", "team", "stranger"];

/// Three showers whose windows, mint windows and deadlines overlap.
fn event() -> SuiteBuilder {
    Suite::new()
        .showers(SHOWERS)
        .minimum(MIN)
        .reveal_timeout(60)
        .with(|msg| {
            (msg.schedule.first_close, msg.schedule.interval) = (msg.schedule.opens_at + 60, 60);
            msg.mint_window = 130;
            msg.tiers = TierRule { legendary: 1, ancient_bp: 3_000, rare_bp: 3_000 };
            (msg.fairness.crack_window, msg.fairness.key_window) = (190, 250);
        })
        .pieces(PerTier { legendary: 2, ancient: 1, rare: 2, common: 3 })
        .payees(&[("team", 8_350), ("fund", 1_649), ("dust", 1)])
}

/// After all deadlines, anyone alone gets every coin out: to the payees for each meteor but what was held back
/// for a key that came late, which goes back like all that has no meteor.
fn everyone_gets_out_what_is_theirs(suite: &mut Suite) {
    for who in EVERYONE.into_iter().chain(["fund", "dust"]) {
        suite.bank.accept(address(who).as_str());
    }
    // Whoever has no meteor gets everything back now; whoever has one gets nothing before the key's deadline. The
    // suite knows whose turn it is.
    suite.pass_deadline(SHOWERS);
    for (shower, wallet) in (1..=SHOWERS).flat_map(|shower| WALLETS.map(|wallet| (shower, wallet))) {
        let _ = suite.try_refund(shower, &[wallet]).is_ok();
    }
    suite.pass_key_deadline(SHOWERS);
    let bp = suite.model.config.holdback_bp;
    for shower in 1..=SHOWERS {
        if !suite.model.shower(shower).closed {
            suite.try_close(shower).ok();
        }
        suite.refund_all(shower);
        let here = suite.model.shower(shower);
        if here.minted_amount() > here.settled + here.held_returned_amount(bp) {
            suite.settle(shower);
        }
        // Nobody gets anything twice: the suite knows what to expect of each.
        for wallet in WALLETS {
            suite.try_refund(shower, &[wallet]).err();
        }
        suite.try_settle(shower).err();
        let here = suite.model.shower(shower);
        assert_eq!(here.unminted(), Vec::<&str>::new(), "nobody of shower {shower} is left");
        assert_eq!(here.minted_amount() + here.refunded_amount(), here.total());
        let returned = here.held_returned_amount(bp);
        assert_eq!(returned, if here.key_in_time { 0 } else { here.held(bp) });
        assert_eq!(here.settled + returned, here.minted_amount());
        let with_meteor = usize::try_from(here.minted).unwrap();
        assert_eq!(with_meteor + here.refunded.len(), here.totals().len(), "a meteor or the money");
        let status = if here.cancelled || with_meteor < here.totals().len() {
            Status::Refunding
        } else {
            Status::Minted
        };
        suite.assert_status(shower, status);
    }
    // Nor does a meteor stay in custody: what was not revealed in time goes back to who cracked it.
    let custody = suite.model.custody.clone();
    for (meteor, cracked) in &custody {
        suite.reclaim(*meteor).assert_owner_of(*meteor, &cracked.holder);
    }
    let left = suite.model.surplus();
    suite.withdraw_all().assert_balance("shower", left);
    for wallet in WALLETS {
        invariants::states(suite, wallet);
    }
}

fn config(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn whatever_anyone_does_every_coin_is_accounted_for_and_comes_out(
        acts in prop::collection::vec(acts(), 1..100)
    ) {
        let mut suite = event().build();
        suite.open(1);
        for act in &acts {
            happen(&mut suite, act);
        }
        everyone_gets_out_what_is_theirs(&mut suite);
    }
}

proptest! {
    #![proptest_config(config(32))]

    /// All roles vanish at some moment, or were never there: users alone bring the event to its end.
    #[test]
    fn abandoned_by_every_role_users_get_their_money_back(
        contributions in prop::collection::vec((of(&WALLETS), 1..=SHOWERS, amounts()), 1..25),
        minted in prop::collection::vec(0u32..4, 3),
        paused in any::<bool>(),
    ) {
        let mut suite = event().build();
        let mut contributions = contributions;
        contributions.sort_by_key(|(_, shower, _)| *shower);
        for (who, shower, amount) in contributions {
            suite.open(shower);
            happen(&mut suite, &Act::Contribute { who, named: None, amount });
        }
        for (shower, count) in (1..).zip(minted) {
            suite.end(shower);
            happen(&mut suite, &Act::Close(shower));
            happen(&mut suite, &Act::Draw { who: None, shower, bend: 0, patient: true });
            happen(&mut suite, &Act::Mint { who: None, shower, skip: 0, count, bend: 0 });
        }
        if paused {
            suite.pause();
        }
        everyone_gets_out_what_is_theirs(&mut suite);
    }
}

/// The properties mean something only if random lives do everything there is to do.
#[test]
fn random_lives_meet_every_verb_and_every_refusal_of_time() {
    let mut runner = TestRunner::deterministic();
    let mut done = BTreeSet::new();
    let mut failed = BTreeSet::new();
    for _ in 0..150 {
        let acts = prop::collection::vec(acts(), 60..100).new_tree(&mut runner).unwrap().current();
        let mut suite = event().unchecked().build();
        suite.open(1);
        for act in &acts {
            let text = format!("{act:?}");
            let end = |c: char| !c.is_alphanumeric();
            let kind = match act {
                Act::Role { msg, .. } => format!("{msg:?}").split(end).next().unwrap_or_default().to_owned(),
                _ => text.split(end).next().unwrap_or_default().to_owned(),
            };
            if happen(&mut suite, act) {
                done.insert(kind)
            } else {
                failed.insert(kind)
            };
        }
    }
    let done: Vec<&str> = done.iter().map(String::as_str).collect();
    assert_eq!(
        done.join(" "),
        "Approve ApproveAll Bank Burn Cancel Close Contribute Crack Draw Key Mint Pause Reclaim Refund RefundAll \
         Rename Resume Return Reveal Revoke RevokeAll SetGuardian SetMinimum SetOperator Settle Transfer Unasked \
         UpdateOwnership Wait Withdraw Work"
    );
    let refusable = "Approve ApproveAll Burn Cancel Close Contribute Crack Draw Forge Key Mint Pause Reclaim \
                     Refund Resume Return Reveal Revoke SetMinimum Settle Transfer Withdraw";
    for kind in refusable.split(' ') {
        assert!(failed.contains(kind), "{kind} is never refused");
    }
}
