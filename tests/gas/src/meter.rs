//! What wasmd 0.61 charges for running a contract, in SDK gas: its default gas register, and the SDK's
//! `gaskv` around the contract's storage. One meter a thread; while none runs, contracts run natively and
//! nothing is charged.
//!
//! Not charged here, because no contract can change it: the transaction itself (bytes, signature, fee) and
//! the bank's transfers. docs/benchmarks.md compares with real nodes.

use std::cell::RefCell;
use std::ops::AddAssign;

use cosmwasm_std::{Attribute, Reply, Response, SubMsgResult};

/// VM gas for one SDK gas: `DefaultGasMultiplier` of wasmd's `x/wasm/types/gas_register.go`.
pub(crate) const MULTIPLIER: u64 = 140_000;

/// Gas of one transaction (SDK gas), by what it was charged for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gas {
    /// Starting contracts: instances of the VM, and x/wasm's look-up of contract and code.
    pub(crate) start: u64,
    /// What the contracts computed, and reading what they answered.
    pub(crate) machine: u64,
    /// Reading and iterating the contracts' storage.
    pub(crate) reads: u64,
    /// Writing and deleting there.
    pub(crate) writes: u64,
    /// Their events.
    pub(crate) events: u64,
}

impl Gas {
    /// All of it.
    pub(crate) fn total(&self) -> u64 {
        self.start + self.machine + self.reads + self.writes + self.events
    }
}

impl AddAssign for Gas {
    fn add_assign(&mut self, other: Self) {
        self.start += other.start;
        self.machine += other.machine;
        self.reads += other.reads;
        self.writes += other.writes;
        self.events += other.events;
    }
}

#[derive(Default)]
struct Meter {
    gas: Gas,
    /// Codes that this transaction has started: the next start is cheaper.
    started: Vec<&'static str>,
}

thread_local! {
    static METER: RefCell<Option<Meter>> = const { RefCell::new(None) };
}

/// Runs `verb` as a transaction of its own in the VM, and says what it was charged.
pub(crate) fn measure<T>(verb: impl FnOnce() -> T) -> (T, Gas) {
    METER.set(Some(Meter::default()));
    let done = verb();
    let gas = METER.take().unwrap_or_default().gas;
    (done, gas)
}

/// Whether a transaction is being measured.
pub(crate) fn measuring() -> bool {
    METER.with_borrow(Option::is_some)
}

/// Charges the transaction that is being measured.
pub(crate) fn charge(gas: Gas) {
    METER.with_borrow_mut(|meter| {
        if let Some(meter) = meter {
            meter.gas += gas;
        }
    });
}

/// Charges the start of `code` for an instantiation, an execution or a query.
pub(crate) fn charge_start(code: &'static str) {
    let again = METER.with_borrow_mut(|meter| {
        let Some(meter) = meter else { return false };
        let again = meter.started.contains(&code);
        meter.started.push(code);
        again
    });
    charge(Gas { start: start(again), ..Gas::default() });
}

/// A start: `SetupContractCost` of `gas_register.go`. `again`: `checkDiscountEligibility` of `keeper.go`
/// gives the discount to a code that this transaction has started before.
fn start(again: bool) -> u64 {
    look_up() + PINNED + if again { INSTANCE_DISCOUNT } else { INSTANCE }
}

const INSTANCE: u64 = 60_000; // DefaultInstanceCost
const INSTANCE_DISCOUNT: u64 = 2_000; // DefaultInstanceCostDiscount
const PINNED: u64 = 1_000; // IsPinnedCode: HasCost of KVGasConfig

/// `contractInstance` of keeper.go reads contract and code. Their protobuf is some bytes longer or shorter by
/// creator, label and height; this is a contract with a label of 13 letters, created by a wallet.
fn look_up() -> u64 {
    const CONTRACT_INFO: usize = 136; // code id 2, creator 46, label 15, created 7, IBC port 66
    const CODE_INFO: usize = 84; // hash 34, creator 46, who may instantiate 4
    read(33, Some(CONTRACT_INFO)) + read(9, Some(CODE_INFO))
}

/// A reply: `ReplyCosts` of `gas_register.go`, always with the discount, and not looked up among the pinned.
pub(crate) fn reply(reply: &Reply) -> Gas {
    let mut events = 0;
    if let SubMsgResult::Ok(response) = &reply.result {
        events += response.events.iter().map(|event| len(event.ty.len())).sum::<u64>();
        let attributes = || response.events.iter().flat_map(|event| &event.attributes);
        events += attributes_cost(attributes(), &mut FREE_BYTES.clone());
    }
    Gas { start: look_up() + INSTANCE_DISCOUNT, events, ..Gas::default() }
}

const FREE_BYTES: u64 = 100; // DefaultEventAttributeDataFreeTier
const ATTRIBUTE: u64 = 10; // DefaultPerAttributeCost
const CUSTOM_EVENT: u64 = 20; // DefaultPerCustomEventCost

/// What a contract told: `EventCosts` of `gas_register.go`.
pub(crate) fn events(response: &Response) -> Gas {
    let mut free = FREE_BYTES;
    let mut events = attributes_cost(response.attributes.iter(), &mut free);
    for event in &response.events {
        events += CUSTOM_EVENT + len(event.ty.len()) + attributes_cost(event.attributes.iter(), &mut free);
    }
    Gas { events, ..Gas::default() }
}

/// `eventAttributeCosts`: 1 a byte (`DefaultEventAttributeDataCost`) once the free ones of the message are
/// used up.
fn attributes_cost<'a>(attributes: impl Iterator<Item = &'a Attribute>, free: &mut u64) -> u64 {
    let (mut bytes, mut count) = (0, 0);
    for Attribute { key, value } in attributes {
        bytes += len(key.len() + value.len());
        count += 1;
    }
    let paid = bytes.saturating_sub(*free);
    *free = free.saturating_sub(bytes);
    paid + ATTRIBUTE * count
}

/// One call of a contract: the VM gas that it used, and its answer, which wasmvm reads at one SDK gas a byte
/// (x/wasm/keeper/api.go `costJSONDeserialization`).
pub(crate) fn machine(vm_gas: u64, answer: &[u8]) -> Gas {
    Gas { machine: vm_gas / MULTIPLIER + len(answer.len()), ..Gas::default() }
}

// The SDK's store/types/gas.go, KVGasConfig; x/wasm puts 33 bytes in front of a contract's keys.
const READ: u64 = 1_000;
const READ_BYTE: u64 = 3;
const WRITE: u64 = 2_000;
const WRITE_BYTE: u64 = 30;
const DELETE: u64 = 1_000;
const ITERATE: u64 = 30;
const PREFIX: usize = 33;

/// A key of the SDK's store and the value found there, in bytes.
fn read(key: usize, value: Option<usize>) -> u64 {
    READ + READ_BYTE * len(key + value.unwrap_or(0))
}

/// A contract reads.
pub(crate) fn get(key: &[u8], value: Option<&[u8]>) -> Gas {
    Gas { reads: read(PREFIX + key.len(), value.map(<[u8]>::len)), ..Gas::default() }
}

/// A contract writes.
pub(crate) fn set(key: &[u8], value: &[u8]) -> Gas {
    Gas { writes: WRITE + WRITE_BYTE * len(PREFIX + key.len() + value.len()), ..Gas::default() }
}

/// A contract deletes.
pub(crate) fn remove() -> Gas {
    Gas { writes: DELETE, ..Gas::default() }
}

/// A contract's iterator stands on a row of `row` bytes (key and value) or at its end. store/gaskv/store.go
/// charges that (`consumeSeekGas`) when the iterator is made and again before it leaves a row.
pub(crate) fn iterate(row: Option<usize>) -> Gas {
    Gas { reads: ITERATE + row.map_or(0, |row| READ_BYTE * len(PREFIX + row)), ..Gas::default() }
}

fn len(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use cosmwasm_std::{Event, SubMsgResponse};

    use super::*;

    #[test]
    fn storage_costs_what_the_sdk_says() {
        assert_eq!(get(b"key", None).total(), 1_000 + 3 * 36);
        assert_eq!(get(b"key", Some(b"value")).total(), 1_000 + 3 * 41);
        assert_eq!(set(b"key", b"value").total(), 2_000 + 30 * 41);
        assert_eq!(remove().total(), 1_000);
        assert_eq!(iterate(None).total(), 30);
        assert_eq!(iterate(Some(8)).total(), 30 + 3 * 41);
    }

    #[test]
    fn the_first_start_of_a_code_costs_sixty_thousand_and_the_next_two() {
        // 1,000 + 3 × 169 for the contract, 1,000 + 3 × 93 for the code, 1,000 to ask whether it is pinned.
        let look_up = 1_507 + 1_279 + 1_000;
        let ((), gas) = measure(|| {
            charge_start("one");
            charge_start("other");
            charge_start("one");
        });
        assert_eq!(gas.total(), 3 * look_up + 60_000 + 60_000 + 2_000);
        let ((), gas) = measure(|| charge_start("one"));
        assert_eq!(gas.total(), look_up + 60_000, "each transaction starts from zero");
    }

    #[test]
    fn a_hundred_bytes_of_attributes_are_free_over_all_events_of_a_message() {
        let cost = |response: &Response| events(response).total();
        assert_eq!(cost(&Response::new()), 0);
        assert_eq!(cost(&Response::new().add_attribute("foo", "bar")), 10);
        let long = "x".repeat(97);
        assert_eq!(cost(&Response::new().add_attribute("foo", &long)), 10);
        assert_eq!(cost(&Response::new().add_attribute("food", &long)), 11);
        let event = || Event::new("my event").add_attribute("foo", &long);
        assert_eq!(cost(&Response::new().add_event(event())), 20 + 8 + 10);
        assert_eq!(cost(&Response::new().add_event(event()).add_event(event())), 2 * 38 + 100);
    }

    /// Three cases of wasmd's own test, `x/wasm/types/gas_register_test.go` `TestReplyCost`.
    #[test]
    fn replies_pay_for_the_events_that_they_bring() {
        let priced = |events: Vec<Event>| {
            #[allow(deprecated)]
            let response = SubMsgResponse { events, data: None, msg_responses: vec![] };
            reply(&Reply { id: 1, payload: vec![].into(), gas_used: 0, result: SubMsgResult::Ok(response) })
        };
        let foo = |key: String| vec![Event::new("foo").add_attribute(key, "myData")];
        assert_eq!(priced(foo("myKey".into())).events, 3 + 10);
        assert_eq!(priced(foo("x".repeat(100))).events, 3 + 6 + 10);
        assert_eq!(priced(vec![]), Gas { start: 1_507 + 1_279 + 2_000, ..Gas::default() });
    }

    #[test]
    fn the_machine_is_paid_in_whole_sdk_gas_and_its_answer_by_the_byte() {
        assert_eq!(machine(2 * MULTIPLIER - 1, b"four").total(), 1 + 4);
    }

    #[test]
    fn nothing_is_charged_while_nothing_is_measured() {
        charge(remove());
        assert!(!measuring());
        let (inside, gas) = measure(measuring);
        assert!(inside && !measuring());
        assert_eq!(gas, Gas::default());
    }
}
