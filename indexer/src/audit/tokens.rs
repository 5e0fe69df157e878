//! Compares the collections: how many tokens there are, which meteors are in custody, and of tokens, in turn, who holds
//! them and what they show. What a reveal brought is a token too.

use std::collections::BTreeMap;

use imbl::Vector;
use meteor_chain::NodeError;
use meteor_chain::words::Said;
use meteor_messages::hatchery::{self, CustodiesResponse, CustodyResponse};
use meteor_messages::nft;
use meteor_rules::metadata::Metadata;
use serde::Deserialize;

use super::differences::Differences;
use super::{Asked, AuditError};
use crate::fold::Collection;
use crate::view::View;

/// Custodies asked for at once: as many as the hatchery gives.
const PAGE: u32 = 100;
/// Pages of custodies in one audit, so that thousands of them don't use up what nodes grant.
const PAGES: u32 = 5;
/// Tokens of each collection in one audit.
const SAMPLE: usize = 10;

/// How many tokens a collection has.
#[derive(Deserialize)]
struct NumTokens {
    count: u64,
}

/// A token, as its collection shows it.
#[derive(Deserialize)]
struct Told {
    access: Access,
    info: Info,
}

#[derive(Deserialize)]
struct Access {
    owner: String,
}

#[derive(Deserialize)]
struct Info {
    extension: Metadata,
}

/// Where the next audit goes on.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// For each collection.
    tokens: BTreeMap<Collection, Tokens>,
    /// The last meteor whose custody was compared; `None` to start at the first.
    custody: Option<u64>,
}

/// The tokens of a collection that the next audit compares.
#[derive(Debug, Default)]
struct Tokens {
    /// Place in the order of minting.
    next: usize,
    /// Those that differed: they are compared each time, so that an alarm doesn't end because their turn is over.
    differed: Vec<u64>,
}

impl Tokens {
    /// Those that differed, and the next ones in `order`.
    fn chosen(&self, order: &Vector<u64>) -> Vec<u64> {
        let next = order.iter().skip(self.next).take(SAMPLE).filter(|id| !self.differed.contains(id));
        self.differed.iter().chain(next).copied().collect()
    }

    /// These differed of the chosen ones, of `minted` in all.
    fn compared(&mut self, mut differed: Vec<u64>, minted: usize) {
        let next = self.next.saturating_add(SAMPLE);
        differed.truncate(SAMPLE);
        *self = Self { next: if next < minted { next } else { 0 }, differed };
    }
}

/// Compares counts, custodies and the next tokens in turn.
pub(super) async fn compare(at: &Asked<'_>, turn: &mut Turn) -> Result<(), AuditError> {
    if let Some(hatchery) = &at.view.contracts.hatchery {
        custodies(at, hatchery, turn).await?;
    }
    for of in Collection::ALL {
        if let Some(contract) = at.view.contracts.of(of) {
            collection(at, of, contract, turn).await?;
        }
    }
    Ok(())
}

async fn custodies(at: &Asked<'_>, hatchery: &str, turn: &mut Turn) -> Result<(), AuditError> {
    let mut found = Differences::default();
    for _ in 0..PAGES {
        let query = hatchery::QueryMsg::Custodies { start_after: turn.custody, limit: Some(PAGE) };
        let page: CustodiesResponse = at.contract(hatchery, &query).await?;
        let last = page.custodies.last().map(|last| last.token_id);
        custody_page(at.view, turn.custody, last, &page.custodies, &mut found);
        turn.custody = last;
        if last.is_none() {
            break;
        }
    }
    at.found("custody".to_owned(), None, found);
    Ok(())
}

/// The custodies after the meteor `after`, up to `last`; all of them if there is no last one.
fn custody_page(
    view: &View,
    after: Option<u64>,
    last: Option<u64>,
    theirs: &[CustodyResponse],
    found: &mut Differences,
) {
    let holder = |wallet| view.wallets.get(wallet).map_or("", |wallet| &wallet.address);
    let words = |holder: &str, reclaim_at: u64| format!("with {holder} until {reclaim_at}");
    let mut ours: BTreeMap<u64, String> = view
        .custodies
        .after(after)
        .take_while(|(meteor, _)| last.is_none_or(|last| *meteor <= last))
        .map(|(meteor, custody)| (meteor, words(holder(custody.holder), custody.reclaim_at)))
        .collect();
    let none = || "not in custody".to_owned();
    for custody in theirs {
        let ours = ours.remove(&custody.token_id).unwrap_or_else(none);
        let theirs = words(&custody.holder, custody.reclaim_at);
        found.same(format_args!("meteor {}", custody.token_id), ours, theirs);
    }
    for (meteor, ours) in ours {
        found.same(format_args!("meteor {meteor}"), ours, none());
    }
}

async fn collection(
    at: &Asked<'_>,
    of: Collection,
    contract: &str,
    turn: &mut Turn,
) -> Result<(), AuditError> {
    let mut found = Differences::default();
    let theirs: NumTokens = at.contract(contract, &nft::QueryMsg::NumTokens {}).await?;
    let tokens = at.view.collections.of(of);
    let minted = u64::try_from(tokens.minted()).unwrap_or(u64::MAX);
    found.same("tokens", minted.saturating_sub(tokens.burnt()), theirs.count);

    let turn = turn.tokens.entry(of).or_default();
    let mut differed = Vec::new();
    for id in turn.chosen(tokens.order()) {
        let query = nft::QueryMsg::AllNftInfo { token_id: id.to_string(), include_expired: None };
        let told: Result<Told, _> = at.contract(contract, &query).await;
        let theirs = match told {
            Ok(told) => words(&told.access.owner, &told.info.extension),
            // As a contract answers for a token that is burnt.
            Err(AuditError::Node(NodeError::Query(refusal))) if refusal.said() == Said::NoToken => {
                BURNT.to_owned()
            }
            Err(error) => return Err(error),
        };
        let ours = token(at.view, of, id);
        if ours != theirs {
            differed.push(id);
        }
        found.same(format_args!("token {id}"), ours, theirs);
    }
    turn.compared(differed, tokens.minted());
    at.found(of.name().to_owned(), None, found);
    Ok(())
}

const BURNT: &str = "burnt";

/// A token here, in words.
fn token(view: &View, of: Collection, id: u64) -> String {
    let Some(token) = view.collections.of(of).get(id).filter(|token| !token.burnt) else {
        return BURNT.to_owned();
    };
    let nft = view.nft(of, id, token);
    let (name, description, image, attributes) = (nft.name, nft.description, nft.image, nft.attributes);
    words(nft.owner, &Metadata { name, description, image, attributes })
}

fn words(owner: &str, shown: &Metadata) -> String {
    let traits: Vec<_> =
        shown.attributes.iter().map(|one| format!("{} {}", one.trait_type, one.value)).collect();
    format!("with {owner}, \"{}\", {}, {}, {}", shown.name, shown.description, shown.image, traits.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_has_its_turn_and_one_that_differs_has_every_turn() {
        let order: Vector<u64> = (1..=25).collect();
        let minted = order.len();
        let mut tokens = Tokens::default();
        assert_eq!(tokens.chosen(&order), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        tokens.compared(vec![3], minted);
        assert_eq!(tokens.chosen(&order), [3, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
        tokens.compared(vec![3], minted);
        assert_eq!(tokens.chosen(&order), [3, 21, 22, 23, 24, 25]);
        tokens.compared(vec![3], minted);
        assert_eq!(tokens.chosen(&order), [3, 1, 2, 4, 5, 6, 7, 8, 9, 10], "once");
        tokens.compared(vec![], minted);
        assert_eq!(tokens.chosen(&order), [11, 12, 13, 14, 15, 16, 17, 18, 19, 20], "it is equal again");
    }
}
