//! A view made from the one before it is the same as one made from nothing, and both are a plain sort.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meteor_indexer::fold::{
    Block, BlockPart, ChainEvent, Collection, Entry, Located, State, Token, TokenRef, apply,
};
use meteor_indexer::models::{Amount, Cave, Cracking, Nft, Ranked, Ranking, TokenId, Wallet, WalletShower};
use meteor_indexer::view::{ShowerView, View};
use meteor_messages::events::{Contribution, Json, Launch, ShowerEvent};
use meteor_rules::Rank;
use meteor_rules::ranking::Place;
use proptest::prelude::*;

use crate::chain::{CHAIN, OPENS, instantiate, shower_contract};

/// One shower, by plain means.
struct Model {
    places: BTreeMap<String, Place>,
    total: u128,
    seq: u64,
    height: u64,
    state: State,
    csv: String,
}

impl Model {
    fn launched() -> Self {
        let mut model = Self {
            places: BTreeMap::new(),
            total: 0,
            seq: 0,
            height: 0,
            state: State::new(CHAIN, &shower_contract()),
            csv: "seq,contributor,amount,total\n".into(),
        };
        let launch = Launch { chain_id: CHAIN.into(), config: Json(Box::new(instantiate(1))) };
        model.block(vec![ShowerEvent::Launch(launch)]);
        model
    }

    fn block(&mut self, events: Vec<ShowerEvent>) {
        let hash = |height: u64| std::array::from_fn(|at| height.to_be_bytes()[at % 8]);
        let events = events.into_iter().enumerate().map(|(tx, event)| Located {
            place: BlockPart::Tx(tx),
            index: 0,
            event: ChainEvent::Shower(event),
        });
        self.height += 1;
        let block = Block {
            height: self.height,
            time_ns: (OPENS + 1) * 1_000_000_000,
            hash: hash(self.height),
            parent: Some(hash(self.height - 1)),
            events: events.collect(),
        };
        apply(&mut self.state, &block).unwrap();
    }

    /// A block in which each of these wallets gives so much.
    fn contribute(&mut self, given: &[(u64, u64)]) {
        let mut events = Vec::new();
        for (wallet, amount) in given {
            let (contributor, amount) = (format!("terra1{wallet:038}"), u128::from(*amount));
            self.seq += 1;
            self.total += amount;
            let place = self.places.entry(contributor.clone()).or_insert(Place { amount: 0, seq: 0 });
            *place = Place { amount: place.amount + amount, seq: self.seq };
            let total = place.amount;
            writeln!(self.csv, "{},{contributor},{amount},{total}", self.seq).unwrap();
            events.push(ShowerEvent::Contribution(Contribution {
                shower: 1,
                contributor,
                amount,
                total,
                seq: self.seq,
                shower_total: self.total,
                contributors: u32::try_from(self.places.len()).unwrap(),
            }));
        }
        self.block(events);
    }

    fn check(&self, view: &ShowerView) {
        let mut ranked: Vec<(Place, &str)> =
            self.places.iter().map(|(who, at)| (*at, who.as_str())).collect();
        ranked.sort_unstable();
        let (tiers, contributors) = (instantiate(1).tiers, u32::try_from(ranked.len()).unwrap());
        for (after, limit) in
            [(0, 100), (0, 1), (1, 1000), (contributors / 2, 7), (contributors - 1, 5), (contributors, 5)]
        {
            let last = (after + limit).min(contributors);
            let row = |rank: u32| {
                let (place, contributor) = ranked[rank as usize - 1];
                Ranked {
                    rank,
                    contributor,
                    amount: Amount(place.amount),
                    tier: tiers.tier_of(Rank(rank), contributors).unwrap(),
                }
            };
            let page = Ranking {
                shower: 1,
                contributors,
                ranking: (after + 1..=last).map(row).collect(),
                next: (last < contributors)
                    .then(|| format!("/v1/showers/1/ranking?after={last}&limit={limit}")),
            };
            let page = serde_json::to_string(&page).unwrap();
            assert_eq!(String::from_utf8(view.ranking(after, limit)).unwrap(), page, "{after} {limit}");
        }
        for ((place, who), rank) in ranked.iter().zip(1..) {
            let slot = self.state.wallets.find(who).unwrap().slot(1).unwrap();
            let (found, row) = view.ranked_row(slot).unwrap();
            assert_eq!((found, &**row.address, row.amount), (Rank(rank), *who, place.amount));
        }
        let rows: Vec<_> = view.rows(3).map(|row| (row.address.to_string(), row.amount)).collect();
        let expected: Vec<_> =
            ranked.iter().skip(3).map(|(place, who)| ((*who).to_owned(), place.amount)).collect();
        assert_eq!(rows, expected);
        let median = ranked[ranked.len() / 2].0.amount;
        let naive = ranked.iter().filter(|(place, _)| place.amount >= median).count();
        assert_eq!(view.at_least(median) as usize, naive);
        assert_eq!(String::from_utf8(view.csv().collect::<Vec<_>>().concat()).unwrap(), self.csv);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// A failure prints its seed.
    #[test]
    fn ranking_what_changed_is_ranking_everything(
        first in 400u64..2_000,
        blocks in prop::collection::vec(prop::collection::vec((0u64..3_000, 1u64..200), 0..60), 1..12),
        mut chance in 1u64..,
    ) {
        let mut model = Model::launched();
        let start: Vec<_> = (0..first).map(|wallet| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            (wallet, 1 + chance % 500)
        }).collect();
        model.contribute(&start);
        let mut view = View::new(&model.state, "terra", None);
        for block in blocks {
            model.contribute(&block);
            view = View::new(&model.state, "terra", Some(&view));
            let whole = View::new(&model.state, "terra", None);
            model.check(view.shower(1).unwrap());
            for path in ["/v1/showers/1", "/v1/showers/1/floors", "/v1/showers/1/ranking", "/v1/showers"] {
                prop_assert_eq!(view.page(path).unwrap().body(), whole.page(path).unwrap().body(), "{}", path);
            }
        }
    }
}

/// A reader that stalls holds the lists it reads, not the view.
#[test]
fn a_reader_of_contributions_holds_no_view() {
    let mut model = Model::launched();
    model.contribute(&(0..2_000).map(|wallet| (wallet, 10 + wallet)).collect::<Vec<_>>());
    let view = View::new(&model.state, "terra", None);
    let shower = std::sync::Arc::downgrade(view.shower(1).unwrap());
    let mut csv = view.shower(1).unwrap().csv();
    let mut read = csv.next().unwrap().to_vec();
    drop(view);
    assert!(shower.upgrade().is_none(), "the shower's ranking and pages are free again");
    // What comes later isn't in it.
    let expected = model.csv.clone();
    model.contribute(&[(1, 5), (5_000, 5)]);
    for piece in csv {
        read.extend_from_slice(&piece);
    }
    assert_eq!(String::from_utf8(read).unwrap(), expected);
}

/// What is written for each request is what the models describe.
#[test]
fn wallets_caves_and_tokens_are_the_models() {
    let state = crate::api::hatched().state();
    let view = View::new(&state, "terra", None);
    let stranger = crate::chain::address(77);
    for address in (1..=21).map(crate::chain::address).chain([stranger]) {
        let found = view.wallets.find(&address);
        assert_eq!(view.wallet_json(&address, found), serde_json::to_vec(&wallet(&view, &address)).unwrap());
        let tokens: Vec<TokenRef> = found.iter().flat_map(|it| it.tokens.iter().copied()).collect();
        for (after, limit) in
            [(None, 20), (None, 1), (tokens.first().copied(), 1), (tokens.last().copied(), 20)]
        {
            let expected = serde_json::to_vec(&cave(&view, &address, after, limit)).unwrap();
            assert_eq!(
                String::from_utf8(view.cave_json(&address, found, after, limit)),
                String::from_utf8(expected)
            );
        }
    }
    for of in Collection::ALL {
        for (id, token) in (1..30).filter_map(|id| Some((id, view.collections.of(of).get(id)?))) {
            assert_eq!(view.nft_json(of, id, token), serde_json::to_vec(&view.nft(of, id, token)).unwrap());
        }
    }
    // A row that doesn't fit its template shows the bare facts.
    let odd = Token { traits: [9].into(), ..view.collections.meteors.get(1).unwrap().clone() };
    let shown = view.nft(Collection::Meteors, 1, &odd);
    assert_eq!(shown.name, "#1");
    assert_eq!(view.nft_json(Collection::Meteors, 1, &odd), serde_json::to_vec(&shown).unwrap());
}

fn wallet<'a>(view: &View, address: &'a str) -> Wallet<'a> {
    let found = view.wallets.find(address);
    let shower = |entry: &Entry| {
        let shower = view.shower(entry.shower).unwrap();
        let (rank, row) = shower.ranked_row(entry.slot).unwrap();
        let minted = rank.0 <= shower.summary.minted;
        WalletShower {
            shower: entry.shower,
            status: shower.summary.status,
            amount: Amount(row.amount),
            rank: rank.0,
            contributors: shower.summary.contributors,
            tier: shower.tier(rank),
            odds: shower.odds(rank),
            state: shower.state(rank, &row),
            meteor: minted.then_some(TokenId(shower.summary.earlier + u64::from(rank.0))),
        }
    };
    let showers: Vec<_> = found.iter().flat_map(|it| it.entries.iter()).map(shower).collect();
    let number = view.wallets.number(address);
    Wallet {
        address,
        total: Amount(showers.iter().map(|it| it.amount.0).sum()),
        showers,
        meteors: found.map_or(0, |it| it.count(Collection::Meteors)),
        eggs: found.map_or(0, |it| it.count(Collection::Eggs)),
        dust: found.map_or(0, |it| it.count(Collection::Dust)),
        cracking: number.map_or(0, |number| view.custodies.of(number).count()),
        height: view.at.height,
    }
}

fn shown(view: &View, token: TokenRef) -> Nft<'_> {
    let (of, id) = (token.collection(), token.id());
    view.nft(of, id, view.collections.of(of).get(id).unwrap())
}

fn cave<'a>(view: &'a View, address: &'a str, after: Option<TokenRef>, limit: usize) -> Cave<'a> {
    let tokens: Vec<TokenRef> =
        view.wallets.find(address).iter().flat_map(|it| it.tokens.iter().copied()).collect();
    let rest: Vec<_> =
        tokens.iter().copied().filter(|token| after.is_none_or(|after| *token > after)).collect();
    let last = rest.get(limit - 1).filter(|_| rest.len() > limit);
    let number = view.wallets.number(address);
    Cave {
        address,
        count: tokens.len(),
        nfts: rest.iter().take(limit).map(|token| shown(view, *token)).collect(),
        cracking: number
            .iter()
            .flat_map(|number| view.custodies.of(*number))
            .map(|id| Cracking {
                token_id: TokenId(id),
                holder: address,
                reclaim_at: view.custodies.get(id).unwrap().reclaim_at,
            })
            .collect(),
        next: last.map(|last| {
            format!("/v1/caves/{address}?after={}-{}&limit={limit}", last.collection().name(), last.id())
        }),
        height: view.at.height,
    }
}
