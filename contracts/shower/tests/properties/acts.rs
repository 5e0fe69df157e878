//! What may happen in the life of an event, at random.

use cosmwasm_std::Timestamp;
use cw_ownable::Action;
use cw_utils::Expiration;
use meteor_messages::shower::ExecuteMsg;
use meteor_testkit::wallets::address;
use proptest::prelude::*;

use super::{EVERYONE, MIN, SHOWERS, WALLETS};

/// Stands for the shower that ended last.
const LATEST: u32 = 1_000_000;

/// Something that happens.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Wait(Moment),
    Contribute {
        who: &'static str,
        named: Option<u32>,
        amount: u128,
    },
    Close(u32),
    /// Whoever, honest or not: another draw's root or no tree's (which the chain can't tell), other leaves, no
    /// signature, an early round.
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
    /// Whoever: its owner, or someone who may or may not be allowed to.
    Crack {
        who: Option<&'static str>,
        which: usize,
    },
    /// Of any meteors, in custody or not, twice or not; true or bent.
    Reveal {
        which: Vec<usize>,
        bend: u8,
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
        who: Option<&'static str>,
        which: usize,
        to: &'static str,
    },
    Burn {
        who: Option<&'static str>,
        which: usize,
    },
    Approve {
        who: Option<&'static str>,
        which: usize,
        spender: &'static str,
        until: Option<u64>,
    },
    Revoke {
        who: Option<&'static str>,
        which: usize,
        spender: &'static str,
    },
    ApproveAll {
        who: &'static str,
        operator: &'static str,
        until: Option<u64>,
    },
    RevokeAll {
        who: &'static str,
        operator: &'static str,
    },
    /// Someone mints around the contracts, or says that a meteor came.
    Forge {
        who: &'static str,
        what: u8,
    },
}

impl Act {
    /// The same with the number of the shower that ended last.
    pub(super) fn of(&self, latest: u32) -> Self {
        let mut act = self.clone();
        match &mut act {
            Self::Close(shower)
            | Self::Settle(shower)
            | Self::RefundAll(shower)
            | Self::Draw { shower, .. }
            | Self::Key { shower, .. }
            | Self::Mint { shower, .. }
            | Self::Work { shower, .. }
            | Self::Refund { shower, .. }
                if *shower == LATEST =>
            {
                *shower = latest;
            }
            _ => {}
        }
        act
    }
}

/// When the next thing happens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// So many seconds later.
    Soon(u64),
    /// When something begins or ends next.
    Next,
    /// The last moment before that.
    JustBeforeNext,
    /// When so many things have begun or ended.
    Later(usize),
}

pub(super) fn of(names: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names)
}

fn moments() -> impl Strategy<Value = Moment> {
    prop_oneof![
        4 => (0u64..15).prop_map(Moment::Soon),
        5 => Just(Moment::Next),
        3 => Just(Moment::JustBeforeNext),
        1 => (1usize..4).prop_map(Moment::Later),
    ]
}

/// Few amounts, so that ties and minimums are met often.
pub(super) fn amounts() -> impl Strategy<Value = u128> {
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
        2 => Just(ExecuteMsg::Pause {}),
        9 => Just(ExecuteMsg::Resume {}),
        2 => shower.clone().prop_map(|shower| ExecuteMsg::Cancel { shower }),
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

/// Seconds after the beginning at which something expires.
fn until() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(90u64..400)
}

pub(super) fn acts() -> impl Strategy<Value = Act> {
    let shower = || prop_oneof![30 => Just(LATEST), 15 => 1..=SHOWERS, 1 => Just(0), 1 => Just(SHOWERS + 1)];
    let holder = || prop::option::weighted(0.3, of(&EVERYONE)); // None: whoever holds the role
    prop_oneof![
        10 => moments().prop_map(Act::Wait),
        20 => (of(&WALLETS), prop::option::weighted(0.1, shower()), amounts())
            .prop_map(|(who, named, amount)| Act::Contribute { who, named, amount }),
        5 => shower().prop_map(Act::Close),
        8 => (holder(), shower(), prop_oneof![8 => Just(0u32), 1 => 1u32..3], prop_oneof![2 => Just(1u32), 1 => 0u32..5], prop_oneof![6 => Just(0u8), 1 => 1u8..5])
            .prop_map(|(who, shower, skip, count, bend)| Act::Mint { who, shower, skip, count, bend }),
        8 => (holder(), shower(), prop_oneof![4 => Just(0u8), 1 => 1u8..5], prop::bool::weighted(0.8))
            .prop_map(|(who, shower, bend, patient)| Act::Draw { who, shower, bend, patient }),
        3 => (shower(), prop::bool::weighted(0.2)).prop_map(|(shower, bend)| Act::Key { shower, bend }),
        8 => (holder(), 0usize..20).prop_map(|(who, which)| Act::Crack { who, which }),
        6 => (prop::collection::vec(0usize..20, 1..4), prop_oneof![4 => Just(0u8), 1 => 1u8..5])
            .prop_map(|(which, bend)| Act::Reveal { which, bend }),
        1 => (0usize..20, any::<bool>()).prop_map(|(which, wait)| Act::Reclaim { which, wait }),
        8 => (prop_oneof![1 => Just(LATEST), 1 => 1..=SHOWERS], 0u32..4).prop_map(|(shower, count)| Act::Work { shower, count }),
        5 => shower().prop_map(Act::Settle),
        4 => of(&["team", "team", "fund", "dust", "alice"]).prop_map(Act::Withdraw),
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
        2 => (holder(), 0usize..20, of(&EVERYONE))
            .prop_map(|(who, which, to)| Act::Transfer { who, which, to }),
        1 => (holder(), 0usize..20).prop_map(|(who, which)| Act::Burn { who, which }),
        2 => (holder(), 0usize..20, of(&EVERYONE), until())
            .prop_map(|(who, which, spender, until)| Act::Approve { who, which, spender, until }),
        1 => (holder(), 0usize..20, of(&EVERYONE))
            .prop_map(|(who, which, spender)| Act::Revoke { who, which, spender }),
        1 => (of(&WALLETS), of(&EVERYONE), until())
            .prop_map(|(who, operator, until)| Act::ApproveAll { who, operator, until }),
        1 => (of(&WALLETS), of(&EVERYONE)).prop_map(|(who, operator)| Act::RevokeAll { who, operator }),
        1 => (of(&EVERYONE), 0u8..4).prop_map(|(who, what)| Act::Forge { who, what }),
    ]
}
