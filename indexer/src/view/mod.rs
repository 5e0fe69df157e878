//! What is served: an immutable picture of the state at one height, with its pages rendered.
//!
//! The follower makes one after each batch of blocks and swaps it in. A request is answered from one view, so
//! an answer never mixes two heights. A view shares everything that hasn't changed with the one before it.

mod csv;
mod encoding;
mod exports;
mod filter;
mod frame;
mod given;
pub(crate) mod json;
mod look;
mod numbers;
mod order;
pub mod page;
mod pages;
mod ranking;
mod shower;
mod wallets;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use foldhash::quality::RandomState;
use imbl::Vector;
use meteor_rules::tier::Tier;
use meteor_rules::{NANOS_PER_SECOND, ShowerId};

use crate::fold::{
    Alarms, At, Collection, Collections, Contracts, Custodies, Launched, Recent, Reveals, State, Token,
    Unasked, Wallets,
};
use crate::models::{self, Amount, Status};
pub use filter::{Filter, MAX_EXAMINED};
pub use frame::{MAX_CONTRIBUTIONS, MAX_OTHERS, MAX_RESUMED, Tell};
use look::Looks;
pub use numbers::status;
pub use page::{Currency, Page};
pub use ranking::{DEFAULT_ROWS, MAX_ROWS, Row};
pub use shower::ShowerView;

/// NFTs in a page when the request names no limit.
pub const DEFAULT_NFTS: usize = 20;
/// Most reveals in one page, and how many there are when the request names no limit.
pub const MAX_REVEALS: usize = 1_000;
/// Most frames that a view keeps for connections that have not heard the view before it.
const MAX_FRAMES: usize = 64;
/// Most NFTs in one page.
pub const MAX_NFTS: usize = 100;

/// The state at one height, as it is served.
#[derive(Debug)]
pub struct View {
    /// The block it shows; height 0 before the first.
    pub at: At,
    /// The chain; empty before the first block.
    pub chain_id: String,
    /// The launch; `None` until it has been read.
    pub launched: Option<Arc<Launched>>,
    /// The contracts of the event beside the shower contract.
    pub contracts: Contracts,
    /// The showers, shower 1 first.
    pub showers: Vec<Arc<ShowerView>>,
    /// Everyone who contributed or ever held a token.
    pub wallets: Wallets,
    /// The tokens.
    pub collections: Collections,
    /// Meteors in custody.
    pub custodies: Custodies,
    /// What the revealed meteors of each shower held, shower 1 first.
    pub reveals: Vec<Reveals>,
    /// The headers that name the block.
    pub currency: Currency,
    /// Contributions so far.
    pub contributions: u64,
    /// Coins that came without a contribution, in order.
    pub unasked: Vector<Unasked>,
    /// Those that were returned, in order.
    pub returned: Vector<Unasked>,
    /// What can't be true and was passed over.
    pub alarms: Alarms,
    /// Height of the last change to any shower, token or setting.
    pub changed: u64,
    /// Height of the view before it, which it was made from; 0 if it was made anew.
    pub previous: u64,
    /// How often a view was made anew since the start: what connections had heard by then may have been wrong.
    pub anew: u64,
    /// The frame for live connections that have seen the view before it.
    pub frame: Bytes,
    /// Frames for others, by what they tell.
    frames: Mutex<Vec<((u64, Tell), Bytes)>>,
    /// What happened lately.
    recent: Recent,
    pages: HashMap<String, Arc<Page>, RandomState>,
    looks: Option<Arc<Looks>>,
}

impl View {
    /// The view before any block.
    pub fn empty() -> Self {
        Self::new(&State::new("", ""), "", None)
    }

    /// A view of `state` that shares what hasn't changed with `previous`, which must be of a state that `state`
    /// continues. `prefix` is that of the chain's addresses.
    pub fn new(state: &State, prefix: &str, previous: Option<&Self>) -> Self {
        let launched = state.launched.as_ref().map(|launched| {
            let same = previous.and_then(|view| view.launched.as_ref()).filter(|old| ***old == *launched);
            same.map_or_else(|| Arc::new(launched.clone()), Arc::clone)
        });
        // What the contract was instantiated with never changes.
        let looks = previous.and_then(|view| view.looks.clone());
        let looks = looks.or_else(|| Some(Arc::new(Looks::new(&launched.as_ref()?.config))));
        let showers =
            launched.as_ref().map(|launched| showers(state, launched, previous)).unwrap_or_default();
        let time = state.at.time_ns / NANOS_PER_SECOND;
        let changed =
            [state.launched.as_ref().map_or(0, |launched| launched.changed), state.collections.changed()]
                .into_iter()
                .chain(state.showers.iter().map(|shower| shower.changed))
                .max()
                .unwrap_or(0);
        let mut view = Self {
            at: state.at,
            chain_id: state.chain_id.clone(),
            launched,
            contracts: state.contracts.clone(),
            showers,
            wallets: state.wallets.clone(),
            collections: state.collections.clone(),
            custodies: state.custodies.clone(),
            reveals: state.showers.iter().map(|shower| shower.reveals.clone()).collect(),
            currency: Currency::new(state.at.height, time, &state.at.hash),
            contributions: state.contributions,
            unasked: state.unasked.clone(),
            returned: state.returned.clone(),
            alarms: state.alarms.clone(),
            changed,
            previous: previous.map_or(0, |view| view.at.height),
            anew: 0,
            frame: Bytes::new(),
            frames: Mutex::default(),
            recent: state.recent.clone(),
            pages: HashMap::default(),
            looks,
        };
        view.pages = pages::all(&view, state, prefix, previous);
        // The first view holds everything that ever happened. That is no news.
        let heard = previous.map(|previous| previous.at.height).filter(|height| *height > 0);
        view.frame = frame::frame(&view, heard.map_or(Tell::None, Tell::Newest), view.previous).into();
        view
    }

    /// The page at exactly this path, if it is rendered in advance.
    pub fn page(&self, path: &str) -> Option<&Arc<Page>> {
        self.pages.get(path)
    }

    /// Time of the block (seconds).
    pub const fn time(&self) -> u64 {
        self.at.time_ns / NANOS_PER_SECOND
    }

    /// The shower of that number (1-based).
    pub fn shower(&self, number: u32) -> Option<&Arc<ShowerView>> {
        self.showers.get(ShowerId(number).index()?)
    }

    /// The open shower.
    pub fn current(&self) -> Option<u32> {
        let open = self.showers.iter().find(|view| view.summary.status == Status::Open);
        open.map(|view| view.summary.shower)
    }

    /// The frame for a live connection that has not heard the view before this one: the events to tell it, the showers
    /// that changed after the height `showers`, and the height. Many connect again at once, so it is made once.
    pub fn frame_since(&self, showers: u64, tell: Tell) -> Bytes {
        let mut known = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, frame)) = known.iter().find(|(of, _)| *of == (showers, tell)) {
            return frame.clone();
        }
        let frame = Bytes::from(frame::frame(self, tell, showers));
        if known.len() < MAX_FRAMES {
            known.push(((showers, tell), frame.clone()));
        }
        frame
    }

    /// A token, as shown.
    pub fn nft<'a>(&'a self, of: Collection, id: u64, token: &'a Token) -> models::Nft<'a> {
        let token_id = id.to_string();
        let template = self.launched.as_ref().map(|launched| {
            let config = &launched.config;
            match of {
                Collection::Meteors => &config.meteors.template,
                Collection::Eggs => &config.hatchery.eggs.template,
                Collection::Dust => &config.hatchery.dust.template,
            }
        });
        // The contract checks traits against the template, so this should always render. If it doesn't, the
        // bare facts are shown.
        let rendered = template.and_then(|t| t.render(&token_id, &token.image, &token.traits).ok());
        let (name, description, image, attributes) = match rendered {
            Some(data) => (data.name, data.description, data.image, data.attributes),
            None => (format!("#{token_id}"), String::new(), format!("ipfs://{}", token.image), Vec::new()),
        };
        let shower = self.shower(token.shower.0);
        let tier = shower.map(|view| view.tier(token.rank));
        let meteor = of == Collection::Meteors;
        let unrevealed = meteor && !token.burnt;
        models::Nft {
            collection: of,
            token_id: models::TokenId(id),
            owner: self.address(token.owner),
            state: self.nft_state(of, id, token),
            burnt: token.burnt,
            cracking: self.custodies.get(id).filter(|_| meteor).map(|custody| models::Cracking {
                token_id: models::TokenId(id),
                holder: self.address(custody.holder),
                reclaim_at: custody.reclaim_at,
            }),
            found: self.collections.found_in(id).filter(|_| meteor),
            tier: tier.unwrap_or(Tier::Common),
            odds: shower.filter(|_| unrevealed).and_then(|view| view.odds(token.rank)),
            rank: token.rank.0,
            shower: token.shower.0,
            minted_height: token.height,
            name,
            description,
            image,
            attributes,
        }
    }

    fn address(&self, wallet: u32) -> &str {
        self.wallets.get(wallet).map_or("", |wallet| &wallet.address)
    }

    /// How many tokens of a collection were minted before the one with this id; `None` if it was not minted.
    pub fn place(&self, of: Collection, id: u64) -> Option<usize> {
        let tokens = self.collections.of(of);
        let height = tokens.get(id)?.height;
        // Ids are in the order of minting, so heights are sorted. One block has a few hundred at most.
        let (mut low, mut high) = (0, tokens.minted());
        while low < high {
            let middle = low.midpoint(high);
            let before = tokens.get(*tokens.order().get(middle)?)?.height < height;
            if before { low = middle.saturating_add(1) } else { high = middle }
        }
        let of_block = tokens.order().focus().narrow(low..).into_iter();
        Some(low.saturating_add(of_block.take_while(|other| **other != id).count()))
    }

    /// The newest `limit` tokens among the first `end` of a collection; among all of them if `end` is `None`.
    pub fn newest(&self, of: Collection, end: Option<usize>, limit: usize) -> models::Nfts<'_> {
        let tokens = self.collections.of(of);
        let count = tokens.minted();
        let end = end.unwrap_or(count).min(count);
        let start = end.saturating_sub(limit);
        let nfts: Vec<_> = (start..end)
            .rev()
            .filter_map(|at| {
                let id = *tokens.order().get(at)?;
                Some(self.nft(of, id, tokens.get(id)?))
            })
            .collect();
        let last = nfts.last().filter(|_| start > 0).map(|nft| nft.token_id.0);
        let next = last.map(|id| format!("/v1/nfts/{}?after={id}&limit={limit}", of.name()));
        models::Nfts { count, nfts, next }
    }

    /// Coins that came without a contribution: `limit` after the first `after`, in order.
    pub fn unasked(&self, after: usize, limit: usize) -> models::UnaskedCoins<'_> {
        let mut left: BTreeMap<&str, u128> = BTreeMap::new();
        for coins in &self.unasked {
            let sum = left.entry(&coins.denom).or_default();
            *sum = sum.saturating_add(coins.amount);
        }
        for coins in &self.returned {
            let sum = left.entry(&coins.denom).or_default();
            *sum = sum.saturating_sub(coins.amount);
        }
        let left = left.into_iter().filter(|(_, amount)| *amount > 0);
        let received: Vec<_> = self.unasked.iter().skip(after).take(limit).map(models::Moved::new).collect();
        let end = after.saturating_add(received.len());
        models::UnaskedCoins {
            left: left.map(|(denom, amount)| models::Coins { amount: Amount(amount), denom }).collect(),
            received,
            returned: self.returned.iter().map(models::Moved::new).collect(),
            next: (end < self.unasked.len()).then(|| format!("/v1/unasked?after={end}&limit={limit}")),
        }
    }

    /// What the revealed meteors of a shower held: `limit` reveals after the first `after`, in order.
    pub fn reveals(&self, shower: u32, after: usize, limit: usize) -> models::Reveals<'_> {
        let all = ShowerId(shower).index().and_then(|at| self.reveals.get(at));
        let count = all.map_or(0, Reveals::len);
        let reveals: Vec<_> = all
            .into_iter()
            .flat_map(|all| all.iter().skip(after).take(limit).map(|one| (one, all.proof(one))))
            .map(|(one, proof)| models::Reveal::new(one, &proof))
            .collect();
        let end = after.saturating_add(reveals.len());
        let next = (end < count).then(|| format!("/v1/showers/{shower}/reveals?after={end}&limit={limit}"));
        models::Reveals { reveals, next }
    }
}

fn showers(state: &State, launched: &Arc<Launched>, previous: Option<&View>) -> Vec<Arc<ShowerView>> {
    let one = |shower: &Arc<crate::fold::Shower>| {
        let before = previous.and_then(|view| view.shower(shower.number));
        match before {
            // What a shower shows also depends on those before it (`earlier`).
            Some(view)
                if view.is_current(launched, shower, state.at.time_ns)
                    && view.summary.earlier == state.earlier(shower.number) =>
            {
                Arc::clone(view)
            }
            _ => Arc::new(ShowerView::new(state, launched, shower, before.map(Arc::as_ref))),
        }
    };
    state.showers.iter().map(one).collect()
}
