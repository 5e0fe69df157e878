//! Where a shower stands and what became of a contribution: the contract's decision, which the indexer shows.

use serde::{Deserialize, Serialize};

use crate::NANOS_PER_SECOND;
use crate::schedule::Window;

/// What decides where a shower stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When it is open.
    pub window: Window,
    /// How long after its end its meteors may be minted (seconds).
    pub mint_window: u64,
    /// Wallets that contributed.
    pub contributors: u32,
    /// Meteors minted.
    pub minted: u32,
    /// Whether it was closed.
    pub closed: bool,
    /// Whether its draw was committed to.
    pub drawn: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// Where a shower stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// It is not open yet.
    Upcoming,
    /// It accepts contributions.
    Open,
    /// It is over and waits to be closed.
    Ended,
    /// It is closed and waits for its draw.
    Closed,
    /// Its draw is committed to, and no meteor is minted yet.
    Drawn,
    /// Some contributors have their meteor, others wait.
    Minting,
    /// It is closed, and every contributor has a meteor.
    Minted,
    /// Its mint deadline has passed. Contributions without a meteor can be refunded.
    Refundable,
    /// It was cancelled. Contributions without a meteor can be refunded.
    Cancelled,
}

/// Where a shower stands, in the words of the contract's queries and of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ShowerStatus))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not open yet.
    Upcoming,
    /// Accepts contributions.
    Open,
    /// Over and waiting to be closed.
    Ended,
    /// Closed and being minted.
    Closed,
    /// Every contributor has a meteor.
    Minted,
    /// Cancelled or not minted in time: contributions without a meteor can be refunded.
    Refunding,
}

impl From<Stage> for Status {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Upcoming => Self::Upcoming,
            Stage::Open => Self::Open,
            Stage::Ended => Self::Ended,
            Stage::Closed | Stage::Drawn | Stage::Minting => Self::Closed,
            Stage::Minted => Self::Minted,
            Stage::Refundable | Stage::Cancelled => Self::Refunding,
        }
    }
}

/// What has become of a contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WalletState))]
#[serde(rename_all = "snake_case")]
pub enum ContributionState {
    /// No meteor yet; it may still come.
    Waiting,
    /// Its meteor is minted.
    Minted,
    /// It can be refunded.
    Refundable,
    /// It was refunded.
    Refunded,
}

/// The block time (nanoseconds) at which minting ends and refunds open for what is not minted.
pub const fn mint_deadline(window: Window, mint_window: u64) -> u64 {
    // A launch is checked, so this never saturates. If it did, refunds would open late, not early.
    window.end.saturating_add(mint_window.saturating_mul(NANOS_PER_SECOND))
}

/// Whether contributions without a meteor can be refunded. Nothing is minted from then on.
pub const fn refunds_open(now: u64, deadline: u64, cancelled: bool) -> bool {
    cancelled || now >= deadline
}

impl Facts {
    /// The block time (nanoseconds) at which refunds open for what is not minted.
    pub const fn deadline(&self) -> u64 {
        mint_deadline(self.window, self.mint_window)
    }

    /// Whether contributions without a meteor can be refunded at block time `now` (nanoseconds).
    pub const fn refunds_open(&self, now: u64) -> bool {
        refunds_open(now, self.deadline(), self.cancelled)
    }

    /// Where the shower stands at block time `now` (nanoseconds).
    pub const fn stage(&self, now: u64) -> Stage {
        let all_minted = self.minted == self.contributors;
        if self.cancelled {
            Stage::Cancelled
        } else if now < self.window.start {
            Stage::Upcoming
        } else if now < self.window.end {
            Stage::Open
        } else if !all_minted && self.refunds_open(now) {
            Stage::Refundable
        } else if !self.closed {
            Stage::Ended
        } else if all_minted {
            Stage::Minted
        } else if self.minted > 0 {
            Stage::Minting
        } else if self.drawn {
            Stage::Drawn
        } else {
            Stage::Closed
        }
    }

    /// What became of a contribution at block time `now` (nanoseconds). It never is both minted and refunded.
    pub const fn contribution(&self, has_meteor: bool, refunded: bool, now: u64) -> ContributionState {
        if has_meteor {
            ContributionState::Minted
        } else if refunded {
            ContributionState::Refunded
        } else if self.refunds_open(now) {
            ContributionState::Refundable
        } else {
            ContributionState::Waiting
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: u64 = NANOS_PER_SECOND;
    const EMPTY: Facts = Facts {
        window: Window { start: 10 * SECOND, end: 20 * SECOND },
        mint_window: 5,
        contributors: 0,
        minted: 0,
        closed: false,
        drawn: false,
        cancelled: false,
    };
    const DEADLINE: u64 = 25 * SECOND;

    #[test]
    fn every_stage_and_its_edges() {
        let three = Facts { contributors: 3, ..EMPTY };
        let closed = Facts { closed: true, ..three };
        let drawn = Facts { drawn: true, ..closed };
        let minting = Facts { minted: 1, ..drawn };
        let minted = Facts { minted: 3, ..drawn };
        let cancelled = Facts { cancelled: true, ..three };
        let (start, end) = (three.window.start, three.window.end);
        for (facts, now, stage) in [
            (three, 0, Stage::Upcoming),
            (three, start - 1, Stage::Upcoming),
            (three, start, Stage::Open),
            (three, end - 1, Stage::Open),
            (three, end, Stage::Ended),
            (three, DEADLINE - 1, Stage::Ended),
            (three, DEADLINE, Stage::Refundable),
            (closed, end, Stage::Closed),
            (closed, DEADLINE, Stage::Refundable),
            (drawn, DEADLINE - 1, Stage::Drawn),
            (drawn, DEADLINE, Stage::Refundable),
            (minting, DEADLINE - 1, Stage::Minting),
            (minting, DEADLINE, Stage::Refundable),
            (minted, end, Stage::Minted),
            (minted, u64::MAX, Stage::Minted),
            (cancelled, 0, Stage::Cancelled),
            (cancelled, u64::MAX, Stage::Cancelled),
            // Nobody contributed: there is nothing to refund, and closing makes it complete.
            (EMPTY, u64::MAX, Stage::Ended),
            (Facts { closed: true, ..EMPTY }, end, Stage::Minted),
            (Facts { cancelled: true, ..EMPTY }, 0, Stage::Cancelled),
        ] {
            assert_eq!(facts.stage(now), stage, "{facts:?} at {now}");
        }
    }

    #[test]
    fn a_contribution_waits_until_it_is_minted_or_refunds_open() {
        let facts = Facts { contributors: 3, ..EMPTY };
        let cancelled = Facts { cancelled: true, ..facts };
        for (facts, has_meteor, refunded, now, state) in [
            (facts, false, false, DEADLINE - 1, ContributionState::Waiting),
            (facts, false, false, DEADLINE, ContributionState::Refundable),
            (facts, false, true, DEADLINE, ContributionState::Refunded),
            (facts, true, false, DEADLINE, ContributionState::Minted),
            (cancelled, false, false, 0, ContributionState::Refundable),
            (cancelled, true, false, 0, ContributionState::Minted),
        ] {
            assert_eq!(facts.contribution(has_meteor, refunded, now), state);
        }
    }

    #[test]
    fn a_deadline_beyond_time_opens_no_refunds_early() {
        let late = Facts { mint_window: u64::MAX, ..EMPTY };
        assert_eq!(late.deadline(), u64::MAX);
        assert!(!late.refunds_open(u64::MAX - 1));
    }

    proptest! {
        #[test]
        fn nothing_can_be_minted_once_refunds_are_open(
            now in 0u64..30, contributors in 0u32..3, minted in 0u32..3, flags in any::<[bool; 3]>()
        ) {
            prop_assume!(minted <= contributors);
            let [closed, drawn, cancelled] = flags;
            let facts = Facts { contributors, minted, closed, drawn, cancelled, ..EMPTY };
            let (now, stage) = (now * SECOND, facts.stage(now * SECOND));
            let may_be_minted = matches!(stage, Stage::Drawn | Stage::Minting);
            prop_assert!(!(may_be_minted && facts.refunds_open(now)));
            let left = minted < contributors;
            prop_assert_eq!(matches!(stage, Stage::Refundable), left && facts.refunds_open(now) && !cancelled);
        }
    }
}
