//! A state as bytes, and back. Equal states give equal bytes, on any machine.
//!
//! Only what events said is written. What follows from it (totals, places, rankings, who holds what, every index)
//! is computed at reading, so it can't contradict the rest. What is left to contradict is checked. The rows here
//! are no types of the fold: those may change without changing what is stored.

mod launch;
mod showers;
#[cfg(test)]
mod tests;
mod tokens;

use std::sync::Arc;

use meteor_rules::ShowerId;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use self::launch::{CoinsRow, LaunchRow};
use self::showers::ShowerRow;
use self::tokens::{TokenRow, token_rows, tokens};
use super::wallets::Wallets;
use super::{
    Alarm, Alarms, At, BlockHash, Collection, Collections, Contracts, Custodies, Custody, Entry, Given,
    MAX_ALARMS, Recent, Shower, State, Wallet,
};
use crate::table::Table;

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

fn at<T>(list: &mut [T], place: u32) -> Option<&mut T> {
    usize::try_from(place).ok().and_then(|place| list.get_mut(place))
}

fn image(images: &[Arc<str>], place: u32) -> Result<Arc<str>, StoredError> {
    let image = usize::try_from(place).ok().and_then(|place| images.get(place));
    image.cloned().ok_or(Contradiction("an image is missing"))
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
