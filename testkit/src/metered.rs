//! A store that counts what the Cosmos SDK would charge for it, the greater part of any message's price.
//!
//! Prices of the SDK's `gaskv`, keys with the 33 bytes that `x/wasm` puts in front. Not counted: the machine
//! itself, and what a transaction costs anyway; the benchmarks on real code count those.

use std::cell::Cell;
use std::marker::PhantomData;

use cosmwasm_std::testing::{MockApi, MockQuerier, MockStorage};
use cosmwasm_std::{Order, OwnedDeps, Record, Storage};

use crate::wallets;

const PREFIX: usize = 33;

/// A store with a meter.
#[derive(Default)]
pub struct Metered {
    inner: MockStorage,
    gas: Cell<u64>,
}

impl Metered {
    /// What was charged since the last time this was asked.
    pub fn take(&self) -> u64 {
        self.gas.take()
    }

    fn charge(&self, flat: u64, a_byte: u64, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.gas.set(self.gas.get() + flat + a_byte * bytes);
    }
}

/// What a contract runs on by itself, with this storage.
pub fn deps(querier: MockQuerier) -> OwnedDeps<Metered, MockApi, MockQuerier> {
    let api = MockApi::default().with_prefix(wallets::PREFIX);
    OwnedDeps { storage: Metered::default(), api, querier, custom_query_type: PhantomData }
}

impl Storage for Metered {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.inner.get(key);
        self.charge(1_000, 3, PREFIX + key.len() + value.as_ref().map_or(0, Vec::len));
        value
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.charge(2_000, 30, PREFIX + key.len() + value.len());
        self.inner.set(key, value);
    }

    fn remove(&mut self, key: &[u8]) {
        self.charge(1_000, 0, 0);
        self.inner.remove(key);
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        Box::new(self.inner.range(start, end, order).inspect(|(key, value)| {
            self.charge(30, 3, PREFIX + key.len() + value.len());
        }))
    }
}
