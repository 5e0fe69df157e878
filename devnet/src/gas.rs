//! The gas estimate.
//!
//! Contracts run as native code here, so nothing counts their instructions. What is left is deterministic and
//! close to a real node: the SDK's prices for storage and transaction bytes, a signature, the events, and
//! flat amounts for each transaction and each contract call. Those two are fitted to what wasmd 0.61 used for
//! a whole event (`tests/fixtures/event-0.61.json`): every kind of transaction comes within a fifth of it,
//! and a test keeps it there. Never mistake it for a measurement.
use std::collections::BTreeSet;

use crate::app::events::Event;

/// Verifying one secp256k1 signature (x/auth `sig_verify_cost_secp256k1`).
pub(crate) const SIGNATURE: u64 = 1_000;
/// What a node's checks read and write besides what ours do: parameters, indices, proofs of its stores.
pub(crate) const TRANSACTION: u64 = 37_000;
/// Loading a contract, and what it computes.
pub(crate) const CONTRACT_CALL: u64 = 55_000;
/// The same for a contract that the transaction has called before: wasmd 0.61 loads it for a thirtieth.
const REPEATED_CALL: u64 = 20_000;
/// What the tax on a transfer uses besides its coins' way: parameters, records, dropped events. Fitted to what Terra
/// Classic 4 uses for a refund of 100 (11.4M).
pub(crate) const TAX: u64 = 36_000;
/// Removing a key (SDK `DeleteCost`).
pub(crate) const DELETE: u64 = 1_000;
/// What a real signature and public key add to the bytes of a simulated transaction without them.
pub(crate) const SIMULATED_SIGNATURE_BYTES: usize = 64;

/// Moving the fee, which a simulated transaction does not carry yet: without it the estimate of a plain send
/// would be too low even with the 1.4 that CosmJS multiplies by.
pub(crate) const SIMULATED_FEE: u64 = 14_000;

const TX_BYTE: u64 = 10;
const EVENT: u64 = 20;
const ATTRIBUTE: u64 = 10;

fn per_byte(flat: u64, price: u64, bytes: usize) -> u64 {
    flat.saturating_add(price.saturating_mul(u64::try_from(bytes).unwrap_or(u64::MAX)))
}

pub(crate) fn read(bytes: usize) -> u64 {
    per_byte(1_000, 3, bytes)
}

pub(crate) fn write(bytes: usize) -> u64 {
    per_byte(2_000, 30, bytes)
}

/// Storing wasm: wasmd's 0.15 for each byte that comes packed, and 3 for each one to compile.
pub(crate) fn store_code(packed: usize, wasm: usize) -> u64 {
    per_byte(0, 15, packed).div_ceil(100).saturating_add(per_byte(0, 3, wasm))
}

/// One step of an iterator.
pub(crate) fn step(bytes: usize) -> u64 {
    per_byte(30, 3, bytes)
}

/// The bytes of the transaction itself.
pub(crate) fn tx_bytes(bytes: usize) -> u64 {
    per_byte(0, TX_BYTE, bytes)
}

/// What a transaction's events cost: their bytes, and a contract call for each event that stands for one.
pub(crate) fn events(events: &[Event]) -> u64 {
    let mut called = BTreeSet::new();
    events.iter().fold(0, |sum: u64, event| {
        let bytes = event.attributes.iter().map(|(key, value)| key.len().saturating_add(value.len())).sum();
        let attributes = u64::try_from(event.attributes.len()).unwrap_or(u64::MAX);
        let call = match event.kind.as_str() {
            "execute" | "instantiate" | "migrate" | "reply" => {
                let contract = event.attributes.iter().find(|(key, _)| key == "_contract_address");
                if called.insert(contract.map(|(_, contract)| contract)) {
                    CONTRACT_CALL
                } else {
                    REPEATED_CALL
                }
            }
            // One that names no amount says that nothing was taken here.
            "tax_payment" if event.attributes.iter().any(|(key, _)| key == "tax_amount") => TAX,
            _ => 0,
        };
        sum.saturating_add(per_byte(EVENT, 1, bytes))
            .saturating_add(attributes.saturating_mul(ATTRIBUTE))
            .saturating_add(call)
    })
}
