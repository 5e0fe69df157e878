//! Numbers that are easily mistaken for one another: which shower, which rank, which token.
//!
//! Each is a plain number on the wire, in storage and in what is hashed.

use core::fmt;

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($number:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(pub $number);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// A shower, counted from 1. Whether there is such a shower is for the
    /// [`Schedule`](crate::schedule::Schedule) to say.
    ShowerId(u32)
}
number! {
    /// A place in a shower's ranking, counted from 1.
    Rank(u32)
}
number! {
    /// A meteor's number, which is also the number of the egg or dust found in it.
    TokenId(u64)
}

impl ShowerId {
    /// Its place in a list of all showers, from 0; `None` for shower 0, which there is not.
    pub fn index(self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(1)?).ok()
    }
}

impl Rank {
    /// The rank at `index` (from 0); `None` for the last number of 32 bits.
    pub fn at(index: u32) -> Option<Self> {
        index.checked_add(1).map(Self)
    }

    /// Its place in a list of a shower's ranks, from 0; `None` for rank 0, which there is not.
    pub fn index(self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(1)?).ok()
    }
}

impl TokenId {
    /// The meteor of `rank` in a shower before which `earlier` wallets contributed: unique over all showers,
    /// whatever the order in which they are minted. `None` beyond 64 bits.
    pub fn of(earlier: u64, rank: Rank) -> Option<Self> {
        earlier.checked_add(rank.0.into()).map(Self)
    }

    /// The rank in a shower before which `earlier` wallets contributed; `None` if it belongs to an earlier
    /// one.
    pub fn rank(self, earlier: u64) -> Option<Rank> {
        let rank = u32::try_from(self.0.checked_sub(earlier)?).ok()?;
        (rank > 0).then_some(Rank(rank))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_plain_numbers_on_the_wire() {
        assert_eq!(serde_json::to_string(&(ShowerId(3), Rank(4), TokenId(5))).unwrap(), "[3,4,5]");
        assert_eq!(serde_json::from_str::<TokenId>("18446744073709551615").unwrap(), TokenId(u64::MAX));
        assert_eq!(format!("{:>3}", Rank(7)), "  7");
    }

    #[test]
    fn a_meteor_is_numbered_after_those_of_earlier_showers() {
        assert_eq!(TokenId::of(1_000, Rank(1)), Some(TokenId(1_001)));
        assert_eq!(TokenId::of(u64::MAX, Rank(1)), None);
        assert_eq!(TokenId(1_001).rank(1_000), Some(Rank(1)));
        for elsewhere in [0, 1_000, 1_001 + u64::from(u32::MAX)] {
            assert_eq!(TokenId(elsewhere).rank(1_000), None);
        }
    }

    #[test]
    fn counting_starts_at_one() {
        assert_eq!((ShowerId(1).index(), Rank(1).index()), (Some(0), Some(0)));
        assert_eq!((ShowerId(0).index(), Rank(0).index()), (None, None));
        assert_eq!((Rank::at(0), Rank::at(u32::MAX)), (Some(Rank(1)), None));
    }
}
