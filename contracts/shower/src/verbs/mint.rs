//! `Mint`: meteors for the next ranks of a closed shower, by anyone. Ranking and catalogue leave no choice.

use cosmwasm_std::{DepsMut, Env, HexBinary, Order, Response, StdError, WasmMsg, to_json_binary};
use meteor_contract_kit::{batch_size, bytes32};
use meteor_messages::events;
use meteor_messages::nft::{ExecuteMsg as NftMsg, ExtensionMsg, NewToken};
use meteor_messages::shower::{Art, CatalogueTier, MAX_BATCH, NextMint};
use meteor_rules::catalogue::piece_hash;
use meteor_rules::fairness::tree::root_from_range;
use meteor_rules::holdback::held;
use meteor_rules::life::Stage;
use meteor_rules::{NANOS_PER_SECOND, Rank, ShowerId, TokenId};

use crate::error::ContractError;
use crate::state::{EVENT, LIVES, METEORS, TERMS, cursor, earlier_by_tier, facts, next_mint, ranked};

/// Mints to the ranks from `first_rank` on, one meteor per piece of `art`.
pub(crate) fn mint(
    deps: DepsMut,
    env: &Env,
    ShowerId(shower): ShowerId,
    Rank(first_rank): Rank,
    art: Vec<Art>,
    proof: &[HexBinary],
) -> Result<Response, ContractError> {
    batch_size(art.len(), MAX_BATCH)?;
    let (facts, book, mut life) = facts(deps.storage, env, &EVENT.load(deps.storage)?, shower)?;
    match facts.stage(env.block.time.nanos()) {
        Stage::Drawn | Stage::Minting => {}
        Stage::Upcoming | Stage::Open | Stage::Ended => return Err(ContractError::NotClosed { shower }),
        // What a meteor holds must be fixed before anyone knows whose it is to crack.
        Stage::Closed => return Err(ContractError::NotDrawn { shower }),
        Stage::Minted => return Err(ContractError::AllMinted { shower }),
        Stage::Cancelled => return Err(ContractError::Cancelled { shower }),
        // From the deadline on the same money can be refunded: a mint now would give it out twice.
        Stage::Refundable => {
            let deadline = facts.deadline() / NANOS_PER_SECOND;
            return Err(ContractError::DeadlinePassed { shower, deadline });
        }
    }
    let terms = TERMS.load(deps.storage)?;
    let earlier = earlier_by_tier(deps.storage, shower)?;
    let next = next_mint(&terms, &facts, &earlier).ok_or(ContractError::AllMinted { shower })?;
    // A transaction sent twice names a rank that is no longer the next one.
    if first_rank != next.first_rank {
        return Err(ContractError::WrongFirstRank { shower, given: first_rank, next: next.first_rank });
    }
    let count = u32::try_from(art.len()).ok().filter(|count| *count <= next.most);
    let Some(count) = count else {
        return Err(ContractError::TooMuchArt { given: art.len(), tier: next.tier, most: next.most });
    };
    check_pieces(&next, &art, proof, terms.catalogue.get(next.tier))?;

    let winners = ranked(deps.storage, shower, life.last_minted(), art.len(), Order::Ascending)?;
    if winners.len() != art.len() {
        return Err(StdError::generic_err("the ranking is shorter than the book says").into());
    }
    let (mut amount, mut held_back) = (0u128, 0u128);
    let mut tokens = Vec::with_capacity(art.len());
    for ((rank, Art { image, traits }), (place, owner)) in (first_rank..).zip(art).zip(winners) {
        let token_id = number(book.earlier, Rank(rank))?;
        let traits = [next.tier.index(), rank, shower].into_iter().chain(traits).collect();
        tokens.push(NewToken { token_id, owner: owner.into(), image, traits });
        amount =
            amount.checked_add(place.amount).ok_or(ContractError::TooMuch { what: "a batch's amount" })?;
        // At most the amount. Each contributor's part by itself, so that each can have it back exactly.
        held_back = held_back.saturating_add(held(place.amount, terms.holdback_bp));
        life.cursor = Some(cursor(place));
    }
    life.minted = life.minted.saturating_add(count); // at most `contributors`
    let too_much = |_| ContractError::TooMuch { what: "a shower's minted amount" };
    life.minted_amount = life.minted_amount.checked_add(amount.into()).map_err(too_much)?;
    life.held = life.held.checked_add(held_back.into()).map_err(too_much)?;
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
            tier: next.tier,
            first_piece: next.first_piece,
            first_number: number(book.earlier, Rank(first_rank))?,
            amount,
        }))
}

/// Refuses pieces that are not those of the catalogue from `next.first_piece` on.
fn check_pieces(
    next: &NextMint,
    art: &[Art],
    proof: &[HexBinary],
    committed: &CatalogueTier,
) -> Result<(), ContractError> {
    let leaves: Vec<_> = (next.first_piece..)
        .zip(art)
        .map(|(index, Art { image, traits })| piece_hash(next.tier, index, image, traits))
        .collect();
    let proof =
        proof.iter().map(|hash| bytes32("a hash of the proof", hash)).collect::<Result<Vec<_>, _>>()?;
    let root = root_from_range(&leaves, next.first_piece, committed.count, &proof);
    if root.is_none_or(|root| root.as_slice() != committed.root.as_slice()) {
        return Err(ContractError::NotThePieces { tier: next.tier, first_piece: next.first_piece });
    }
    Ok(())
}

/// The number of the meteor at `rank`.
fn number(earlier: u64, rank: Rank) -> Result<u64, ContractError> {
    let number = TokenId::of(earlier, rank).map(|TokenId(number)| number);
    number.ok_or(ContractError::TooMuch { what: "the number of meteors" })
}
