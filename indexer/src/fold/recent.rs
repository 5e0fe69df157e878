//! What happened lately, for live connections: the last events that nothing else in the state keeps.
//!
//! It is bounded and not stored. A state that begins with a snapshot knows nothing older than that, and says so.

use std::cmp::Ordering;
use std::sync::Arc;

use imbl::Vector;
use meteor_messages::events::{
    Burn, Crack, HatcheryEvent, Minted, NftEvent, Pause, Reclaim, Refund, Resume, Revealed, ShowerEvent,
    Transfer,
};
use meteor_messages::shower::Refunded;

use super::{ChainEvent, Collection};

/// How many events are kept.
pub const MAX_RECENT: usize = 1_000;

/// Something that happened. Contributions are not among them: showers keep all of theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// An NFT was minted.
    Mint {
        /// Of which collection.
        of: Collection,
        /// Its id.
        id: u64,
        /// To whom.
        owner: String,
    },
    /// An NFT changed hands.
    Transfer {
        /// Of which collection.
        of: Collection,
        /// Its id.
        id: u64,
        /// Who had it.
        from: String,
        /// Who has it.
        to: String,
    },
    /// An NFT was burnt.
    Burn {
        /// Of which collection.
        of: Collection,
        /// Its id.
        id: u64,
        /// Who had it.
        owner: String,
    },
    /// A meteor was cracked and waits for its reveal.
    Crack {
        /// The meteor.
        id: u64,
        /// Who cracked it.
        holder: String,
        /// From then on it can be taken back (Unix seconds).
        reclaim_at: u64,
    },
    /// A meteor was revealed.
    Reveal {
        /// The meteor.
        id: u64,
        /// Who cracked it.
        holder: String,
        /// What was found in it.
        found: Collection,
    },
    /// A meteor that was not revealed in time went back.
    Reclaim {
        /// The meteor.
        id: u64,
        /// Who has it again.
        holder: String,
    },
    /// A contribution, or what was held back of one, was sent back.
    Refund {
        /// Of which shower (1-based).
        shower: u32,
        /// To whom.
        contributor: String,
        /// Which of the two.
        what: Refunded,
        /// How much (micro-denom).
        amount: u128,
    },
    /// Contributing was paused.
    Pause,
    /// Contributing goes on.
    Resume,
}

impl Happened {
    /// Its name, as live connections hear it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mint { .. } => "mint",
            Self::Transfer { .. } => "transfer",
            Self::Burn { .. } => "burn",
            Self::Crack { .. } => "crack",
            Self::Reveal { .. } => "reveal",
            Self::Reclaim { .. } => "reclaim",
            Self::Refund { .. } => "refund",
            Self::Pause => "pause",
            Self::Resume => "resume",
        }
    }

    /// What an event says, if it is one of these.
    fn of(event: &ChainEvent) -> Option<Self> {
        match event {
            ChainEvent::Nft(of, event) => Some(Self::of_nft(*of, event)),
            ChainEvent::Hatchery(event) => match event {
                HatcheryEvent::Crack(Crack { token_id, holder, reclaim_at }) => {
                    Some(Self::Crack { id: *token_id, holder: holder.clone(), reclaim_at: *reclaim_at })
                }
                HatcheryEvent::Revealed(Revealed { token_id, holder, kind, .. }) => {
                    Some(Self::Reveal { id: *token_id, holder: holder.clone(), found: (*kind).into() })
                }
                HatcheryEvent::Reclaim(Reclaim { token_id, holder }) => {
                    Some(Self::Reclaim { id: *token_id, holder: holder.clone() })
                }
                HatcheryEvent::Nest(_) => None,
            },
            ChainEvent::Shower(event) => match event {
                ShowerEvent::Refund(Refund { shower, contributor, what, amount }) => {
                    let (contributor, what) = (contributor.clone(), *what);
                    Some(Self::Refund { shower: *shower, contributor, what, amount: *amount })
                }
                ShowerEvent::Pause(Pause { .. }) => Some(Self::Pause),
                ShowerEvent::Resume(Resume { .. }) => Some(Self::Resume),
                ShowerEvent::Launch(_)
                | ShowerEvent::Collection(_)
                | ShowerEvent::Contribution(_)
                | ShowerEvent::Close(_)
                | ShowerEvent::Draw(_)
                | ShowerEvent::Key(_)
                | ShowerEvent::Mint(_)
                | ShowerEvent::Settle(_)
                | ShowerEvent::Share(_)
                | ShowerEvent::Withdraw(_)
                | ShowerEvent::Cancel(_)
                | ShowerEvent::ReturnUnasked(_)
                | ShowerEvent::Minimum(_)
                | ShowerEvent::Role(_) => None,
            },
            ChainEvent::Received(_) => None,
        }
    }

    fn of_nft(of: Collection, event: &NftEvent) -> Self {
        match event {
            NftEvent::Minted(Minted { token_id, owner, .. }) => {
                Self::Mint { of, id: *token_id, owner: owner.clone() }
            }
            NftEvent::Transfer(Transfer { token_id, from, to }) => {
                Self::Transfer { of, id: *token_id, from: from.clone(), to: to.clone() }
            }
            NftEvent::Burn(Burn { token_id, owner }) => {
                Self::Burn { of, id: *token_id, owner: owner.clone() }
            }
        }
    }
}

/// The last events, in the chain's order.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    events: Vector<(u64, Arc<Happened>)>,
    since: u64,
}

impl Recent {
    /// Nothing is known of what happened up to this height.
    pub(super) fn since(height: u64) -> Self {
        Self { events: Vector::new(), since: height }
    }

    /// Keeps an event of a block, if it is one to keep.
    pub(super) fn add(&mut self, height: u64, event: &ChainEvent) {
        let Some(happened) = Happened::of(event) else { return };
        if self.events.len() >= MAX_RECENT
            && let Some((height, _)) = self.events.pop_front()
        {
            self.since = height;
        }
        self.events.push_back((height, Arc::new(happened)));
    }

    /// Whether all that happened after a height is kept.
    pub const fn knows(&self, height: u64) -> bool {
        height >= self.since
    }

    /// What is kept of what happened after a height, with the height of each.
    pub fn after(&self, height: u64) -> impl Iterator<Item = (u64, &Happened)> {
        let earlier = |at: u64| if at > height { Ordering::Greater } else { Ordering::Less };
        let (Ok(from) | Err(from)) = self.events.binary_search_by(|(at, _)| earlier(*at));
        let events = self.events.focus().narrow(from..).into_iter();
        events.map(|(at, happened)| (*at, &**happened))
    }
}
