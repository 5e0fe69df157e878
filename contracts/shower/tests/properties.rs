//! Random lives of an event: anyone sends anything at any time, roles are abandoned or hostile.
//!
//! After every message the suite compares the contract with the plain model (prediction, ranking by a naive
//! sort, log hash, books, metadata) and counts every coin. At the end everyone must get out what is theirs,
//! by verbs that anyone can send, whatever any role did or failed to do.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{Timestamp, coin};
use cw_ownable::Action;
use cw_utils::Expiration;
use meteor_messages::nft;
use meteor_messages::shower::{ExecuteMsg, MintCursorResponse, QueryMsg, Status};
use meteor_rules::tier::{PerTier, TierRule};
use meteor_testkit::wallets::address;
use meteor_testkit::{Suite, SuiteBuilder, invariants};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

const SHOWERS: u32 = 3;
const MIN: u128 = 1_000;
const WALLETS: [&str; 5] = ["alice", "bob", "carol", "dave", "team"];
const EVERYONE: [&str; 9] =
    ["owner", "operator", "guardian", "alice", "bob", "carol", "dave", "team", "stranger"];

/// Something that happens.
#[derive(Clone, Debug)]
enum Act {
    Wait(Moment),
    Contribute {
        who: &'static str,
        named: Option<u32>,
        amount: u128,
    },
    Close(u32),
    /// Whoever, honest or not: another root (which the chain can't tell), other leaves, an early round.
    Draw {
        who: Option<&'static str>,
        shower: u32,
        bend: u8,
        patient: bool,
    },
    Key {
        shower: u32,
        bend: bool,
    },
    Crack {
        which: usize,
        approved: bool,
    },
    Reveal {
        which: usize,
        bend: bool,
    },
    Reclaim {
        which: usize,
        wait: bool,
    },
    Mint {
        who: Option<&'static str>,
        shower: u32,
        skip: u32,
        count: u32,
        bend: u8,
    },
    /// What the operator's job does: close what has ended, draw what is closed, mint what is left.
    Work {
        shower: u32,
        count: u32,
    },
    Settle(u32),
    Withdraw(&'static str),
    Return {
        who: Option<&'static str>,
        to: &'static str,
        more: u128,
        denom: &'static str,
    },
    /// The bank refuses someone from now on, or accepts them again.
    Bank {
        who: &'static str,
        refuses: bool,
    },
    Rename(&'static str),
    Refund {
        shower: u32,
        who: Vec<&'static str>,
    },
    RefundAll(u32),
    Role {
        who: Option<&'static str>,
        msg: ExecuteMsg,
    },
    Unasked {
        who: &'static str,
        amount: u128,
        denom: &'static str,
    },
    Transfer {
        from: usize,
        to: &'static str,
    },
    Burn(usize),
}

/// When the next thing happens.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Soon(u64),
    Open(u32),
    JustBeforeEnd(u32),
    End(u32),
    JustBeforeDeadline(u32),
    Deadline(u32),
    Key(u32),
    JustBeforeKeyDeadline(u32),
    KeyDeadline(u32),
}

fn of(names: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names)
}

fn moments() -> impl Strategy<Value = Moment> {
    let shower = 1..=SHOWERS;
    prop_oneof![
        9 => (0u64..15).prop_map(Moment::Soon),
        3 => shower.clone().prop_map(Moment::Open),
        2 => shower.clone().prop_map(Moment::JustBeforeEnd),
        2 => shower.clone().prop_map(Moment::End),
        1 => shower.clone().prop_map(Moment::JustBeforeDeadline),
        1 => shower.clone().prop_map(Moment::Deadline),
        1 => shower.clone().prop_map(Moment::Key),
        1 => shower.clone().prop_map(Moment::JustBeforeKeyDeadline),
        1 => shower.prop_map(Moment::KeyDeadline),
    ]
}

/// Few amounts, so that ties and minimums are met often.
fn amounts() -> impl Strategy<Value = u128> {
    prop_oneof![
        5 => prop::sample::select(&[MIN, MIN + 1, 2 * MIN][..]),
        2 => prop::sample::select(&[1, 7, MIN - 1][..]),
        1 => 1..10_000_000_000_000_000u128,
    ]
}

fn roles() -> impl Strategy<Value = ExecuteMsg> {
    let text = |name: &str| String::from(address(name));
    let shower = 1..=SHOWERS;
    prop_oneof![
        3 => Just(ExecuteMsg::Pause {}),
        4 => Just(ExecuteMsg::Resume {}),
        3 => shower.clone().prop_map(|shower| ExecuteMsg::Cancel { shower }),
        2 => (shower, prop::sample::select(&[0, 1, MIN, 3 * MIN, u128::MAX][..])).prop_map(
            |(from_shower, minimum)| ExecuteMsg::SetMinimum { from_shower, minimum: minimum.into() }
        ),
        1 => of(&EVERYONE).prop_map(move |name| ExecuteMsg::SetOperator { address: text(name) }),
        1 => of(&EVERYONE).prop_map(move |name| ExecuteMsg::SetGuardian { address: text(name) }),
        2 => (of(&EVERYONE), prop::option::of(0u64..200)).prop_map(move |(name, until)| {
            let expiry = until.map(|s| Expiration::AtTime(Timestamp::from_seconds(meteor_testkit::BEGIN + s)));
            ExecuteMsg::UpdateOwnership(Action::TransferOwnership { new_owner: text(name), expiry })
        }),
        1 => Just(ExecuteMsg::UpdateOwnership(Action::AcceptOwnership)),
        1 => prop::bool::weighted(0.1).prop_map(|really| if really {
            ExecuteMsg::UpdateOwnership(Action::RenounceOwnership)
        } else {
            ExecuteMsg::UpdateOwnership(Action::AcceptOwnership)
        }),
    ]
}

fn acts() -> impl Strategy<Value = Act> {
    let shower = || prop_oneof![20 => 1..=SHOWERS, 1 => Just(0), 1 => Just(SHOWERS + 1)];
    let holder = || prop::option::weighted(0.3, of(&EVERYONE)); // None: whoever holds the role
    prop_oneof![
        5 => moments().prop_map(Act::Wait),
        12 => (of(&WALLETS), prop::option::weighted(0.1, shower()), amounts())
            .prop_map(|(who, named, amount)| Act::Contribute { who, named, amount }),
        4 => shower().prop_map(Act::Close),
        6 => (holder(), shower(), prop_oneof![8 => Just(0u32), 1 => 1u32..3], 0u32..5, prop_oneof![6 => Just(0u8), 1 => 1u8..4])
            .prop_map(|(who, shower, skip, count, bend)| Act::Mint { who, shower, skip, count, bend }),
        6 => (holder(), shower(), prop_oneof![4 => Just(0u8), 1 => 1u8..4], any::<bool>())
            .prop_map(|(who, shower, bend, patient)| Act::Draw { who, shower, bend, patient }),
        1 => (shower(), prop::bool::weighted(0.2)).prop_map(|(shower, bend)| Act::Key { shower, bend }),
        3 => (0usize..20, prop::bool::weighted(0.2)).prop_map(|(which, approved)| Act::Crack { which, approved }),
        3 => (0usize..20, prop::bool::weighted(0.2)).prop_map(|(which, bend)| Act::Reveal { which, bend }),
        1 => (0usize..20, any::<bool>()).prop_map(|(which, wait)| Act::Reclaim { which, wait }),
        8 => (1..=SHOWERS, 0u32..4).prop_map(|(shower, count)| Act::Work { shower, count }),
        5 => shower().prop_map(Act::Settle),
        8 => of(&["team", "fund", "dust", "alice"]).prop_map(Act::Withdraw),
        2 => (holder(), of(&EVERYONE), prop_oneof![3 => Just(0u128), 1 => 1u128..3], of(&["uusd", "uluna"]))
            .prop_map(|(who, to, more, denom)| Act::Return { who, to, more, denom }),
        1 => (of(&EVERYONE), any::<bool>()).prop_map(|(who, refuses)| Act::Bank { who, refuses }),
        1 => of(&["meteor-test-1", "meteor-test-2"]).prop_map(Act::Rename),
        4 => (shower(), prop::collection::vec(of(&WALLETS), 0..4))
            .prop_map(|(shower, who)| Act::Refund { shower, who }),
        1 => shower().prop_map(Act::RefundAll),
        5 => (holder(), roles()).prop_map(|(who, msg)| Act::Role { who, msg }),
        1 => (of(&WALLETS), 1..1_000u128, of(&["uusd", "uluna"]))
            .prop_map(|(who, amount, denom)| Act::Unasked { who, amount, denom }),
        1 => (0usize..20, of(&EVERYONE)).prop_map(|(from, to)| Act::Transfer { from, to }),
        1 => (0usize..20).prop_map(Act::Burn),
    ]
}

/// Three showers whose windows, mint windows and deadlines overlap.
fn event() -> SuiteBuilder {
    Suite::new()
        .showers(SHOWERS)
        .minimum(MIN)
        .reveal_timeout(60)
        .with(|msg| {
            msg.mint_window = 60;
            msg.tiers = TierRule { legendary: 1, ancient_bp: 3_000, rare_bp: 3_000 };
            (msg.fairness.crack_window, msg.fairness.key_window) = (120, 150);
        })
        .pieces(PerTier { legendary: 2, ancient: 1, rare: 2, common: 3 })
        .payees(&[("team", 8_350), ("fund", 1_649), ("dust", 1)])
}

/// Lets it happen; whether it did its work.
fn happen(suite: &mut Suite, act: &Act) -> bool {
    match act {
        Act::Wait(moment) => {
            let deadline = |suite: &Suite, shower| suite.model.deadline(shower).unwrap();
            let then = match *moment {
                Moment::Soon(seconds) => suite.now() + seconds * 1_000_000_000,
                Moment::Open(shower) => suite.window(shower).start,
                Moment::JustBeforeEnd(shower) => suite.window(shower).end - 1,
                Moment::End(shower) => suite.window(shower).end,
                Moment::JustBeforeDeadline(shower) => deadline(suite, shower) - 1,
                Moment::Deadline(shower) => deadline(suite, shower),
                Moment::Key(shower) => suite.window(shower).end + 120 * 1_000_000_000,
                Moment::JustBeforeKeyDeadline(shower) => suite.model.key_deadline(shower).unwrap() - 1,
                Moment::KeyDeadline(shower) => suite.model.key_deadline(shower).unwrap(),
            };
            if then > suite.now() {
                suite.at(then);
            }
            true
        }
        Act::Contribute { who, named, amount } => {
            suite.fund(who, *amount);
            let open = match suite.model.config.schedule.phase(suite.now()) {
                meteor_rules::schedule::Phase::Open(open) => open,
                _ => 1,
            };
            suite.try_contribute(who, named.unwrap_or(open), *amount).is_ok()
        }
        Act::Close(shower) => suite.try_close(*shower).is_ok(),
        Act::Draw { .. } | Act::Key { .. } | Act::Crack { .. } | Act::Reveal { .. } | Act::Reclaim { .. } => {
            hatch(suite, act)
        }
        Act::Mint { who, shower, skip, count, bend } => {
            let first_rank = suite.model.shower(*shower).minted + 1 + skip;
            let mut msg = suite.mint_message(*shower, first_rank, *count);
            if let ExecuteMsg::Mint { art, proof, .. } = &mut msg {
                match bend {
                    0 => {}
                    1 => art.reverse(),
                    2 => proof.push([3; 32].into()),
                    _ => art.iter_mut().for_each(|piece| piece.traits.clear()),
                }
            }
            suite.execute(who.unwrap_or("stranger"), &msg, &[]).is_ok()
        }
        Act::Work { shower, count } => {
            if suite.now() >= suite.window(*shower).end && !suite.model.shower(*shower).closed {
                suite.close(*shower);
            }
            let here = suite.model.shower(*shower);
            if here.closed && here.contributors() > 0 && here.draw.is_none() && !here.cancelled {
                let due = suite.model.beacon_due(*shower).unwrap() * 1_000_000_000;
                if due < suite.model.deadline(*shower).unwrap() {
                    let _ = suite.await_beacon(*shower).try_draw(*shower).is_ok();
                }
            }
            let here = suite.model.shower(*shower);
            let cursor: MintCursorResponse = suite.query(&QueryMsg::MintCursor { shower: *shower });
            let count = cursor.next.map_or(*count, |next| next.most.min(*count));
            suite.try_mint(*shower, here.minted + 1, count).is_ok()
        }
        Act::Settle(shower) => suite.try_settle(*shower).is_ok(),
        Act::Withdraw(payee) => suite.try_withdraw(payee).is_ok(),
        Act::Return { who, to, more, denom } => {
            let there = suite.model.unasked.get(*denom).copied().unwrap_or_default();
            let msg =
                ExecuteMsg::ReturnUnasked { to: address(to).into(), amount: coin(there + more, *denom) };
            let owner = suite.model.owner.clone().unwrap_or_else(|| "owner".to_owned());
            suite.execute(who.unwrap_or(&owner), &msg, &[]).is_ok()
        }
        Act::Bank { who, refuses } => {
            let who = address(who);
            if *refuses {
                suite.bank.refuse(who.as_str())
            } else {
                suite.bank.accept(who.as_str())
            }
            true
        }
        Act::Rename(chain_id) => {
            suite.rename_chain(chain_id);
            true
        }
        Act::Refund { shower, who } => suite.try_refund(*shower, who).is_ok(),
        Act::RefundAll(shower) => {
            let all = suite.model.shower(*shower);
            let mut all: Vec<&str> = all.unminted();
            let with_meteor = suite.model.shower(*shower);
            let with_meteor = with_meteor.held_parts(suite.model.config.holdback_bp);
            if suite.model.key_deadline(*shower).is_some_and(|deadline| suite.now() >= deadline) {
                all.extend(with_meteor.keys());
            }
            suite.try_refund(*shower, &all).is_ok()
        }
        Act::Role { who, msg } => {
            let model = &suite.model;
            let owner = model.owner.clone().unwrap_or_default();
            let holder = match msg {
                ExecuteMsg::Pause {} => model.guardian.clone(),
                ExecuteMsg::UpdateOwnership(Action::AcceptOwnership) => {
                    model.pending.as_ref().map_or(owner, |(pending, _)| pending.clone())
                }
                _ => owner,
            };
            let holder = if holder.is_empty() { "owner".to_owned() } else { holder };
            suite.execute(who.unwrap_or(&holder), msg, &[]).is_ok()
        }
        Act::Unasked { who, amount, denom } => {
            suite.fund_in(who, *amount, denom).send_unasked_in(who, *amount, denom);
            true
        }
        Act::Transfer { from, to } => {
            let Some((id, owner)) = held(suite, *from) else { return false };
            let msg =
                nft::ExecuteMsg::TransferNft { recipient: address(to).into(), token_id: id.to_string() };
            suite.execute_nft(&owner, &msg, &[]).is_ok()
        }
        Act::Burn(which) => {
            let Some((id, owner)) = held(suite, *which) else { return false };
            suite.execute_nft(&owner, &nft::ExecuteMsg::Burn { token_id: id.to_string() }, &[]).is_ok()
        }
    }
}

fn pick<V>(of: &BTreeMap<u64, V>, which: usize) -> Option<u64> {
    of.keys().copied().nth(which % of.len().max(1))
}

/// A meteor with its owner, unless that is the hatchery: no wallet has its key.
fn held(suite: &Suite, which: usize) -> Option<(u64, String)> {
    let id = pick(&suite.model.tokens, which)?;
    let owner = suite.model.tokens[&id].owner.clone();
    (owner != suite.hatchery.as_str()).then_some((id, owner))
}

/// What happens of draws, keys and cracks.
fn hatch(suite: &mut Suite, act: &Act) -> bool {
    match act {
        Act::Draw { who, shower, bend, patient } => {
            if *patient && suite.model.shower(*shower).closed {
                suite.await_beacon(*shower);
            }
            let mut msg = suite.honest_draw(*shower);
            if let ExecuteMsg::CommitDraw { root, leaves, beacon, .. } = &mut msg {
                match bend {
                    0 => {}
                    1 => *root = [9; 32].into(),
                    2 => *leaves += 1,
                    _ => *beacon = vec![].into(),
                }
            }
            let operator = suite.model.operator.clone();
            suite.execute(who.unwrap_or(&operator), &msg, &[]).is_ok()
        }
        Act::Key { shower, bend } => {
            let key = meteor_testkit::fairness::key(suite.shower.as_str(), shower + u32::from(*bend));
            let msg = ExecuteMsg::PublishKey { shower: *shower, key: key.into() };
            suite.execute("stranger", &msg, &[]).is_ok()
        }
        Act::Crack { which, approved } => {
            let Some(id) = pick(&suite.model.tokens, *which) else { return false };
            let owner = suite.model.tokens[&id].owner.clone();
            if suite.model.custody.contains_key(&id) {
                return suite.try_crack("stranger", id).is_ok();
            }
            if *approved {
                let spender = address("stranger").into();
                let approve = nft::ExecuteMsg::Approve { spender, token_id: id.to_string(), expires: None };
                suite.execute_nft(&owner, &approve, &[]).ok();
                return suite.try_crack("stranger", id).is_ok();
            }
            suite.try_crack(&owner, id).is_ok()
        }
        Act::Reveal { which, bend } => {
            let Some(id) = pick(&suite.model.custody, *which) else { return false };
            let mut reveals = suite.reveals(&[id]);
            if *bend {
                reveals[0].index ^= 1;
            }
            suite.try_reveal(reveals).is_ok()
        }
        Act::Reclaim { which, wait } => {
            let Some(id) = pick(&suite.model.custody, *which) else { return false };
            let at = suite.model.reclaim_at(&suite.model.custody[&id]);
            if *wait && at > suite.now() {
                suite.at(at);
            }
            suite.try_reclaim(id).is_ok()
        }
        _ => false,
    }
}

/// After all deadlines, anyone alone gets every coin out: to the payees for each meteor but what was held back
/// for a key that came late, which goes back like all that has no meteor.
fn everyone_gets_out_what_is_theirs(suite: &mut Suite) {
    for who in EVERYONE.into_iter().chain(["fund", "dust"]) {
        suite.bank.accept(address(who).as_str());
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
    #![proptest_config(config(96))]

    #[test]
    fn whatever_anyone_does_every_coin_is_accounted_for_and_comes_out(
        acts in prop::collection::vec(acts(), 1..70)
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
            happen(&mut suite, &Act::Wait(Moment::End(shower)));
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
        let acts = prop::collection::vec(acts(), 40..70).new_tree(&mut runner).unwrap().current();
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
        "Bank Burn Cancel Close Contribute Crack Draw Key Mint Pause Reclaim Refund RefundAll Rename Resume Return \
         Reveal SetGuardian SetMinimum SetOperator Settle Transfer Unasked UpdateOwnership Wait Withdraw Work"
    );
    let refusable =
        "Cancel Close Contribute Draw Key Mint Pause Refund Resume Return SetMinimum Settle Withdraw";
    for kind in refusable.split(' ') {
        assert!(failed.contains(kind), "{kind} is never refused");
    }
}
