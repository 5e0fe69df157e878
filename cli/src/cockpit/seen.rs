//! Asks the chain for everything that the cockpit shows, all at once. What one query can't tell leaves the others alone.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::stream;
use meteor_chain::blocks::Status;
use meteor_chain::contracts::{HatcheryContract, ShowerContract};
use meteor_chain::{NodeError, with_causes};
use meteor_messages::hatchery::CustodyResponse;
use meteor_messages::shower::{ConfigResponse, DrawResponse, Fairness, PayeeResponse, ShowerResponse};
use meteor_operator::gas::GasPrice;
use meteor_operator::node::Node;
use serde::Serialize;

use super::needs_draw;

/// Queries of a kind that are under way at the same time: a public node limits them.
const AT_ONCE: usize = 4;
/// Most cracked meteors that are looked at: each hundred is a query, and a worker that was off may have thousands.
pub(super) const MOST_CRACKED: usize = 2_000;

/// What the chain answered. `None`, or missing, is what it did not; `unknown` has why.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(super) chain_id: String,
    pub(super) contract: String,
    pub(super) gas_price: GasPrice,
    pub(super) block: Option<Status>,
    pub(super) label: Option<String>,
    pub(crate) config: Option<ConfigResponse>,
    pub(crate) fairness: Option<Fairness>,
    pub(super) payees: Option<Vec<PayeeResponse>>,
    pub(crate) showers: Option<Vec<ShowerResponse>>,
    /// By shower; of those whose state the shower alone doesn't tell.
    pub(super) draws: BTreeMap<u32, DrawResponse>,
    /// Those with the lowest numbers, if there are very many.
    pub(super) custody: Option<Vec<CustodyResponse>>,
    /// What accounts have of the denom of fees, by address.
    pub(super) balances: BTreeMap<String, u128>,
    pub(super) unknown: Vec<Unknown>,
}

/// What could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Unknown {
    /// What.
    pub(crate) what: String,
    /// Why.
    pub(crate) why: String,
}

impl Seen {
    /// Asks for everything of the event `contract`; of the showers' draws for the one of shower `also` in any case.
    pub(crate) async fn ask(
        node: &Node,
        chain_id: &str,
        contract: &str,
        gas_price: &GasPrice,
        also: Option<u32>,
    ) -> Self {
        let shower = ShowerContract::new(node, contract);
        let (block, info, config, fairness, payees, showers) = tokio::join!(
            node.status(),
            node.contract(contract),
            shower.config(),
            shower.fairness(),
            shower.payees(),
            shower.showers(),
        );
        let mut unknown = Vec::new();
        let mut seen = Self {
            chain_id: chain_id.to_owned(),
            contract: contract.to_owned(),
            gas_price: gas_price.clone(),
            block: known("the last block", block, &mut unknown),
            // It helps people, and not every chain tells it.
            label: info.ok().map(|info| info.label).filter(|label| !label.is_empty()),
            config: known("the event's rules and roles", config, &mut unknown),
            fairness: known("the commitments", fairness, &mut unknown),
            payees: known("the payees", payees, &mut unknown),
            showers: known("the showers", showers, &mut unknown),
            draws: BTreeMap::new(),
            custody: None,
            balances: BTreeMap::new(),
            unknown,
        };
        let ((draws, lost), custody, (balances, poor)) =
            tokio::join!(draws(&shower, &seen, also), custody(node, &seen), balances(node, &seen));
        (seen.draws, seen.balances) = (draws, balances);
        seen.custody = custody.and_then(|found| known("the cracked meteors", found, &mut seen.unknown));
        seen.unknown.extend(lost);
        seen.unknown.extend(poor);
        seen
    }

    /// Whether the contract told anything: else there is nothing to show.
    pub(crate) const fn nothing(&self) -> bool {
        self.config.is_none() && self.showers.is_none() && self.payees.is_none()
    }

    /// What could not be asked.
    pub(crate) fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }

    /// How many showers the event has, if that is known.
    pub(crate) fn count(&self) -> Option<u32> {
        self.config.as_ref().map(|config| config.schedule.count)
    }
}

fn known<A>(what: &str, answer: Result<A, NodeError>, unknown: &mut Vec<Unknown>) -> Option<A> {
    match answer {
        Ok(answer) => Some(answer),
        Err(error) => {
            unknown.push(Unknown { what: what.to_owned(), why: with_causes(&error) });
            None
        }
    }
}

/// The first failure of several queries of one kind stands for all.
fn collected<K: Ord, A>(
    what: &str,
    answers: Vec<(K, Result<A, NodeError>)>,
) -> (BTreeMap<K, A>, Option<Unknown>) {
    let (mut found, mut lost) = (BTreeMap::new(), None);
    for (key, answer) in answers {
        match answer {
            Ok(answer) => drop(found.insert(key, answer)),
            Err(error) => {
                lost.get_or_insert(Unknown { what: what.to_owned(), why: with_causes(&error) });
            }
        }
    }
    (found, lost)
}

async fn draws(
    contract: &ShowerContract<'_>,
    seen: &Seen,
    also: Option<u32>,
) -> (BTreeMap<u32, DrawResponse>, Option<Unknown>) {
    let asked = seen.showers.iter().flatten();
    let now = seen.block.as_ref().map(|status| status.time_ns / 1_000_000_000);
    let crack_window = seen.fairness.as_ref().map(|fairness| fairness.crack_window);
    let early = |state: &ShowerResponse| {
        let from = crack_window.map(|window| state.closes_at.saturating_add(window));
        now.zip(from).is_some_and(|(now, from)| now < from)
    };
    let asked = asked.filter(|state| needs_draw(state, early(state)) || also == Some(state.shower));
    let draw = |shower: u32| async move { (shower, contract.draw(shower).await) };
    let answers = stream::iter(asked.map(|state| draw(state.shower))).buffered(AT_ONCE).collect().await;
    collected("the draws and keys of some showers", answers)
}

/// The meteors in custody, as many as are looked at; `None` if the hatchery isn't known.
async fn custody(node: &Node, seen: &Seen) -> Option<Result<Vec<CustodyResponse>, NodeError>> {
    let hatchery = HatcheryContract::new(node, &seen.config.as_ref()?.hatchery);
    let mut all: Vec<CustodyResponse> = Vec::new();
    loop {
        match hatchery.custodies(all.last().map(|last| last.token_id)).await {
            Ok(page) if page.is_empty() => return Some(Ok(all)),
            Ok(page) => {
                all.extend(page);
                if all.len() >= MOST_CRACKED {
                    return Some(Ok(all));
                }
            }
            Err(error) => return Some(Err(error)),
        }
    }
}

async fn balances(node: &Node, seen: &Seen) -> (BTreeMap<String, u128>, Option<Unknown>) {
    let Some(config) = &seen.config else { return (BTreeMap::new(), None) };
    let addresses = [Some(&config.operator), config.owner.as_ref(), Some(&config.guardian)];
    let balance = |address: String| async move {
        let balance = node.balance(&address, &seen.gas_price.denom).await;
        (address, balance)
    };
    let asked = addresses.into_iter().flatten().map(|address| balance(address.clone()));
    let answers = stream::iter(asked).buffered(AT_ONCE).collect().await;
    collected("the balances", answers)
}
