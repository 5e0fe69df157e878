//! The typed events of the contracts: how they are written on the chain and the one parser that reads them.
//!
//! On the chain an event is called `wasm-<name>`; its attributes are `v` (format version), then the fields,
//! all as text. The chain adds `_contract_address` in front, which no contract can forge, and newer nodes
//! append `msg_index`. Event identity is its place in the block, never its content: two equal contributions
//! are two.

use cosmwasm_std::{Event, HexBinary};
use meteor_rules::fairness::content::Kind;
use meteor_rules::log::LogHash;
use meteor_rules::tier::Tier;
use thiserror::Error;

use crate::field::Field;
pub use crate::field::Json;
use crate::shower::{InstantiateMsg, Refunded};

/// Version of the event format, the attribute `v`.
pub const VERSION: &str = "1";

/// Why an event can't be read. An indexer that meets such an event must stop and say so, never skip it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EventError {
    /// A `wasm-…` event of a watched contract that this version doesn't know.
    #[error("event {event} is not known to this version: update the software that reads it")]
    Unknown {
        /// The event's name.
        event: String,
    },
    /// Another format version.
    #[error(
        "event {event} has format version {given:?} where this version reads {VERSION}: update the reader"
    )]
    Version {
        /// The event's name.
        event: String,
        /// The version it carries.
        given: String,
    },
    /// An attribute is missing, given twice, or malformed.
    #[error("event {event}: attribute {attribute} is {fault}")]
    Attribute {
        /// The event's name.
        event: &'static str,
        /// The attribute's name.
        attribute: &'static str,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with an attribute.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// It is missing.
    #[error("missing")]
    Missing,
    /// It is given more than once.
    #[error("given twice")]
    Twice,
    /// It is malformed.
    #[error("malformed: {0:?}")]
    Malformed(String),
}

/// The attributes of one event, as pairs of key and value.
pub type Attributes<'a> = &'a [(&'a str, &'a str)];

fn only<'a>(
    event: &'static str,
    attributes: Attributes<'a>,
    attribute: &'static str,
) -> Result<&'a str, EventError> {
    let mut found = attributes.iter().filter(|(key, _)| *key == attribute);
    let fault = |fault| EventError::Attribute { event, attribute, fault };
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Ok(value),
        (None, _) => Err(fault(Fault::Missing)),
        (Some(_), Some(_)) => Err(fault(Fault::Twice)),
    }
}

fn field<T: Field>(
    event: &'static str,
    attributes: Attributes<'_>,
    attribute: &'static str,
) -> Result<T, EventError> {
    let text = only(event, attributes, attribute)?;
    T::read(text).ok_or_else(|| EventError::Attribute {
        event,
        attribute,
        fault: Fault::Malformed(text.chars().take(100).collect()),
    })
}

/// Declares the events of one contract: a struct each, an enum of all, writing and reading.
macro_rules! events {
    (
        $(#[$all_doc:meta])* $all:ident {
            $( $(#[$doc:meta])* $event:ident = $name:literal {
                $( $(#[$field_doc:meta])* $field:ident : $type:ty ),* $(,)?
            } )*
        }
    ) => {
        $(#[$all_doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // each variant is documented at its struct
        pub enum $all { $( $event($event), )* }

        impl $all {
            /// Reads an event of this contract. `kind` is the event's type on the chain; `None` for types
            /// that are not typed events of ours (`wasm`, `execute`, `transfer`, …).
            ///
            /// # Errors
            /// [`EventError`] for a `wasm-…` event that this version can't read.
            pub fn parse(kind: &str, attributes: Attributes<'_>) -> Result<Option<Self>, EventError> {
                let Some(name) = kind.strip_prefix("wasm-") else { return Ok(None) };
                match name {
                    $( $name => {
                        let given = only($name, attributes, "v")?;
                        if given != VERSION {
                            return Err(EventError::Version { event: name.to_owned(), given: given.to_owned() });
                        }
                        Ok(Some(Self::$event($event {
                            $( $field: field::<$type>($name, attributes, stringify!($field))?, )*
                        })))
                    } )*
                    _ => Err(EventError::Unknown { event: name.to_owned() }),
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $event { $( $(#[$field_doc])* pub $field: $type, )* }

            impl From<$event> for Event {
                fn from(event: $event) -> Self {
                    Event::new($name).add_attribute("v", VERSION)
                        $( .add_attribute(stringify!($field), Field::write(&event.$field)) )*
                }
            }

            impl From<$event> for $all {
                fn from(event: $event) -> Self {
                    Self::$event(event)
                }
            }
        )*
    };
}

events! {
    /// The events of the shower contract.
    ShowerEvent {
        /// The event was launched, with everything that is fixed about it.
        Launch = "launch" {
            /// The chain's id, to which everything that is hashed is bound.
            chain_id: String,
            /// What the contract was instantiated with, addresses as the chain writes them.
            config: Json<InstantiateMsg>,
        }
        /// A collection was instantiated.
        Collection = "collection" {
            /// Which: `meteors`, or `hatchery` for the contract that cracks them.
            kind: String,
            /// Its contract.
            address: String,
        }
        /// A wallet contributed.
        Contribution = "contribution" {
            /// To which shower (1-based).
            shower: u32,
            /// Who.
            contributor: String,
            /// How much (micro-denom).
            amount: u128,
            /// The wallet's total in the shower after it (micro-denom).
            total: u128,
            /// Global sequence number, from 1.
            seq: u64,
            /// The shower's total after it (micro-denom).
            shower_total: u128,
            /// The shower's contributors after it.
            contributors: u32,
        }
        /// A shower was closed.
        Close = "close" {
            /// Which (1-based).
            shower: u32,
            /// Its final number of contributors.
            contributors: u32,
            /// Its final total (micro-denom).
            total: u128,
            /// Its final contribution log hash.
            log: LogHash,
            /// The beacon's round that decides its draw, which is in the future.
            beacon_round: u64,
        }
        /// A shower's draw was committed to; its meteors can be minted now.
        Draw = "draw" {
            /// Which shower (1-based).
            shower: u32,
            /// Root of the tree over what its meteors hold, 32 bytes.
            root: HexBinary,
            /// Leaves of the tree: the shower's contributors.
            leaves: u32,
            /// The beacon's signature that went into the seed.
            beacon: HexBinary,
        }
        /// A shower's key was published: from now on everyone can recompute its draw.
        Key = "key" {
            /// Which shower (1-based).
            shower: u32,
            /// The key, 32 bytes; it matches the commitment.
            key: HexBinary,
            /// Whether it came before the key deadline, so that what was held back is the payees'.
            in_time: bool,
        }
        /// Meteors were minted. The collection has an event for each.
        Mint = "mint" {
            /// Of which shower (1-based).
            shower: u32,
            /// First rank of the batch (1-based).
            first_rank: u32,
            /// How many.
            count: u32,
            /// Their tier.
            tier: Tier,
            /// Place of the first one's piece in the tier's list, from 0; the others follow.
            first_piece: u32,
            /// Number of the first meteor; the others follow.
            first_number: u64,
            /// What their owners contributed together (micro-denom).
            amount: u128,
        }
        /// What minted contributions brought was booked for the payees. There is a share event for each.
        Settle = "settle" {
            /// For which shower (1-based).
            shower: u32,
            /// How much in all (micro-denom).
            amount: u128,
        }
        /// One payee is owed more.
        Share = "share" {
            /// For which shower (1-based).
            shower: u32,
            /// Who.
            payee: String,
            /// How much more (micro-denom).
            amount: u128,
        }
        /// A payee was sent what was booked for it.
        Withdraw = "withdraw" {
            /// Who.
            payee: String,
            /// How much left the contract (micro-denom); a chain's tax may take its part on the way.
            amount: u128,
        }
        /// A shower was cancelled.
        Cancel = "cancel" {
            /// Which (1-based).
            shower: u32,
        }
        /// A contribution was sent back, or what was held back of one.
        Refund = "refund" {
            /// Of which shower (1-based).
            shower: u32,
            /// To whom.
            contributor: String,
            /// Which of the two.
            what: Refunded,
            /// How much left the contract (micro-denom).
            amount: u128,
        }
        /// Coins that came without a contribution were sent on.
        ReturnUnasked = "return_unasked" {
            /// To whom.
            to: String,
            /// How much left the contract (in the denom's smallest unit).
            amount: u128,
            /// Of which denom.
            denom: String,
        }
        /// Contributing was stopped.
        Pause = "pause" {
            /// By whom.
            by: String,
        }
        /// Contributing goes on.
        Resume = "resume" {
            /// By whom.
            by: String,
            /// First shower (1-based) that was open during the pause; 0 if none was.
            from_shower: u32,
            /// Last shower (1-based) that was open during the pause; 0 if none was.
            to_shower: u32,
        }
        /// A minimum was set.
        Minimum = "minimum" {
            /// First shower (1-based) for which it holds.
            from_shower: u32,
            /// Least total of a wallet in a shower (micro-denom).
            minimum: u128,
        }
        /// A role changed hands.
        Role = "role" {
            /// `owner`, `pending_owner`, `operator` or `guardian`.
            role: String,
            /// Who holds it now; empty for nobody.
            address: String,
        }
    }
}

events! {
    /// The events of a collection.
    NftEvent {
        /// A token was minted.
        Minted = "minted" {
            /// Its id.
            token_id: u64,
            /// To whom.
            owner: String,
            /// Bare CID of its image.
            image: String,
            /// One number for each column of the template.
            traits: Vec<u32>,
        }
        /// A token changed hands, by transfer or by sending it to a contract.
        Transfer = "transfer" {
            /// Its id.
            token_id: u64,
            /// Who had it.
            from: String,
            /// Who has it.
            to: String,
        }
        /// A token was burnt; its id never returns.
        Burn = "burn" {
            /// Its id.
            token_id: u64,
            /// Who had it.
            owner: String,
        }
    }
}

events! {
    /// The events of the hatchery.
    HatcheryEvent {
        /// A collection was instantiated.
        Nest = "nest" {
            /// Which: `eggs` or `dust`.
            kind: String,
            /// Its contract.
            address: String,
        }
        /// A meteor was cracked: it is in custody and waits to be revealed.
        Crack = "crack" {
            /// Which meteor.
            token_id: u64,
            /// Who cracked it.
            holder: String,
            /// From then on it can't be revealed, only taken back (Unix seconds).
            reclaim_at: u64,
        }
        /// What a meteor holds was proven. It is burnt; its holder has the egg or dust of its number.
        Revealed = "revealed" {
            /// Which meteor.
            token_id: u64,
            /// Its shower (1-based).
            shower: u32,
            /// Its place in the shower, from 0.
            index: u32,
            /// Who cracked it.
            holder: String,
            /// Egg or dust.
            kind: Kind,
            /// Bare CID of the image.
            image: String,
            /// One number for each column of the kind's template.
            traits: Vec<u32>,
            /// The leaf's salt, 32 bytes.
            salt: HexBinary,
            /// The siblings from leaf to root, 32 bytes each.
            proof: Vec<HexBinary>,
        }
        /// A meteor was not revealed in time and is back with its holder.
        Reclaim = "reclaim" {
            /// Which meteor.
            token_id: u64,
            /// Who has it again.
            holder: String,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairs(event: &Event) -> Vec<(&str, &str)> {
        let mut pairs = vec![("_contract_address", "terra1shower")];
        pairs.extend(event.attributes.iter().map(|a| (a.key.as_str(), a.value.as_str())));
        pairs.push(("msg_index", "0"));
        pairs
    }

    fn contribution() -> Contribution {
        Contribution {
            shower: 3,
            contributor: "terra1abc".into(),
            amount: 8_000_000,
            total: 9_000_000,
            seq: 17,
            shower_total: u128::MAX,
            contributors: 12,
        }
    }

    #[test]
    fn an_event_is_read_as_written() {
        let written = Event::from(contribution());
        assert_eq!(written.ty, "contribution", "the chain adds wasm-");
        let read = ShowerEvent::parse("wasm-contribution", &pairs(&written)).unwrap();
        assert_eq!(read, Some(ShowerEvent::Contribution(contribution())));
    }

    #[test]
    fn other_events_are_not_ours() {
        for kind in ["wasm", "execute", "transfer", "contribution", "message"] {
            assert_eq!(ShowerEvent::parse(kind, &[]), Ok(None));
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_never_skipped() {
        assert_eq!(
            ShowerEvent::parse("wasm-novelty", &[("v", "1")]),
            Err(EventError::Unknown { event: "novelty".into() })
        );
        let written = Event::from(contribution());
        let good = pairs(&written);
        for (at, (key, _)) in good.iter().enumerate() {
            if key.starts_with('_') || *key == "msg_index" {
                continue;
            }
            let mut missing = good.clone();
            missing.remove(at);
            assert!(ShowerEvent::parse("wasm-contribution", &missing).is_err(), "{key} missing");
            let mut twice = good.clone();
            twice.push(good[at]);
            assert!(ShowerEvent::parse("wasm-contribution", &twice).is_err(), "{key} twice");
        }
        for (key, bad) in [
            ("v", "2"),
            ("amount", "-1"),
            ("amount", "08"),
            ("amount", ""),
            ("seq", "1e3"),
            ("shower", "4294967296"),
        ] {
            let changed: Vec<_> =
                good.iter().map(|(k, v)| if *k == key { (*k, bad) } else { (*k, *v) }).collect();
            assert!(ShowerEvent::parse("wasm-contribution", &changed).is_err(), "{key}={bad}");
        }
    }

    proptest! {
        #[test]
        fn minted_round_trip(token_id in any::<u64>(), owner in "[a-z0-9]{1,60}", traits in prop::collection::vec(any::<u32>(), 0..20)) {
            let minted = Minted { token_id, owner, image: "Qm".into(), traits };
            let written = Event::from(minted.clone());
            prop_assert_eq!(NftEvent::parse("wasm-minted", &pairs(&written)), Ok(Some(NftEvent::Minted(minted))));
        }

        #[test]
        fn hostile_attributes_never_panic(
            kind in "(wasm-)?(contribution|close|launch|mint|[a-z]{0,12})",
            attributes in prop::collection::vec(("(v|shower|config|log|amount|[a-z_]{0,8})", ".{0,80}"), 0..12)
        ) {
            let attributes: Vec<(&str, &str)> = attributes.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            let _ = ShowerEvent::parse(&kind, &attributes);
            let _ = NftEvent::parse(&kind, &attributes);
        }
    }
}
