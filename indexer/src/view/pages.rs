//! The pages that are rendered in advance, by path.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::quality::RandomState;
use meteor_messages::nft::CollectionInit;
use meteor_messages::shower::{CatalogueTier, Payee};
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::evidence;
use meteor_rules::fairness::hex::Hex;
use meteor_rules::tier::PerTier;

use super::numbers::hex32;
use super::{DEFAULT_NFTS, Page, View};
use crate::fold::{Collection, Launched, State};
use crate::models::{self, Status};

/// All of them. Unchanged ones come from `previous`.
pub(super) fn all(
    view: &View,
    state: &State,
    prefix: &str,
    previous: Option<&View>,
) -> HashMap<String, Arc<Page>, RandomState> {
    let mut pages = HashMap::default();
    let Some(launched) = &view.launched else { return pages };
    let kept = |path: &str, same: bool| {
        let page = previous.filter(|_| same).and_then(|view| view.page(path));
        page.map(Arc::clone)
    };
    let mut put = |path: &str, same: bool, render: &dyn Fn() -> Page| {
        let page = kept(path, same).unwrap_or_else(|| Arc::new(render()));
        pages.insert(path.to_owned(), page);
    };
    let same_showers = previous.is_some_and(|old| {
        old.showers.len() == view.showers.len()
            && old.showers.iter().zip(&view.showers).all(|(old, new)| Arc::ptr_eq(old, new))
    });
    let same_tokens = previous.is_some_and(|old| old.collections.changed() == view.collections.changed());
    let same_config = same_tokens
        && previous.and_then(|old| old.launched.as_ref()).is_some_and(|old| Arc::ptr_eq(old, launched));

    put("/v1/config", same_config, &|| Page::json(&config(view, state, launched, prefix)));
    put("/v1/showers", same_showers, &|| {
        let showers = view.showers.iter().map(|view| &view.summary).collect();
        Page::json(&models::Showers { current: view.current(), showers })
    });
    put("/v1/telescope", same_showers, &|| {
        let over = |status| !matches!(status, Status::Upcoming | Status::Open);
        let showers = view.showers.iter().map(|view| &view.past).filter(|past| over(past.status)).collect();
        Page::json(&models::Telescope { showers })
    });
    let same_launch = previous.is_some_and(|old| {
        old.contracts == view.contracts && old.launched.as_ref().is_some_and(|old| Arc::ptr_eq(old, launched))
    });
    put("/v1/fairness", same_showers && same_launch, &|| Page::json(&fairness(view, state, launched)));
    for of in Collection::ALL {
        let path = format!("/v1/nfts/{}", of.name());
        put(&path, same_tokens, &|| Page::json(&view.newest(of, None, DEFAULT_NFTS)));
    }
    for shower in &view.showers {
        let number = shower.summary.shower;
        pages.insert(format!("/v1/showers/{number}"), Arc::clone(&shower.page));
        pages.insert(format!("/v1/showers/{number}/floors"), Arc::clone(&shower.floors_page));
        pages.insert(format!("/v1/showers/{number}/ranking"), Arc::clone(&shower.ranking_page));
    }
    pages
}

fn config<'a>(
    view: &'a View,
    state: &'a State,
    launched: &'a Launched,
    prefix: &'a str,
) -> models::Config<'a> {
    let config = &launched.config;
    let of = |sums: &BTreeMap<String, u128>, payee: &str| sums.get(payee).copied().unwrap_or(0);
    let payee = |payee: &'a Payee| {
        let address = &payee.address;
        models::PayeeShare::new(payee, of(&launched.booked, address), of(&launched.paid, address))
    };
    models::Config {
        chain_id: &launched.chain_id,
        contract: &state.contract,
        prefix,
        denom: &config.denom,
        schedule: config.schedule,
        mint_window: config.mint_window,
        tiers: config.tiers,
        eggs: config.eggs,
        tilt_bp: config.tilt_bp,
        holdback_bp: config.holdback_bp,
        key_window: config.fairness.key_window,
        pieces: PerTier::from_fn(|tier| config.catalogue.get(tier).count),
        minimums: launched.minimums.iter().copied().map(Into::into).collect(),
        payees: config.payees.iter().map(payee).collect(),
        meteors: collection(view, Collection::Meteors, &config.meteors),
        hatchery: models::Hatchery {
            address: view.contracts.hatchery.as_deref(),
            reveal_timeout: config.hatchery.reveal_timeout,
            cracking: view.custodies.len(),
            eggs: collection(view, Collection::Eggs, &config.hatchery.eggs),
            dust: collection(view, Collection::Dust, &config.hatchery.dust),
        },
        roles: models::Roles {
            owner: someone(&launched.owner),
            pending_owner: someone(&launched.pending_owner),
            operator: someone(&launched.operator),
            guardian: someone(&launched.guardian),
        },
        paused: launched.paused_since.is_some(),
    }
}

/// Who holds a role; the chain writes nobody as an empty address.
fn someone(address: &str) -> Option<&str> {
    (!address.is_empty()).then_some(address)
}

fn collection<'a>(view: &'a View, of: Collection, init: &'a CollectionInit) -> models::CollectionInfo<'a> {
    let tokens = view.collections.of(of);
    models::CollectionInfo {
        address: view.contracts.of(of),
        name: &init.name,
        symbol: &init.symbol,
        minted: tokens.minted(),
        burnt: tokens.burnt(),
    }
}

/// Evidence for verifiers: `fairness.json`.
fn fairness(view: &View, state: &State, launched: &Launched) -> evidence::Fairness {
    let config = &launched.config;
    let BeaconRule { genesis, period, delay } = config.fairness.beacon;
    let public_key = Hex(config.fairness.beacon_key.to_vec());
    evidence::Fairness {
        version: evidence::VERSION,
        chain_id: launched.chain_id.clone(),
        contract: state.contract.clone(),
        tiers: config.tiers,
        eggs: config.eggs,
        tilt_bp: config.tilt_bp,
        beacon: evidence::Beacon { genesis, period, delay, public_key },
        tables: hex32(&config.fairness.tables),
        holdback_bp: config.holdback_bp,
        key_window: config.fairness.key_window,
        catalogue: PerTier::from_fn(|tier| {
            let CatalogueTier { count, root } = config.catalogue.get(tier);
            evidence::CommittedPieces { count: *count, root: hex32(root) }
        }),
        showers: view.showers.iter().map(|view| view.facts.clone()).collect(),
    }
}
