//! Lets one thing happen to an event, by the hand of whoever it is.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{Timestamp, coin};
use cw_ownable::Action;
use cw_utils::Expiration;
use cw721::receiver::Cw721ReceiveMsg;
use meteor_messages::hatchery::{ExecuteMsg as HatcheryMsg, Reveal};
use meteor_messages::nft::ExecuteMsg as NftMsg;
use meteor_messages::shower::{ExecuteMsg, MintCursorResponse, QueryMsg};
use meteor_rules::TokenId;
use meteor_rules::fairness::sealed::Sealed;
use meteor_testkit::art::{batch, token};
use meteor_testkit::fairness::{id, key};
use meteor_testkit::wallets::address;
use meteor_testkit::{BEGIN, Suite, reveal_of};

use super::SHOWERS;
use super::acts::{Act, Moment};

const SECOND: u64 = 1_000_000_000;

/// The key of an operator who draws with another than was committed to.
const FALSE_KEY: [u8; 32] = [7; 32];

/// Lets it happen; whether it did its work.
pub(super) fn happen(suite: &mut Suite, act: &Act) -> bool {
    let latest = (1..=SHOWERS).rfind(|shower| suite.window(*shower).end <= suite.now()).unwrap_or(1);
    let act = &act.of(latest);
    match act {
        Act::Wait(moment) => wait(suite, *moment),
        Act::Contribute { .. } | Act::Close(_) | Act::Draw { .. } | Act::Mint { .. } | Act::Work { .. } => {
            shower(suite, act)
        }
        Act::Key { shower, bend } => {
            let key = key(suite.shower.as_str(), shower + u32::from(*bend));
            let msg = ExecuteMsg::PublishKey { shower: *shower, key: key.into() };
            suite.execute("stranger", &msg, &[]).is_ok()
        }
        Act::Crack { .. }
        | Act::Reveal { .. }
        | Act::Reclaim { .. }
        | Act::Transfer { .. }
        | Act::Burn { .. }
        | Act::Approve { .. }
        | Act::Revoke { .. } => meteor(suite, act),
        Act::ApproveAll { who, operator, until } => {
            let operator = address(operator).into();
            suite.execute_nft(who, &NftMsg::ApproveAll { operator, expires: until.map(at) }, &[]).is_ok()
        }
        Act::RevokeAll { who, operator } => {
            suite.execute_nft(who, &NftMsg::RevokeAll { operator: address(operator).into() }, &[]).is_ok()
        }
        Act::Forge { who, what } => forge(suite, who, *what),
        Act::Settle(_)
        | Act::Withdraw(_)
        | Act::Return { .. }
        | Act::Bank { .. }
        | Act::Unasked { .. }
        | Act::Refund { .. }
        | Act::RefundAll(_) => money(suite, act),
        Act::Rename(chain_id) => {
            suite.rename_chain(chain_id);
            true
        }
        Act::Role { who, msg } => {
            let model = &suite.model;
            let owner = model.owner.clone().unwrap_or_default();
            let holder = match msg {
                ExecuteMsg::Pause {} => model.guardian.clone(),
                ExecuteMsg::UpdateOwnership(Action::AcceptOwnership) => {
                    model.pending.as_ref().map_or(owner, |(pending, _)| pending.clone())
                }
                _ => owner,
            };
            let holder = if holder.is_empty() { "owner".to_owned() } else { holder };
            suite.execute(who.unwrap_or(&holder), msg, &[]).is_ok()
        }
    }
}

fn wait(suite: &mut Suite, moment: Moment) -> bool {
    let now = suite.now();
    let next = |nth: usize| turns(suite).into_iter().filter(|turn| *turn > now).nth(nth).unwrap_or(now);
    let then = match moment {
        Moment::Soon(seconds) => now + seconds * SECOND,
        Moment::Next => next(0),
        Moment::JustBeforeNext => next(0) - 1,
        Moment::Later(nth) => next(nth),
    };
    suite.at(then.max(now));
    true
}

/// All moments at which something begins or ends, in order.
fn turns(suite: &Suite) -> BTreeSet<u64> {
    let model = &suite.model;
    let of_shower = |shower| {
        let window = suite.window(shower);
        let due = model.beacon_due(shower).map(|due| due * SECOND);
        let key = window.end + model.config.fairness.crack_window * SECOND;
        let all = [window.start, window.end, key].into_iter();
        all.chain(due).chain(model.deadline(shower)).chain(model.key_deadline(shower))
    };
    let reclaims = model.custody.values().map(|cracked| model.reclaim_at(cracked));
    (1..=SHOWERS).flat_map(of_shower).chain(reclaims).collect()
}

/// What happens to a shower on its way to meteors.
fn shower(suite: &mut Suite, act: &Act) -> bool {
    match act {
        Act::Contribute { who, named, amount } => {
            suite.fund(who, *amount);
            let open = match suite.model.config.schedule.phase(suite.now()) {
                meteor_rules::schedule::Phase::Open(open) => open,
                _ => 1,
            };
            suite.try_contribute(who, named.unwrap_or(open), *amount).is_ok()
        }
        Act::Close(shower) => suite.try_close(*shower).is_ok(),
        Act::Draw { who, shower, bend, patient } => {
            if *patient && suite.model.shower(*shower).closed {
                suite.await_beacon(*shower);
            }
            let mut msg = suite.honest_draw(*shower);
            if let ExecuteMsg::CommitDraw { root, leaves, beacon, .. } = &mut msg {
                match bend {
                    0 => {}
                    1 => {
                        *root = falsely_sealed(suite, *shower).map_or([1; 32], |sealed| sealed.root()).into();
                    }
                    2 => *root = [9; 32].into(),
                    3 => *leaves += 1,
                    _ => *beacon = vec![].into(),
                }
            }
            let operator = suite.model.operator.clone();
            suite.execute(who.unwrap_or(&operator), &msg, &[]).is_ok()
        }
        Act::Mint { who, shower, skip, count, bend } => {
            let first_rank = suite.model.shower(*shower).minted + 1 + skip;
            let mut msg = suite.mint_message(*shower, first_rank, *count);
            if let ExecuteMsg::Mint { art, proof, .. } = &mut msg {
                match bend {
                    0 => {}
                    1 => art.reverse(),
                    2 => proof.push([3; 32].into()),
                    3 => art.iter_mut().for_each(|piece| piece.image.push('a')),
                    _ => art.iter_mut().for_each(|piece| piece.traits.clear()),
                }
            }
            suite.execute(who.unwrap_or("stranger"), &msg, &[]).is_ok()
        }
        Act::Work { shower, count } => {
            if suite.now() >= suite.window(*shower).end && !suite.model.shower(*shower).closed {
                suite.close(*shower);
            }
            let here = suite.model.shower(*shower);
            if here.closed && here.contributors() > 0 && here.draw.is_none() && !here.cancelled {
                let due = suite.model.beacon_due(*shower).unwrap() * SECOND;
                if due < suite.model.deadline(*shower).unwrap() {
                    let _ = suite.await_beacon(*shower).try_draw(*shower).is_ok();
                }
            }
            let here = suite.model.shower(*shower);
            let cursor: MintCursorResponse = suite.query(&QueryMsg::MintCursor { shower: *shower });
            let count = cursor.next.map_or(*count, |next| next.most.min(*count));
            suite.try_mint(*shower, here.minted + 1, count).is_ok()
        }
        _ => false,
    }
}

/// What happens to money, but for contributions.
fn money(suite: &mut Suite, act: &Act) -> bool {
    match act {
        Act::Settle(shower) => suite.try_settle(*shower).is_ok(),
        Act::Withdraw(payee) => suite.try_withdraw(payee).is_ok(),
        Act::Return { who, to, more, denom } => {
            let there = suite.model.unasked.get(*denom).copied().unwrap_or_default();
            let msg =
                ExecuteMsg::ReturnUnasked { to: address(to).into(), amount: coin(there + more, *denom) };
            let owner = suite.model.owner.clone().unwrap_or_else(|| "owner".to_owned());
            suite.execute(who.unwrap_or(&owner), &msg, &[]).is_ok()
        }
        Act::Bank { who, refuses } => {
            let who = address(who);
            if *refuses {
                suite.bank.refuse(who.as_str());
            } else {
                suite.bank.accept(who.as_str());
            }
            true
        }
        Act::Unasked { who, amount, denom } => {
            suite.fund_in(who, *amount, denom).send_unasked_in(who, *amount, denom);
            true
        }
        Act::Refund { shower, who } => suite.try_refund(*shower, who).is_ok(),
        Act::RefundAll(shower) => {
            let all = suite.model.refundable(*shower, suite.now());
            let all: Vec<&str> = all.iter().map(|(who, ..)| who.as_str()).collect();
            suite.try_refund(*shower, &all).is_ok()
        }
        _ => false,
    }
}

/// What happens to meteors: by their owner, unless someone else is named.
fn meteor(suite: &mut Suite, act: &Act) -> bool {
    let (who, which) = match act {
        Act::Reveal { which, bend } => return reveal(suite, which, *bend),
        Act::Reclaim { which, wait } => return reclaim(suite, *which, *wait),
        Act::Crack { who, which }
        | Act::Transfer { who, which, .. }
        | Act::Burn { who, which }
        | Act::Approve { who, which, .. }
        | Act::Revoke { who, which, .. } => (who, which),
        _ => return false,
    };
    let Some(id) = pick(&suite.model.tokens, *which) else { return false };
    // No wallet has the hatchery's key.
    let owner = suite.model.tokens[&id].owner.clone();
    let owner = if owner == suite.hatchery.as_str() { "stranger".to_owned() } else { owner };
    let token_id = id.to_string();
    let msg = match act {
        Act::Transfer { to, .. } => NftMsg::TransferNft { recipient: address(to).into(), token_id },
        Act::Burn { .. } => NftMsg::Burn { token_id },
        Act::Approve { spender, until, .. } => {
            NftMsg::Approve { spender: address(spender).into(), token_id, expires: until.map(at) }
        }
        Act::Revoke { spender, .. } => NftMsg::Revoke { spender: address(spender).into(), token_id },
        _ => NftMsg::SendNft { contract: suite.hatchery.to_string(), token_id, msg: None },
    };
    suite.execute_nft(who.unwrap_or(&owner), &msg, &[]).is_ok()
}

fn reclaim(suite: &mut Suite, which: usize, wait: bool) -> bool {
    // One in custody as often as any other meteor, minted or not.
    let id = pick(&suite.model.custody, which / 2).filter(|_| which.is_multiple_of(2));
    let id = id.unwrap_or_else(|| u64::try_from(which).unwrap());
    if let Some(cracked) = suite.model.custody.get(&id)
        && wait
        && suite.model.reclaim_at(cracked) > suite.now()
    {
        suite.at(suite.model.reclaim_at(cracked));
    }
    suite.try_reclaim(id).is_ok()
}

fn reveal(suite: &mut Suite, which: &[usize], bend: u8) -> bool {
    let picked = which.iter().filter_map(|which| match which % 3 {
        0 => pick(&suite.model.tokens, *which),
        _ => pick(&suite.model.custody, *which),
    });
    let mut reveals: Vec<Reveal> = picked.filter_map(|id| known_reveal(suite, id)).collect();
    for reveal in &mut reveals {
        match bend {
            0 => {}
            1 => reveal.index ^= 1,
            2 => reveal.shower = reveal.shower % 4 + 1,
            3 => reveal.salt = [1; 32].into(),
            _ => reveal.proof.push([1; 32].into()),
        }
    }
    suite.try_reveal(reveals).is_ok()
}

/// What the operator would reveal of a meteor: from the draw that they committed to, honest or not.
fn known_reveal(suite: &Suite, meteor: u64) -> Option<Reveal> {
    let shower = suite.model.shower_of(meteor)?;
    let root = suite.model.shower(shower).draw?.root;
    let draws = [falsely_sealed(suite, shower)?, suite.model.sealed(shower)?];
    let [falsely, honestly] = &draws;
    let sealed = if root.as_slice() == falsely.root() { falsely } else { honestly };
    Some(reveal_of(&sealed.reveal(sealed.index_of(TokenId(meteor))?)?))
}

/// A draw from another key than was committed to.
fn falsely_sealed(suite: &Suite, shower: u32) -> Option<Sealed> {
    suite.model.sealed_as(shower, id(suite.shower.as_str(), shower), &FALSE_KEY)
}

/// Someone mints around the contracts, or says that a meteor came.
fn forge(suite: &mut Suite, who: &str, what: u8) -> bool {
    let mint = batch(vec![token(1, "stranger", vec![])]);
    let collection = match what {
        0 => suite.meteors.clone(),
        1 => suite.eggs.clone(),
        2 => suite.dust.clone(),
        _ => {
            let sender = address("stranger").into();
            let came = Cw721ReceiveMsg { sender, token_id: "1".into(), msg: b"{}".into() };
            return suite.execute_hatchery(who, &HatcheryMsg::ReceiveNft(came), &[]).is_ok();
        }
    };
    suite.call(who, &collection, &mint, &[]).is_ok()
}

fn pick<V>(of: &BTreeMap<u64, V>, which: usize) -> Option<u64> {
    of.keys().copied().nth(which % of.len().max(1))
}

/// So many seconds after the beginning.
fn at(seconds: u64) -> Expiration {
    Expiration::AtTime(Timestamp::from_seconds(BEGIN + seconds))
}
