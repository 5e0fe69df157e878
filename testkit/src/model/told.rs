//! What the contracts told: their typed events, by contract.

use cosmwasm_std::Event;
use meteor_messages::events::{HatcheryEvent, NftEvent, ShowerEvent};
use meteor_rules::fairness::content::Kind;

/// Addresses of an event's contracts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contracts {
    /// The shower contract.
    pub shower: String,
    /// The meteors.
    pub meteors: String,
    /// The hatchery.
    pub hatchery: String,
    /// The eggs.
    pub eggs: String,
    /// The dust.
    pub dust: String,
}

/// A typed event of one of the contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The shower contract's.
    Shower(ShowerEvent),
    /// The meteors'.
    Nft(NftEvent),
    /// The hatchery's.
    Hatchery(HatcheryEvent),
    /// The eggs' or the dust's.
    Inside(Kind, NftEvent),
}

/// Reads the typed events of `contracts`; an address left empty is nobody's.
///
/// # Panics
/// If one of them can't be read.
pub fn told(events: &[Event], contracts: &Contracts) -> Vec<Told> {
    let mut all = vec![];
    for event in events {
        let attributes: Vec<(&str, &str)> =
            event.attributes.iter().map(|a| (a.key.as_str(), a.value.as_str())).collect();
        let by = attributes.iter().find(|(key, _)| *key == "_contract_address").map(|(_, by)| *by);
        let Some(by) = by else { continue };
        let nft =
            |tell: fn(NftEvent) -> Told| NftEvent::parse(&event.ty, &attributes).map(|read| read.map(tell));
        let read = if by == contracts.shower {
            ShowerEvent::parse(&event.ty, &attributes).map(|read| read.map(Told::Shower))
        } else if by == contracts.meteors {
            nft(Told::Nft)
        } else if by == contracts.hatchery {
            HatcheryEvent::parse(&event.ty, &attributes).map(|read| read.map(Told::Hatchery))
        } else if by == contracts.eggs {
            nft(|event| Told::Inside(Kind::Egg, event))
        } else if by == contracts.dust {
            nft(|event| Told::Inside(Kind::Dust, event))
        } else {
            Ok(None)
        };
        all.extend(read.unwrap_or_else(|error| panic!("an event of ours can't be read: {error}")));
    }
    all
}
