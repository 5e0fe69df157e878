//! Picks the events of our contracts out of a block and reads them into their types. Pure: no clock, no I/O.
//!
//! An event is ours if its type starts with `wasm-` and the chain names a contract that we watch as its
//! emitter. Other names, like `action`, can be forged by any contract. Of the bank's events those are ours that
//! tell of coins for the shower contract. Transactions that failed change nothing and are skipped. What happens
//! outside transactions counts as well: governance and other modules call contracts at a block's beginning or
//! end.

use meteor_chain::blocks::Results;
use meteor_chain::event::RawEvent;
use meteor_messages::events::{EventError, HatcheryEvent, NftEvent, ShowerEvent};
use thiserror::Error;

use crate::fold::{BlockPart, ChainEvent, Collection, Contracts, Located, Received, State};

/// An event that can't be read. No later event may be applied.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}, event {index} can't be read")]
pub struct DecodeError {
    /// Where in the block.
    pub place: BlockPart,
    /// Place of the event there, from 0.
    pub index: usize,
    /// Why.
    #[source]
    pub fault: DecodeFault,
}

/// Why an event can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeFault {
    /// Attributes in base64, as CometBFT 0.34 writes them: none of our events would be recognised.
    #[error("its attributes are in base64: the node is too old (CometBFT 0.37 or later is needed)")]
    Base64,
    /// A typed event of a watched contract that this version can't parse.
    #[error("it does not have its form")]
    Form(#[from] EventError),
}

/// The contracts whose events we read.
#[derive(Clone, Debug)]
pub struct Watched {
    shower: String,
    contracts: Contracts,
}

impl Watched {
    /// The contracts that `state` knows.
    pub fn of(state: &State) -> Self {
        Self { shower: state.contract.clone(), contracts: state.contracts.clone() }
    }

    /// Learns the contracts that a transaction instantiates. This looks at the whole transaction first,
    /// because a new contract's own events come before the event that announces it. An event that can't be
    /// read here fails later, when it is decoded.
    fn learn(&mut self, events: &[RawEvent<'_>]) {
        let known = &mut self.contracts;
        if known.meteors.is_none() || known.hatchery.is_none() {
            for raw in events.iter().filter(|raw| emitter(raw) == Some(&self.shower)) {
                if let Ok(Some(ShowerEvent::Collection(made))) = ShowerEvent::parse(&raw.kind, &raw.pairs()) {
                    match made.kind.as_str() {
                        "meteors" => known.meteors.get_or_insert(made.address),
                        "hatchery" => known.hatchery.get_or_insert(made.address),
                        _ => continue,
                    };
                }
            }
        }
        if let Some(hatchery) =
            known.hatchery.clone().filter(|_| known.eggs.is_none() || known.dust.is_none())
        {
            for raw in events.iter().filter(|raw| emitter(raw) == Some(&hatchery)) {
                if let Ok(Some(HatcheryEvent::Nest(made))) = HatcheryEvent::parse(&raw.kind, &raw.pairs()) {
                    match made.kind.as_str() {
                        "eggs" => known.eggs.get_or_insert(made.address),
                        "dust" => known.dust.get_or_insert(made.address),
                        _ => continue,
                    };
                }
            }
        }
    }
}

impl Watched {
    /// Leaves of a block's events those that [`decode`] reads, unread: also those of kinds that this version doesn't
    /// know. Each stays in its place; an empty one stands for one that doesn't concern us, and after the last that
    /// does there are none. The contracts may be those of a later block: before they were made they emitted nothing.
    pub fn keep(&mut self, block: &mut Results) {
        self.keep_of_one(&mut block.begin);
        for tx in &mut block.txs {
            if tx.code == 0 {
                self.keep_of_one(&mut tx.events);
            } else {
                tx.events = Vec::new();
            }
        }
        self.keep_of_one(&mut block.end);
    }

    fn keep_of_one(&mut self, events: &mut Vec<RawEvent<'static>>) {
        self.learn(events);
        let mut count = 0;
        for (place, raw) in (1..).zip(events.iter_mut()) {
            if raw.pays(&self.shower) || (raw.of_a_contract() && raw.in_base64()) || self.emitted(raw) {
                count = place;
            } else {
                *raw = RawEvent::default();
            }
        }
        events.truncate(count);
    }

    /// Whether one of our contracts emitted an event.
    fn emitted(&self, raw: &RawEvent<'_>) -> bool {
        let Contracts { meteors, hatchery, eggs, dust } = &self.contracts;
        let ours = [Some(&self.shower), meteors.as_ref(), hatchery.as_ref(), eggs.as_ref(), dust.as_ref()];
        emitter(raw).is_some_and(|contract| ours.into_iter().flatten().any(|one| one == contract))
    }
}

/// The contract that emitted a typed event.
fn emitter<'a>(raw: &'a RawEvent<'_>) -> Option<&'a str> {
    raw.contract().filter(|_| raw.is_typed())
}

/// The events of our contracts in a block, and the payments to the shower contract, in the chain's order. A
/// contract that one of its transactions instantiates is watched from that transaction on.
///
/// # Errors
/// [`DecodeError`] for an event that is ours, or may be, and can't be read.
pub fn decode(watched: &mut Watched, block: &Results) -> Result<Vec<Located>, DecodeError> {
    let mut events = Vec::new();
    of_one(watched, BlockPart::Begin, &block.begin, &mut events)?;
    for (tx, result) in block.txs.iter().enumerate().filter(|(_, result)| result.code == 0) {
        of_one(watched, BlockPart::Tx(tx), &result.events, &mut events)?;
    }
    of_one(watched, BlockPart::End, &block.end, &mut events)?;
    Ok(events)
}

/// The events of one transaction, or of a block's beginning or end.
fn of_one(
    watched: &mut Watched,
    place: BlockPart,
    raw: &[RawEvent<'_>],
    events: &mut Vec<Located>,
) -> Result<(), DecodeError> {
    watched.learn(raw);
    for (index, raw) in raw.iter().enumerate() {
        if raw.pays(&watched.shower) {
            let paid = received(&watched.shower, raw).map(ChainEvent::Received);
            events.extend(paid.map(|event| Located { place, index, event }));
            continue;
        }
        match read(watched, raw) {
            Ok(Some(event)) => events.push(Located { place, index, event }),
            Ok(None) => {}
            Err(fault) => return Err(DecodeError { place, index, fault }),
        }
    }
    Ok(())
}

/// What a payment of the bank brought the shower contract, one entry for each coin. The bank alone emits these
/// events; a coin that can't be read is told as it is written, with an amount of nothing.
fn received<'a>(shower: &'a str, raw: &'a RawEvent<'_>) -> impl Iterator<Item = Received> + 'a {
    // One event may tell of several payments, each by its own three attributes.
    let payments = raw.attributes.chunk_by(|_, next| next.key != "recipient");
    payments.flat_map(move |payment| {
        let value = |key: &str| payment.iter().find(|a| a.key == key).map(|a| a.value.as_ref());
        let to_us = value("recipient") == Some(shower);
        let sender = value("sender").unwrap_or_default().to_owned();
        let coins = value("amount").filter(|_| to_us).unwrap_or_default();
        coins.split(',').filter(|coin| !coin.is_empty()).map(move |coin| {
            let digits = coin.find(|c: char| !c.is_ascii_digit()).unwrap_or(coin.len());
            let (number, denom) = coin.split_at(digits);
            let (amount, denom) = number.parse().map_or((0, coin), |amount| (amount, denom));
            Received { sender: sender.clone(), amount, denom: denom.to_owned() }
        })
    })
}

fn read(watched: &Watched, raw: &RawEvent<'_>) -> Result<Option<ChainEvent>, DecodeFault> {
    if !raw.of_a_contract() {
        return Ok(None);
    }
    if raw.in_base64() {
        return Err(DecodeFault::Base64);
    }
    // What other contracts emit never matters, nor does an event that names no contract: the chain names
    // ours.
    let Some(contract) = emitter(raw) else { return Ok(None) };
    if contract == watched.shower {
        return Ok(ShowerEvent::parse(&raw.kind, &raw.pairs())?.map(ChainEvent::Shower));
    }
    if watched.contracts.hatchery.as_deref() == Some(contract) {
        return Ok(HatcheryEvent::parse(&raw.kind, &raw.pairs())?.map(ChainEvent::Hatchery));
    }
    let of = Collection::ALL.into_iter().find(|of| watched.contracts.of(*of) == Some(contract));
    match of {
        Some(of) => Ok(NftEvent::parse(&raw.kind, &raw.pairs())?.map(|event| ChainEvent::Nft(of, event))),
        None => Ok(None),
    }
}
