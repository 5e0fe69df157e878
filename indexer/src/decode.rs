//! From what a node says of a block to the typed events that concern us: pure, and strict where it matters.
//!
//! An event is ours when its type starts with `wasm-` and its first attribute, `_contract_address`, is a contract we
//! watch. The chain itself puts that attribute first and lets no contract write one with an underscore, so
//! it can't be forged; names like `action` can. Transactions that failed change nothing and are left out.

use meteor_messages::events::{EventError, NftEvent, ShowerEvent};
use thiserror::Error;

use crate::fold::{ChainEvent, Located, State};

/// The attribute in which the chain names the contract that emitted an event.
const CONTRACT: &str = "_contract_address";

/// The result of one transaction, as far as it is of interest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TxResult {
    /// 0 for success.
    pub code: u32,
    /// Its events, all of them and in order, so that a place among them is the event's identity.
    pub events: Vec<RawEvent>,
}

/// An event as the node gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawEvent {
    /// Its type, for example `wasm-contribution`.
    pub kind: String,
    /// Its attributes, key and value.
    pub attributes: Vec<(String, String)>,
}

/// An event that can't be read. Nothing may be applied past it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("transaction {tx}, event {index} can't be read")]
pub struct DecodeError {
    /// Place of the transaction in the block, from 0.
    pub tx: usize,
    /// Place of the event in the transaction, from 0.
    pub index: usize,
    /// Why.
    #[source]
    pub fault: DecodeFault,
}

/// Why an event can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeFault {
    /// A contract's event without its contract: the node speaks a dialect that isn't ours (CometBFT 0.34 writes
    /// attributes in base64), and everything it says would be overlooked.
    #[error("it does not begin with {CONTRACT}: the node is too old (CometBFT 0.37 or later is needed)")]
    NoContract,
    /// A typed event of a watched contract that doesn't have its form.
    #[error("it does not have its form")]
    Form(#[from] EventError),
}

/// The contracts whose events we read.
#[derive(Clone, Debug)]
pub struct Watched {
    shower: String,
    meteors: Option<String>,
}

impl Watched {
    /// Those that `state` knows.
    pub fn of(state: &State) -> Self {
        Self { shower: state.contract.clone(), meteors: state.meteors.clone() }
    }
}

/// The events of a block that concern us, in the chain's order. A collection that is instantiated in the block is
/// watched from then on.
///
/// # Errors
/// [`DecodeError`] for an event that concerns us, or may, and can't be read.
pub fn decode(watched: &mut Watched, txs: &[TxResult]) -> Result<Vec<Located>, DecodeError> {
    let mut events = Vec::new();
    for (tx, result) in txs.iter().enumerate().filter(|(_, result)| result.code == 0) {
        for (index, raw) in result.events.iter().enumerate() {
            match read(watched, raw) {
                Ok(Some(event)) => events.push(Located { tx, index, event }),
                Ok(None) => {}
                Err(fault) => return Err(DecodeError { tx, index, fault }),
            }
        }
    }
    Ok(events)
}

fn read(watched: &mut Watched, raw: &RawEvent) -> Result<Option<ChainEvent>, DecodeFault> {
    let typed = raw.kind.starts_with("wasm-");
    if !typed && raw.kind != "wasm" {
        return Ok(None);
    }
    let contract = match raw.attributes.first() {
        Some((key, contract)) if key == CONTRACT => contract,
        _ => return Err(DecodeFault::NoContract),
    };
    if !typed {
        return Ok(None); // the plain `wasm` event only serves the check above
    }
    let pairs =
        || raw.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>();
    if *contract == watched.shower {
        let event = ShowerEvent::parse(&raw.kind, &pairs())?;
        if let Some(ShowerEvent::Collection(collection)) = &event
            && collection.kind == "meteors"
        {
            watched.meteors = Some(collection.address.clone());
        }
        return Ok(event.map(ChainEvent::Shower));
    }
    if watched.meteors.as_ref() == Some(contract) {
        return Ok(NftEvent::parse(&raw.kind, &pairs())?.map(ChainEvent::Meteors));
    }
    Ok(None)
}
