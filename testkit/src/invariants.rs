//! What must hold after every message: every coin is accounted for, every contributor has one meteor, and
//! what becomes of meteors. [`Suite::execute`] checks that refused messages change nothing.

use std::collections::BTreeMap;

use cosmwasm_std::{Addr, Uint128};
use cw721::msg::{AllNftInfoResponse, TokensResponse};
use meteor_messages::hatchery::{self, CustodiesResponse, CustodyResponse};
use meteor_messages::nft;
use meteor_messages::shower::{
    ConfigResponse, ContributionState, Cursor, DrawResponse, MintCursorResponse, PayeesResponse, QueryMsg,
    RankedContributor, RankingResponse, ShowerResponse, WalletResponse,
};
use meteor_rules::fairness::content::Kind;
use meteor_rules::metadata::{Metadata, Template};
use meteor_rules::{NANOS_PER_SECOND, Rank};

use crate::fairness::CHAIN_ID;
use crate::model::Token;
use crate::suite::Suite;

/// Checks them all.
///
/// # Panics
/// If one doesn't hold.
pub fn check(suite: &Suite) {
    money(suite);
    books(suite);
    tokens(suite);
    hatched(suite);
}

/// Invariant 1: the contract holds exactly what was contributed and neither withdrawn nor refunded, and what was
/// sent to it unasked and not returned; no account outside those known has any coins; nobody is owed what is not
/// there.
///
/// # Panics
/// If it doesn't hold.
pub fn money(suite: &Suite) {
    assert_eq!(suite.balance("shower"), suite.model.owes() + suite.model.surplus(), "the contract's balance");
    let denom = &suite.model.config.denom;
    let supply = suite.app.wrap().query_supply(denom).expect("the bank answers").amount;
    let known = suite.balances().values().map(|amount| Uint128::new(*amount)).sum::<Uint128>();
    assert_eq!(supply, known, "coins have reached an account that nobody named");
    let bp = suite.model.config.holdback_bp;
    for (number, shower) in &suite.model.showers {
        let returned = shower.held_returned_amount(bp);
        let sent = shower.settled + shower.refunded_amount() + returned;
        assert!(sent <= shower.total(), "shower {number} has given out more than it took in");
        let held = if shower.key_in_time { 0 } else { shower.held(bp) };
        assert!(shower.settled <= shower.minted_amount() - held, "shower {number} booked what it must not");
        assert!(returned == 0 || !shower.key_in_time, "shower {number} gave what was held back to both");
    }
    let told: PayeesResponse = suite.query(&QueryMsg::Payees {});
    for (payee, fixed) in told.payees.iter().zip(&suite.model.config.payees) {
        let amount = |of: &BTreeMap<String, u128>| of.get(&payee.address).copied().unwrap_or_default();
        assert_eq!((&payee.address, payee.share_bp), (&fixed.address, fixed.share_bp), "payees never change");
        assert_eq!(payee.owed.u128(), amount(&suite.model.owed), "what {} is owed", payee.address);
        assert_eq!(payee.withdrawn.u128(), amount(&suite.model.withdrawn), "what {} was sent", payee.address);
    }
    assert_eq!(told.payees.len(), suite.model.config.payees.len(), "payees never change");
    let booked: u128 = suite.model.showers.values().map(|shower| shower.settled).sum();
    let shares: u128 = suite.model.owed.values().chain(suite.model.withdrawn.values()).sum();
    assert_eq!(booked, shares, "what is booked is the payees', to the last unit");
}

/// The contract's books are the model's: totals, ranking, log hash, states.
///
/// # Panics
/// If they aren't.
pub fn books(suite: &Suite) {
    let model = &suite.model;
    let bp = model.config.holdback_bp;
    for number in 1..=model.config.schedule.count {
        let shower = model.shower(number);
        let told: ShowerResponse = suite.query(&QueryMsg::Shower { shower: number });
        assert_eq!(told.status, model.status(number, suite.now()), "status of shower {number}");
        let deadlines = [told.mint_deadline, told.key_deadline].map(|at| Some(at * NANOS_PER_SECOND));
        let wanted = [model.deadline(number), model.key_deadline(number)];
        assert_eq!(deadlines, wanted, "deadlines of shower {number}");
        assert_eq!(told.contributors, shower.contributors(), "contributors of shower {number}");
        assert_eq!(told.total.u128(), shower.total(), "total of shower {number}");
        let log = shower.log_hash(CHAIN_ID, &model.contract, number);
        assert_eq!(told.log.as_slice(), log, "log hash of shower {number}");
        assert_eq!(told.earlier, model.earlier(number), "contributors before shower {number}");
        assert_eq!(told.earlier_by_tier, model.earlier_by_tier(number), "meteors before shower {number}");
        assert_eq!(told.paused, model.was_paused(number, suite.now()), "pauses of shower {number}");
        assert_eq!(told.held.u128(), shower.held(bp), "held back of shower {number}");
        assert_eq!(told.held_returned.u128(), shower.held_returned_amount(bp), "holdback of {number}");
        assert_eq!(told.key_in_time, shower.key_in_time, "key of shower {number}");
        assert_eq!(told.minimum.u128(), model.minimum(number), "minimum of shower {number}");
        let drawn: DrawResponse = suite.query(&QueryMsg::Draw { shower: number });
        assert_eq!(drawn.beacon_round, shower.beacon_round, "beacon round of shower {number}");
        assert_eq!(drawn.root, shower.draw.as_ref().map(|draw| draw.root.clone()), "root of shower {number}");
        assert_eq!(drawn.earlier, model.earlier(number), "contributors before shower {number}");
        assert_eq!(drawn.key.is_some(), shower.key, "key of shower {number}");
        assert_eq!((told.closed, told.cancelled), (shower.closed, shower.cancelled), "shower {number}");
        assert_eq!(told.minted, shower.minted, "minted of shower {number}");
        assert_eq!(told.minted_amount.u128(), shower.minted_amount(), "minted amount of shower {number}");
        assert_eq!(told.settled.u128(), shower.settled, "settled of shower {number}");
        assert_eq!(told.refunds, u32::try_from(shower.refunded.len()).expect("fits"), "refunds of {number}");
        assert_eq!(told.refunded.u128(), shower.refunded_amount(), "refunded of shower {number}");
        let ranking: Vec<(u128, u64, String)> = shower
            .ranking()
            .into_iter()
            .map(|(place, who)| (place.amount, place.seq, who.to_owned()))
            .collect();
        let told: Vec<(u128, u64, String)> = ranking_of(suite, number)
            .into_iter()
            .map(|row| (row.amount.u128(), row.seq, row.contributor))
            .collect();
        assert_eq!(told, ranking, "ranking of shower {number}");
        let told: MintCursorResponse = suite.query(&QueryMsg::MintCursor { shower: number });
        assert_eq!(told.next, model.next_mint(number, suite.now()), "what is minted next of shower {number}");
        let told =
            suite.refundable(number).into_iter().map(|row| (row.contributor, row.amount.u128(), row.what));
        let told: Vec<_> = told.collect();
        assert_eq!(told, model.refundable(number, suite.now()), "what can be refunded of shower {number}");
    }
    roles(suite);
}

/// The contract tells who holds which role, and what was fixed at the launch.
fn roles(suite: &Suite) {
    let model = &suite.model;
    let told: ConfigResponse = suite.query(&QueryMsg::Config {});
    assert_eq!(told.chain_id, CHAIN_ID, "the chain's id when the contract was made");
    assert_eq!(
        (told.admin, told.paused),
        (model.config.admin.clone(), model.paused_since.is_some()),
        "config"
    );
    assert_eq!(
        (told.owner.as_ref(), &told.operator, &told.guardian),
        (model.owner.as_ref(), &model.operator, &model.guardian),
        "roles"
    );
    assert_eq!(told.holdback_bp, model.config.holdback_bp, "the holdback never changes");
    assert_eq!(told.catalogue, model.config.catalogue, "the catalogue never changes");
    assert_eq!(told.schedule, model.config.schedule, "the schedule never changes");
    let ownership: cw_ownable::Ownership<String> = suite.query(&QueryMsg::Ownership {});
    let pending = model.pending.as_ref().map(|(who, _)| who);
    assert_eq!(ownership.pending_owner.as_ref(), pending, "who may become owner");
}

/// Invariant 2: one meteor for each rank that is minted, with the tier of its rank, at whose it should be; no
/// id twice, none missing, none besides.
///
/// # Panics
/// If it doesn't hold.
pub fn tokens(suite: &Suite) {
    let model = &suite.model;
    let mut minted = vec![];
    for (number, shower) in &model.showers {
        let earlier = model.earlier(*number);
        for rank in 1..=shower.minted {
            let id = earlier + u64::from(rank);
            minted.push(id);
            let Some(token) = model.tokens.get(&id) else {
                assert!(model.burnt.contains(&id), "meteor {id} of shower {number} is missing");
                continue;
            };
            let tier =
                model.config.tiers.tier_of(Rank(rank), shower.contributors()).expect("a rank has a tier");
            let own = [tier.index(), rank, *number];
            assert_eq!(token.traits.get(..3), Some(own.as_slice()), "what meteor {id} says of itself");
            let (tier, piece) = model.piece(*number, rank).expect("a rank has a piece");
            let piece = usize::try_from(piece).ok().and_then(|at| model.catalogue.pieces(tier).get(at));
            let piece = piece.expect("a piece of the catalogue");
            let shown = (&token.image, token.traits.get(3..).unwrap_or_default());
            assert_eq!(shown, (&piece.image, piece.traits.as_slice()), "the piece of meteor {id}");
            shows(suite, &suite.meteors, id, token, &model.config.meteors.template);
        }
    }
    minted.sort_unstable();
    assert!(minted.windows(2).all(|pair| pair.first() != pair.last()), "an id is there twice");
    minted.retain(|id| !model.burnt.contains(id));
    assert_eq!(all_tokens(suite, &suite.meteors), minted, "the tokens there are");
}

/// A meteor is with its holder, in custody, or burnt with exactly one egg or dust of its number; what is
/// shown is what was revealed; no shower has more eggs than were issued.
///
/// # Panics
/// If it doesn't hold.
pub fn hatched(suite: &Suite) {
    let model = &suite.model;
    let custodies = every(|after: Option<&CustodyResponse>| {
        let start_after = after.map(|row| row.token_id);
        let ask = hatchery::QueryMsg::Custodies { start_after, limit: Some(100) };
        suite.query_hatchery::<CustodiesResponse>(&ask).custodies
    });
    let custodies: Vec<(u64, String)> = custodies.into_iter().map(|row| (row.token_id, row.holder)).collect();
    let cracked: Vec<(u64, String)> =
        model.custody.iter().map(|(id, cracked)| (*id, cracked.holder.clone())).collect();
    assert_eq!(custodies, cracked, "meteors in custody");
    for id in model.custody.keys() {
        let owner = model.tokens.get(id).map(|token| token.owner.as_str());
        assert_eq!(owner, Some(suite.hatchery.as_str()), "meteor {id} is in custody");
    }
    let mut eggs = BTreeMap::new();
    for (id, shown) in &model.revealed {
        assert!(model.burnt.contains(id), "meteor {id} is revealed and not burnt");
        assert!(model.found.contains_key(id) != model.gone.contains(id), "meteor {id} held one thing");
        *eggs.entry(shown.shower).or_insert(0u64) += u64::from(shown.kind == Kind::Egg);
    }
    for (shower, eggs) in eggs {
        let drawn = &model.shower(shower);
        let sealed = model.sealed(shower).expect("a shower with contributors");
        if drawn.draw.as_ref().is_some_and(|draw| draw.root.as_slice() == sealed.root()) {
            assert!(eggs <= sealed.issue().eggs.total(), "shower {shower} has {eggs} eggs");
        }
    }
    for (kind, collection, init) in [
        (Kind::Egg, &suite.eggs, &model.config.hatchery.eggs),
        (Kind::Dust, &suite.dust, &model.config.hatchery.dust),
    ] {
        let of_kind = |id: &u64| model.revealed.get(id).is_some_and(|shown| shown.kind == kind);
        let wanted: Vec<u64> = model.found.keys().copied().filter(|id| of_kind(id)).collect();
        assert_eq!(all_tokens(suite, collection), wanted, "{kind:?} there is");
        for id in wanted {
            shows(suite, collection, id, model.found.get(&id).expect("just listed"), &init.template);
        }
    }
}

/// A collection shows `token` as the model has it.
fn shows(suite: &Suite, collection: &Addr, id: u64, token: &Token, template: &Template) {
    let ask = nft::QueryMsg::AllNftInfo { token_id: id.to_string(), include_expired: None };
    let told: AllNftInfoResponse<Metadata> =
        suite.try_query_inside(collection, &ask).expect("the collection answers");
    assert_eq!(told.access.owner, token.owner, "owner of {id} in {collection}");
    let shown = template.render(&id.to_string(), &token.image, &token.traits);
    assert_eq!(Ok(told.info.extension), shown, "metadata of {id} in {collection}");
}

/// Every row there is, page by page; `page` asks for what comes after a row.
pub(crate) fn every<T: PartialEq>(mut page: impl FnMut(Option<&T>) -> Vec<T>) -> Vec<T> {
    let mut all: Vec<T> = vec![];
    loop {
        let rows = page(all.last());
        let Some(last) = rows.last() else { return all };
        assert!(!all.contains(last), "pages don't move on");
        all.extend(rows);
    }
}

pub(crate) fn ranking_of(suite: &Suite, shower: u32) -> Vec<RankedContributor> {
    every(|after: Option<&RankedContributor>| {
        let start_after = after.map(|row| Cursor { amount: row.amount, seq: row.seq });
        let ask = QueryMsg::Ranking { shower, start_after, limit: Some(100), order: None };
        suite.query::<RankingResponse>(&ask).ranking
    })
}

/// The numbers of the tokens that pages tell of, in order.
pub(crate) fn numbers(page: impl Fn(Option<String>) -> TokensResponse) -> Vec<u64> {
    let ids = every(|after: Option<&String>| page(after.cloned()).tokens);
    let mut all: Vec<u64> = ids.iter().map(|id| id.parse().expect("ids are numbers")).collect();
    all.sort_unstable();
    all
}

fn all_tokens(suite: &Suite, collection: &Addr) -> Vec<u64> {
    numbers(|start_after| {
        let ask = nft::QueryMsg::AllTokens { start_after, limit: Some(1000) };
        suite.try_query_inside(collection, &ask).expect("the collection answers")
    })
}

/// Every contribution of `wallet` as the contract tells it has the state that the model says.
///
/// # Panics
/// If not.
pub fn states(suite: &Suite, wallet: &str) {
    let contributor = suite.address(wallet).to_string();
    let told: WalletResponse = suite.query(&QueryMsg::Wallet {
        contributor: contributor.clone(),
        start_after: None,
        limit: Some(100),
    });
    for row in told.contributions {
        let shower = suite.model.shower(row.shower);
        let state = if shower.refunded.contains(&contributor) {
            ContributionState::Refunded
        } else if !shower.unminted().contains(&contributor.as_str()) {
            ContributionState::Minted
        } else if suite.model.refunds_open(row.shower, suite.now()) {
            ContributionState::Refundable
        } else {
            ContributionState::Waiting
        };
        assert_eq!(row.state, state, "{wallet} in shower {}", row.shower);
    }
}
