//! Addresses as small numbers, and what each wallet has.
//!
//! The collections are persistent: a published view keeps its own copy and shares what hasn't changed since.

use std::ops::Deref;
use std::slice;
use std::sync::Arc;

use foldhash::quality::RandomState;
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, OrdSet, Vector};

use super::{Collection, FoldFault, TokenRef};

/// Where to find a wallet's contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The shower (1-based).
    pub shower: u32,
    /// Place in the shower's standings.
    pub slot: u32,
}

/// The showers a wallet contributed to, in the order of its first contributions. Most have one, which is kept in place:
/// that saves 32 bytes a wallet.
#[derive(Clone, Debug)]
pub enum Entries {
    /// One.
    One(Entry),
    /// None, or several.
    Several(Arc<[Entry]>),
}

impl Default for Entries {
    fn default() -> Self {
        Self::Several(Arc::default())
    }
}

impl Deref for Entries {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        match self {
            Self::One(entry) => slice::from_ref(entry),
            Self::Several(entries) => entries,
        }
    }
}

impl FromIterator<Entry> for Entries {
    fn from_iter<T: IntoIterator<Item = Entry>>(entries: T) -> Self {
        let entries: Arc<[Entry]> = entries.into_iter().collect();
        if let [entry] = *entries { Self::One(entry) } else { Self::Several(entries) }
    }
}

// However they were put together, they are the same if they name the same.
impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Entries {}

/// One wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    /// Its address.
    pub address: Arc<str>,
    /// The showers it contributed to, in the order of its first contributions.
    pub entries: Entries,
    /// The tokens it holds, of all collections.
    pub tokens: OrdSet<TokenRef>,
}

impl Wallet {
    /// A wallet that has nothing yet.
    pub(super) fn new(address: Arc<str>) -> Self {
        Self { address, entries: Entries::default(), tokens: OrdSet::new() }
    }

    /// How many tokens of a collection it holds.
    pub fn count(&self, collection: Collection) -> usize {
        let of = |token: &&TokenRef| token.collection() == collection;
        let Some(first) = TokenRef::new(collection, 0) else { return 0 };
        self.tokens.range(first..).take_while(of).count()
    }

    /// The wallet's slot in `shower`.
    pub fn slot(&self, shower: u32) -> Option<u32> {
        // From the back, because nearly every contribution is to the latest shower.
        self.entries.iter().rev().find(|entry| entry.shower == shower).map(|entry| entry.slot)
    }
}

/// Everyone who contributed or ever held a token, numbered by first appearance.
#[derive(Clone, Debug, Default)]
pub struct Wallets {
    /// Never iterated, because its order is random. The hash is seeded like the standard library's and takes
    /// half the time.
    numbers: GenericHashMap<Arc<str>, u32, RandomState, DefaultSharedPtr>,
    list: Vector<Wallet>,
}

impl Wallets {
    /// These wallets, in the order of their numbers; `None` if two have one address.
    pub(super) fn from_list(list: Vec<Wallet>) -> Option<Self> {
        let mut numbers = GenericHashMap::default();
        for (wallet, number) in list.iter().zip(0u32..) {
            numbers.insert(Arc::clone(&wallet.address), number);
        }
        (numbers.len() == list.len()).then(|| Self { numbers, list: list.into() })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The wallet of a number.
    pub fn get(&self, number: u32) -> Option<&Wallet> {
        self.list.get(usize::try_from(number).ok()?)
    }

    /// The number of an address.
    pub fn number(&self, address: &str) -> Option<u32> {
        self.numbers.get(address).copied()
    }

    /// The wallet of an address.
    pub fn find(&self, address: &str) -> Option<&Wallet> {
        self.get(self.number(address)?)
    }

    /// All of them, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Wallet> {
        self.list.iter()
    }

    /// The number of an address, assigned if it is new.
    pub(super) fn intern(&mut self, address: &str) -> Result<u32, FoldFault> {
        if let Some(number) = self.numbers.get(address) {
            return Ok(*number);
        }
        let number = u32::try_from(self.list.len()).map_err(|_| FoldFault::Overflow)?;
        let address: Arc<str> = address.into();
        self.numbers.insert(Arc::clone(&address), number);
        self.list.push_back(Wallet::new(address));
        Ok(number)
    }

    pub(super) fn enter(&mut self, number: u32, entry: Entry) -> Result<(), FoldFault> {
        let wallet = self.get_mut(number)?;
        wallet.entries = wallet.entries.iter().copied().chain([entry]).collect();
        Ok(())
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Result<&mut Wallet, FoldFault> {
        usize::try_from(number).ok().and_then(|at| self.list.get_mut(at)).ok_or(FoldFault::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wallets_showers_stay_in_order_however_many() {
        let mut wallets = Wallets::default();
        let number = wallets.intern("terra1a").unwrap();
        let all: Vec<Entry> =
            [3, 1, 2].into_iter().zip(7..).map(|(shower, slot)| Entry { shower, slot }).collect();
        for (count, entry) in (1..).zip(&all) {
            wallets.enter(number, *entry).unwrap();
            let wallet = wallets.get(number).unwrap();
            assert_eq!(wallet.entries[..], all[..count]);
            assert_eq!(wallet.slot(entry.shower), Some(entry.slot));
        }
        assert_eq!(wallets.get(number).unwrap().slot(4), None);
        // As large as a pointer to several, and no allocation for one.
        assert_eq!(size_of::<Entries>(), size_of::<Arc<[Entry]>>());
    }
}
