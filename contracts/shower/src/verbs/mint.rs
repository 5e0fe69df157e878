//! `Mint`: meteors for the next ranks of a closed shower. The operator brings art and decides nothing else.

use std::collections::BTreeSet;

use cosmwasm_std::{Addr, DepsMut, Env, Order, Response, StdError, WasmMsg, to_json_binary};
use meteor_contract_kit::batch_size;
use meteor_messages::events;
use meteor_messages::nft::{ExecuteMsg as NftMsg, ExtensionMsg, NewToken};
use meteor_messages::shower::{Art, MAX_BATCH};
use meteor_rules::life::refunds_open;
use meteor_rules::{NANOS_PER_SECOND, Rank, ShowerId, TokenId};

use crate::error::ContractError;
use crate::state::{DRAWS, EVENT, LIVES, METEORS, ROLES, TERMS, book, cursor, ranked};

/// Mints to the ranks from `first_rank` on, one meteor per entry of `art`.
pub(crate) fn mint(
    deps: DepsMut,
    env: &Env,
    sender: &Addr,
    ShowerId(shower): ShowerId,
    Rank(first_rank): Rank,
    art: Vec<Art>,
) -> Result<Response, ContractError> {
    if ROLES.load(deps.storage)?.operator != *sender {
        return Err(ContractError::NotAllowed { verb: "Mint", role: "operator" });
    }
    batch_size(art.len(), MAX_BATCH)?;
    let deadline = EVENT.load(deps.storage)?.mint_deadline(shower)?;
    let book = book(deps.storage, env, shower)?;
    if book.cancelled {
        return Err(ContractError::Cancelled { shower });
    }
    // From the deadline on the same money can be refunded: a mint now would give it out twice.
    if refunds_open(env.block.time.nanos(), deadline, book.cancelled) {
        return Err(ContractError::DeadlinePassed { shower, deadline: deadline / NANOS_PER_SECOND });
    }
    let mut life = LIVES.may_load(deps.storage, shower)?.unwrap_or_default();
    if !life.closed {
        return Err(ContractError::NotClosed { shower });
    }
    let left = book.contributors.saturating_sub(life.minted);
    if left == 0 {
        return Err(ContractError::AllMinted { shower });
    }
    // What a meteor holds must be fixed before anyone knows whose it is to crack.
    if DRAWS.may_load(deps.storage, shower)?.is_none_or(|draw| draw.committed.is_none()) {
        return Err(ContractError::NotDrawn { shower });
    }
    // A transaction sent twice names a rank that is no longer the next one.
    let next = life.minted.saturating_add(1);
    if first_rank != next {
        return Err(ContractError::WrongFirstRank { shower, given: first_rank, next });
    }
    let count = u32::try_from(art.len()).ok().filter(|count| *count <= left);
    let Some(count) = count else { return Err(ContractError::TooMuchArt { given: art.len(), left }) };

    let tiers = TERMS.load(deps.storage)?.tiers;
    let winners = ranked(deps.storage, shower, life.last_minted(), art.len(), Order::Ascending)?;
    if winners.len() != art.len() {
        return Err(StdError::generic_err("the ranking is shorter than the book says").into());
    }
    let mut images = BTreeSet::new();
    let mut amount = 0u128;
    let mut tokens = Vec::with_capacity(art.len());
    for ((rank, Art { image, traits }), (place, owner)) in (next..).zip(art).zip(winners) {
        let tier = tiers
            .tier_of(Rank(rank), book.contributors)
            .ok_or_else(|| StdError::generic_err("a rank outside the tiers"))?;
        // Here and not in the collection: meteors have an image each, eggs and dust share theirs.
        if !images.insert(image.clone()) {
            return Err(ContractError::ImageTwice { image });
        }
        let token_id = number(book.earlier, Rank(rank))?;
        let traits = [tier.index(), rank, shower].into_iter().chain(traits).collect();
        tokens.push(NewToken { token_id, owner: owner.into(), image, traits });
        amount =
            amount.checked_add(place.amount).ok_or(ContractError::TooMuch { what: "a batch's amount" })?;
        life.cursor = Some(cursor(place));
    }
    life.minted = life.minted.saturating_add(count); // at most `contributors`
    let too_much = |_| ContractError::TooMuch { what: "a shower's minted amount" };
    life.minted_amount = life.minted_amount.checked_add(amount.into()).map_err(too_much)?;
    LIVES.save(deps.storage, shower, &life)?;

    let batch = NftMsg::UpdateExtension { msg: ExtensionMsg::MintBatch { tokens } };
    Ok(Response::new()
        // A plain message: if the collection refuses, all of this is undone.
        .add_message(WasmMsg::Execute {
            contract_addr: METEORS.load(deps.storage)?.into(),
            msg: to_json_binary(&batch)?,
            funds: vec![],
        })
        .add_event(events::Mint {
            shower,
            first_rank,
            count,
            first_number: number(book.earlier, Rank(first_rank))?,
            amount,
        }))
}

/// The number of the meteor at `rank`.
fn number(earlier: u64, rank: Rank) -> Result<u64, ContractError> {
    let number = TokenId::of(earlier, rank).map(|TokenId(number)| number);
    number.ok_or(ContractError::TooMuch { what: "the number of meteors" })
}
