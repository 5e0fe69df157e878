//! The rows of a shower: what was contributed, when, and what was revealed.

use std::num::NonZeroU32;
use std::sync::Arc;

use imbl::Vector;
use meteor_rules::fairness::content::Kind;
use meteor_rules::log::LogHash;
use meteor_rules::ranking::Place;
use serde::{Deserialize, Serialize};

use super::{Contradiction, StoredError, at, image};
use crate::fold::{BlockHash, Closing, Draw, Given, Moment, Reveal, Reveals, Shower, Standing};
use crate::table::Table;

#[derive(Serialize, Deserialize)]
pub(super) struct ShowerRow {
    /// Wallet, and whether it was refunded; in the order of first contributions.
    pub(super) standings: Vec<(u32, bool)>,
    pub(super) given: Vec<GivenRow>,
    pub(super) moments: Vec<MomentRow>,
    pub(super) log: LogHash,
    /// Time of the close and beacon round.
    pub(super) closing: Option<(u64, u64)>,
    /// Root and beacon signature.
    pub(super) draw: Option<(BlockHash, Vec<u8>)>,
    pub(super) key: Option<[u8; 32]>,
    pub(super) key_in_time: bool,
    /// Every sibling in a proof, once.
    pub(super) siblings: Vec<[u8; 32]>,
    pub(super) reveals: Vec<RevealRow>,
    pub(super) cancelled: bool,
    pub(super) paused: bool,
    pub(super) minted: u32,
    pub(super) minted_amount: u128,
    pub(super) held: u128,
    pub(super) held_returned: u128,
    pub(super) settled: u128,
    pub(super) refunds: u32,
    pub(super) refunded: u128,
    pub(super) changed: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct GivenRow {
    pub(super) slot: u32,
    /// Sequence numbers since the shower's last contribution; a small number takes a byte.
    pub(super) since: u64,
    pub(super) amount: u128,
}

#[derive(Serialize, Deserialize)]
pub(super) struct MomentRow {
    /// Blocks since the last moment.
    pub(super) blocks: u64,
    /// Seconds since it, wrapped around.
    pub(super) seconds: u64,
    /// Contributions in it.
    pub(super) count: u32,
}

#[derive(Serialize, Deserialize)]
pub(super) struct RevealRow {
    pub(super) token_id: u64,
    pub(super) index: u32,
    pub(super) egg: bool,
    pub(super) image: u32,
    pub(super) traits: Vec<u32>,
    pub(super) salt: [u8; 32],
    /// Places in the shower's siblings.
    pub(super) proof: Vec<u32>,
}

impl ShowerRow {
    pub(super) fn of(shower: &Shower, images: &Table<&str>) -> Self {
        let siblings = Table::of(shower.reveals.iter().flat_map(|reveal| shower.reveals.proof(reveal)));
        let mut last = 0;
        let given = shower.given.iter().map(|Given { seq, slot, amount, .. }| {
            let since = seq.saturating_sub(last);
            last = *seq;
            GivenRow { slot: *slot, since, amount: *amount }
        });
        let given = given.collect();
        let mut before = Moment { height: 0, time: 0, end: 0 };
        let moments = shower.moments.iter().map(|moment| {
            let row = MomentRow {
                blocks: moment.height.saturating_sub(before.height),
                seconds: moment.time.wrapping_sub(before.time),
                count: moment.end.saturating_sub(before.end),
            };
            before = *moment;
            row
        });
        let moments = moments.collect();
        let reveal = |reveal: &Reveal| RevealRow {
            token_id: reveal.token_id,
            index: reveal.index,
            egg: match reveal.kind {
                Kind::Egg => true,
                Kind::Dust => false,
            },
            image: images.place(&reveal.image),
            traits: reveal.traits.to_vec(),
            salt: reveal.salt,
            proof: shower.reveals.proof(reveal).into_iter().map(|sibling| siblings.place(sibling)).collect(),
        };
        Self {
            standings: shower.standings.iter().map(|s| (s.wallet, s.refunded)).collect(),
            given,
            moments,
            log: shower.log,
            closing: shower.closing.map(|closing| (closing.at, closing.beacon_round)),
            draw: shower.draw.as_ref().map(|draw| (draw.root, draw.beacon.clone())),
            key: shower.key,
            key_in_time: shower.key_in_time,
            reveals: shower.reveals.iter().map(reveal).collect(),
            cancelled: shower.cancelled,
            paused: shower.paused,
            minted: shower.minted,
            minted_amount: shower.minted_amount,
            held: shower.held,
            held_returned: shower.held_returned,
            settled: shower.settled,
            refunds: shower.refunds,
            refunded: shower.refunded,
            changed: shower.changed,
            siblings: siblings.list().to_vec(),
        }
    }

    /// The shower of that number. Wallets of its standings are not checked yet.
    pub(super) fn shower(self, number: u32, images: &[Arc<str>]) -> Result<Shower, StoredError> {
        let none = Place { amount: 0, seq: 0 };
        let standing = |(wallet, refunded)| Standing { place: none, wallet, refunded, last: None };
        let mut standings: Vec<_> = self.standings.into_iter().map(standing).collect();
        let (mut total, mut last_seq, mut newcomers) = (0u128, 0u64, 0u32);
        let mut given = Vec::with_capacity(self.given.len());
        for GivenRow { slot, since, amount } in self.given {
            let Standing { place, last, .. } =
                at(&mut standings, slot).ok_or(Contradiction("a contribution is nobody's"))?;
            // Who contributes first gets the next place.
            if place.seq == 0 {
                if slot != newcomers {
                    return Err(Contradiction("contributors are not in the order of their contributions"));
                }
                newcomers = newcomers.saturating_add(1);
            }
            let next = last_seq.checked_add(since).filter(|next| *next > last_seq);
            last_seq = next.ok_or(Contradiction("contributions are out of order"))?;
            let sums = (place.amount.checked_add(amount), total.checked_add(amount));
            let (Some(sum), Some(sums)) = sums else { return Err(Contradiction("amounts are too large")) };
            (place.amount, place.seq, total) = (sum, last_seq, sums);
            let end = u32::try_from(given.len()).ok().and_then(|before| before.checked_add(1));
            let end = end.and_then(NonZeroU32::new).ok_or(Contradiction("too many contributions"))?;
            given.push(Given { seq: last_seq, slot, before: last.replace(end), amount, total: sum });
        }
        if usize::try_from(newcomers).ok() != Some(standings.len()) {
            return Err(Contradiction("a contributor has not contributed"));
        }
        let moments = moments(self.moments, given.len())?;
        let mut reveals = Reveals::default();
        for row in self.reveals {
            let (reveal, proof) = row.reveal(&self.siblings, images)?;
            reveals.push(reveal, newcomers, &proof);
        }
        if self.draw.is_some() && self.closing.is_none() {
            return Err(Contradiction("a shower is drawn and not closed"));
        }
        let closed = self.closing.is_some();
        let limit = if closed { newcomers } else { 0 };
        if self.minted > limit || self.refunds > newcomers {
            return Err(Contradiction("more meteors or refunds than contributors"));
        }
        let mut shower = Shower {
            number,
            standings: standings.into(),
            given: given.into(),
            moments,
            total,
            last_seq,
            log: self.log,
            ranking: None,
            closing: self.closing.map(|(at, beacon_round)| Closing { at, beacon_round }),
            draw: self.draw.map(|(root, beacon)| Draw { root, leaves: newcomers, beacon }),
            key: self.key,
            key_in_time: self.key_in_time,
            reveals,
            cancelled: self.cancelled,
            paused: self.paused,
            minted: self.minted,
            minted_amount: self.minted_amount,
            held: self.held,
            held_returned: self.held_returned,
            settled: self.settled,
            refunds: self.refunds,
            refunded: self.refunded,
            changed: self.changed,
        };
        shower.ranking = closed.then(|| shower.ranked().into());
        Ok(shower)
    }
}

/// The moments that brought `given` contributions.
fn moments(rows: Vec<MomentRow>, given: usize) -> Result<Vector<Moment>, StoredError> {
    let mut last = Moment { height: 0, time: 0, end: 0 };
    let mut moments = Vec::with_capacity(rows.len());
    for MomentRow { blocks, seconds, count } in rows {
        let height = last.height.checked_add(blocks).filter(|_| blocks > 0);
        let end = last.end.checked_add(count).filter(|_| count > 0);
        let (Some(height), Some(end)) = (height, end) else {
            return Err(Contradiction("a block with contributions has none, or is out of order"));
        };
        last = Moment { height, time: last.time.wrapping_add(seconds), end };
        moments.push(last);
    }
    if usize::try_from(last.end).ok() == Some(given) {
        return Ok(moments.into());
    }
    Err(Contradiction("some contributions were given at no time"))
}

impl RevealRow {
    /// The reveal, and its proof.
    fn reveal(
        self,
        siblings: &[[u8; 32]],
        images: &[Arc<str>],
    ) -> Result<(Reveal, Vec<[u8; 32]>), StoredError> {
        let sibling = |place: u32| siblings.get(usize::try_from(place).ok()?).copied();
        let proof = self.proof.into_iter().map(sibling).collect::<Option<_>>();
        let proof = proof.ok_or(Contradiction("a part of a proof is missing"))?;
        let reveal = Reveal {
            token_id: self.token_id,
            index: self.index,
            kind: if self.egg { Kind::Egg } else { Kind::Dust },
            image: image(images, self.image)?,
            traits: self.traits.into(),
            salt: self.salt,
        };
        Ok((reveal, proof))
    }
}
