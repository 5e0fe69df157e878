//! A state as bytes, and back. Equal states give equal bytes, on any machine.
//!
//! Only what events said is written. What follows from it (totals, places, rankings, who holds what, every index)
//! is computed at reading, so it can't contradict the rest. What is left to contradict is checked. The rows here
//! are no types of the fold: those may change without changing what is stored.

use std::num::NonZeroU32;
use std::sync::Arc;

use cosmwasm_std::Uint128;
use imbl::Vector;
use meteor_messages::shower::{InstantiateMsg, MinimumFrom};
use meteor_rules::fairness::content::Kind;
use meteor_rules::log::LogHash;
use meteor_rules::ranking::Place;
use meteor_rules::{Rank, ShowerId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::tokens::Tokens;
use super::wallets::Wallets;
use crate::table::Table;

use super::{
    Alarm, Alarms, At, BlockHash, Closing, Collection, Collections, Contracts, Custodies, Custody, Draw,
    Entry, Given, Launched, MAX_ALARMS, Moment, Recent, Reveal, Reveals, Shower, Standing, State, Token,
    TokenRef, Unasked, Wallet,
};

/// Why bytes are no state.
#[derive(Debug, Error)]
pub enum StoredError {
    /// Not the rows that were expected.
    #[error("it is not encoded as a state is")]
    Encoding(#[from] postcard::Error),
    /// The launch's configuration can't be read.
    #[error("the launch's configuration has not its form")]
    Config(#[from] serde_json::Error),
    /// Rows that can't all be true.
    #[error("it contradicts itself: {0}")]
    Contradiction(&'static str),
}

use StoredError::Contradiction;

/// Everything but the showers, which follow one by one.
#[derive(Serialize, Deserialize)]
struct Start<'a> {
    chain_id: &'a str,
    contract: &'a str,
    first: u64,
    height: u64,
    time_ns: u64,
    hash: BlockHash,
    #[serde(borrow)]
    launched: Option<LaunchRow<'a>>,
    /// Meteors, hatchery, eggs, dust.
    contracts: [Option<&'a str>; 4],
    /// Of all wallets, in the order of their numbers.
    addresses: Vec<&'a str>,
    /// Every image that a token or a reveal has, once.
    images: Vec<&'a str>,
    /// Meteors, eggs, dust: the height of the last change, and the tokens in the order of minting.
    collections: [(u64, Vec<TokenRow>); 3],
    /// Meteor, holder, and when it can be reclaimed; sorted by meteor.
    custodies: Vec<(u64, u32, u64)>,
    unasked: Vec<CoinsRow<'a>>,
    returned: Vec<CoinsRow<'a>>,
    /// How many alarms there were.
    alarms: u64,
    /// Height and text of the last of them.
    last_alarms: Vec<(u64, &'a str)>,
}

#[derive(Serialize, Deserialize)]
struct LaunchRow<'a> {
    /// As JSON, because its types are made for that.
    config: Vec<u8>,
    chain_id: &'a str,
    owner: &'a str,
    pending_owner: &'a str,
    operator: &'a str,
    guardian: &'a str,
    paused_since: Option<u64>,
    minimums: Vec<(u32, u128)>,
    booked: Vec<(&'a str, u128)>,
    paid: Vec<(&'a str, u128)>,
    changed: u64,
}

#[derive(Serialize, Deserialize)]
struct TokenRow {
    id: u64,
    owner: u32,
    shower: u32,
    rank: u32,
    burnt: bool,
    height: u64,
    image: u32,
    traits: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct CoinsRow<'a> {
    height: u64,
    time: u64,
    who: &'a str,
    amount: u128,
    denom: &'a str,
}

#[derive(Serialize, Deserialize)]
struct ShowerRow {
    /// Wallet, and whether it was refunded; in the order of first contributions.
    standings: Vec<(u32, bool)>,
    given: Vec<GivenRow>,
    moments: Vec<MomentRow>,
    log: LogHash,
    /// Time of the close and beacon round.
    closing: Option<(u64, u64)>,
    /// Root and beacon signature.
    draw: Option<(BlockHash, Vec<u8>)>,
    key: Option<[u8; 32]>,
    key_in_time: bool,
    /// Every sibling in a proof, once.
    siblings: Vec<[u8; 32]>,
    reveals: Vec<RevealRow>,
    cancelled: bool,
    paused: bool,
    minted: u32,
    minted_amount: u128,
    held: u128,
    held_returned: u128,
    settled: u128,
    refunds: u32,
    refunded: u128,
    changed: u64,
}

#[derive(Serialize, Deserialize)]
struct GivenRow {
    slot: u32,
    /// Sequence numbers since the shower's last contribution; a small number takes a byte.
    since: u64,
    amount: u128,
}

#[derive(Serialize, Deserialize)]
struct MomentRow {
    /// Blocks since the last moment.
    blocks: u64,
    /// Seconds since it, wrapped around.
    seconds: u64,
    /// Contributions in it.
    count: u32,
}

#[derive(Serialize, Deserialize)]
struct RevealRow {
    token_id: u64,
    index: u32,
    egg: bool,
    image: u32,
    traits: Vec<u32>,
    salt: [u8; 32],
    /// Places in the shower's siblings.
    proof: Vec<u32>,
}

impl State {
    /// The state as bytes.
    ///
    /// # Errors
    /// [`StoredError`], which no state that blocks made causes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StoredError> {
        let tokens = Collection::ALL.into_iter().flat_map(|of| self.collections.of(of).by_id.values());
        let reveals = self.showers.iter().flat_map(|shower| shower.reveals.iter());
        let images = tokens.map(|token| &*token.image).chain(reveals.map(|reveal| &*reveal.image));
        let images = Table::of(images);
        let Contracts { meteors, hatchery, eggs, dust } = &self.contracts;
        let start = Start {
            chain_id: &self.chain_id,
            contract: &self.contract,
            first: self.first,
            height: self.at.height,
            time_ns: self.at.time_ns,
            hash: self.at.hash,
            launched: self.launched.as_ref().map(LaunchRow::of).transpose()?,
            contracts: [meteors, hatchery, eggs, dust].map(Option::as_deref),
            addresses: self.wallets.iter().map(|wallet| &*wallet.address).collect(),
            collections: Collection::ALL.map(|of| token_rows(self.collections.of(of), &images)),
            custodies: self.custodies.after(None).map(|(id, c)| (id, c.holder, c.reclaim_at)).collect(),
            unasked: self.unasked.iter().map(CoinsRow::of).collect(),
            returned: self.returned.iter().map(CoinsRow::of).collect(),
            alarms: self.alarms.count,
            last_alarms: self.alarms.last.iter().map(|alarm| (alarm.height, alarm.what.as_str())).collect(),
            images: images.list().to_vec(),
        };
        let mut bytes = postcard::to_stdvec(&start)?;
        for shower in &self.showers {
            bytes = postcard::to_extend(&ShowerRow::of(shower, &images), bytes)?;
        }
        Ok(bytes)
    }

    /// The state that these bytes are of. Whatever they are, it doesn't panic.
    ///
    /// # Errors
    /// [`StoredError`] if they are of none, or of one that no events can lead to.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        let (start, mut rest) = postcard::take_from_bytes::<Start<'_>>(bytes)?;
        if start.first == 0 && start.height != 0 || start.first > start.height {
            return Err(Contradiction("its first block comes after its last"));
        }
        let launched = start.launched.map(LaunchRow::launched).transpose()?;
        let count = launched.as_ref().map_or(0, |launched| launched.config.schedule.count);
        let mut wallets: Vec<_> =
            start.addresses.iter().map(|address| Wallet::new(Arc::from(*address))).collect();
        let images: Vec<Arc<str>> = start.images.into_iter().map(Arc::from).collect();

        let mut showers = Vec::new();
        for number in 1..=count {
            let (row, later) = postcard::take_from_bytes::<ShowerRow>(rest)?;
            rest = later;
            showers.push(Arc::new(row.shower(number, &images)?));
        }
        let contributions = entries(&showers, &mut wallets)?;

        let mut collections = Collections::default();
        for (of, (changed, rows)) in Collection::ALL.into_iter().zip(start.collections) {
            *collections.of_mut(of) = tokens(of, rows, changed, &images, &mut wallets)?;
        }
        let mut custodies = Custodies::default();
        for (meteor, holder, reclaim_at) in start.custodies {
            let held = collections.meteors.get(meteor).is_some_and(|token| !token.burnt);
            let known = usize::try_from(holder).is_ok_and(|holder| holder < wallets.len());
            let added = custodies.add(meteor, Custody { holder, reclaim_at });
            if !held || !known || added.is_err() {
                return Err(Contradiction("a meteor is in custody that can't be"));
            }
        }
        let wallets = Wallets::from_list(wallets).ok_or(Contradiction("an address has two numbers"))?;
        if start.last_alarms.len() > MAX_ALARMS {
            return Err(Contradiction("more alarms than are kept"));
        }
        let last =
            start.last_alarms.into_iter().map(|(height, what)| Alarm { height, what: what.to_owned() });
        let [meteors, hatchery, eggs, dust] = start.contracts.map(|contract| contract.map(str::to_owned));
        let state = Self {
            chain_id: start.chain_id.to_owned(),
            contract: start.contract.to_owned(),
            first: start.first,
            at: At { height: start.height, time_ns: start.time_ns, hash: start.hash },
            launched,
            contracts: Contracts { meteors, hatchery, eggs, dust },
            showers,
            wallets,
            collections,
            custodies,
            last_seq: contributions,
            contributions,
            unasked: start.unasked.into_iter().map(CoinsRow::coins).collect(),
            returned: start.returned.into_iter().map(CoinsRow::coins).collect(),
            alarms: Alarms { count: start.alarms, last: last.collect() },
            recent: Recent::since(start.height),
        };
        // Whatever else could be written in two ways, or twice: a number with leading zeros, an account, a row too many.
        if state.to_bytes()? != bytes {
            return Err(Contradiction("the same state is written in another way"));
        }
        Ok(state)
    }
}

impl<'a> LaunchRow<'a> {
    fn of(launched: &'a Launched) -> Result<Self, StoredError> {
        Ok(Self {
            config: serde_json::to_vec(&launched.config)?,
            chain_id: &launched.chain_id,
            owner: &launched.owner,
            pending_owner: &launched.pending_owner,
            operator: &launched.operator,
            guardian: &launched.guardian,
            paused_since: launched.paused_since,
            minimums: launched.minimums.iter().map(|m| (m.from_shower, m.minimum.u128())).collect(),
            booked: launched.booked.iter().map(|(payee, amount)| (payee.as_str(), *amount)).collect(),
            paid: launched.paid.iter().map(|(payee, amount)| (payee.as_str(), *amount)).collect(),
            changed: launched.changed,
        })
    }

    fn launched(self) -> Result<Launched, StoredError> {
        let config: InstantiateMsg = serde_json::from_slice(&self.config)?;
        let minimum = |(from_shower, minimum)| MinimumFrom { from_shower, minimum: Uint128::new(minimum) };
        let payees =
            |rows: Vec<(&str, u128)>| rows.into_iter().map(|(who, sum)| (who.to_owned(), sum)).collect();
        Ok(Launched {
            config,
            chain_id: self.chain_id.to_owned(),
            owner: self.owner.to_owned(),
            pending_owner: self.pending_owner.to_owned(),
            operator: self.operator.to_owned(),
            guardian: self.guardian.to_owned(),
            paused_since: self.paused_since,
            minimums: self.minimums.into_iter().map(minimum).collect(),
            booked: payees(self.booked),
            paid: payees(self.paid),
            changed: self.changed,
        })
    }
}

impl<'a> CoinsRow<'a> {
    fn of(Unasked { height, time, who, amount, denom }: &'a Unasked) -> Self {
        Self { height: *height, time: *time, who, amount: *amount, denom }
    }

    fn coins(self) -> Unasked {
        let Self { height, time, who, amount, denom } = self;
        Unasked { height, time, who: who.to_owned(), amount, denom: denom.to_owned() }
    }
}

fn token_rows(tokens: &Tokens, images: &Table<&str>) -> (u64, Vec<TokenRow>) {
    let row = |id: &u64| {
        let token = tokens.by_id.get(id)?;
        Some(TokenRow {
            id: *id,
            owner: token.owner,
            shower: token.shower.0,
            rank: token.rank.0,
            burnt: token.burnt,
            height: token.height,
            image: images.place(&token.image),
            traits: token.traits.to_vec(),
        })
    };
    (tokens.changed, tokens.order.iter().filter_map(row).collect())
}

/// The tokens of one collection, which their holders get.
fn tokens(
    of: Collection,
    rows: Vec<TokenRow>,
    changed: u64,
    images: &[Arc<str>],
    wallets: &mut [Wallet],
) -> Result<Tokens, StoredError> {
    let mut tokens = Tokens::default();
    for row in rows {
        let key = TokenRef::new(of, row.id).ok_or(Contradiction("a token's number is too large"))?;
        let owner = at(wallets, row.owner).ok_or(Contradiction("a token belongs to nobody"))?;
        let image = image(images, row.image)?;
        if row.burnt {
            tokens.burnt = tokens.burnt.saturating_add(1);
        } else {
            owner.tokens.insert(key);
        }
        let token = Token {
            owner: row.owner,
            shower: ShowerId(row.shower),
            rank: Rank(row.rank),
            burnt: row.burnt,
            height: row.height,
            image,
            traits: row.traits.into(),
        };
        tokens.add(row.id, token).map_err(|_| Contradiction("two tokens have one number"))?;
    }
    tokens.changed = changed;
    Ok(tokens)
}

fn at<T>(list: &mut [T], place: u32) -> Option<&mut T> {
    usize::try_from(place).ok().and_then(|place| list.get_mut(place))
}

fn image(images: &[Arc<str>], place: u32) -> Result<Arc<str>, StoredError> {
    let image = usize::try_from(place).ok().and_then(|place| images.get(place));
    image.cloned().ok_or(Contradiction("an image is missing"))
}

impl ShowerRow {
    fn of(shower: &Shower, images: &Table<&str>) -> Self {
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
    fn shower(self, number: u32, images: &[Arc<str>]) -> Result<Shower, StoredError> {
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

/// Gives each wallet its entries, in the order of its first contributions. Returns how many contributions there are,
/// whose sequence numbers must be 1 to that number.
fn entries(showers: &[Arc<Shower>], wallets: &mut [Wallet]) -> Result<u64, StoredError> {
    let count = showers.iter().map(|shower| shower.given.len()).fold(0, usize::saturating_add);
    let mut seen = vec![false; count];
    let mut firsts = Vec::new();
    for shower in showers {
        let mut newcomers = 0;
        for Given { seq, slot, .. } in &shower.given {
            let place = seq.checked_sub(1).and_then(|place| usize::try_from(place).ok());
            let seen = place.and_then(|place| seen.get_mut(place)).filter(|seen| !**seen);
            *seen.ok_or(Contradiction("a sequence number is missing or double"))? = true;
            if *slot == newcomers {
                newcomers = newcomers.saturating_add(1);
                firsts.push((*seq, Entry { shower: shower.number, slot: *slot }));
            }
        }
    }
    firsts.sort_unstable_by_key(|(seq, _)| *seq);
    let mut of_wallets = vec![Vec::new(); wallets.len()];
    for (_, entry) in firsts {
        let shower = ShowerId(entry.shower).index().and_then(|place| showers.get(place));
        let standing = shower.and_then(|shower| shower.standings.get(usize::try_from(entry.slot).ok()?));
        let of_wallet = standing.and_then(|standing| at(&mut of_wallets, standing.wallet));
        let of_wallet: &mut Vec<Entry> = of_wallet.ok_or(Contradiction("a contributor is no wallet"))?;
        if of_wallet.iter().any(|earlier| earlier.shower == entry.shower) {
            return Err(Contradiction("a wallet is twice in one shower"));
        }
        of_wallet.push(entry);
    }
    for (wallet, of_wallet) in wallets.iter_mut().zip(of_wallets) {
        wallet.entries = of_wallet.into_iter().collect();
    }
    u64::try_from(count).map_err(|_| Contradiction("too many contributions"))
}

#[cfg(test)]
mod tests;
