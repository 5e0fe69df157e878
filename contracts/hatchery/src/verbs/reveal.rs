//! `Reveal`: proves what meteors in custody hold, burns them, mints egg or dust to their holders.

use std::collections::{BTreeMap, BTreeSet};

use cosmwasm_std::{Deps, DepsMut, Env, Response, WasmMsg, to_json_binary};
use meteor_contract_kit::{batch_size, bytes32};
use meteor_messages::events::Revealed;
use meteor_messages::hatchery::{MAX_REVEALS, Reveal};
use meteor_messages::nft::{ExecuteMsg as NftMsg, ExtensionMsg, NewToken};
use meteor_messages::shower::{DrawResponse, QueryMsg as ShowerQuery};
use meteor_rules::fairness::content::Kind;
use meteor_rules::fairness::tree::{Leaf, leaf_hash, root_from};
use meteor_rules::fairness::{Bytes32, Domain};
use meteor_rules::{NANOS_PER_SECOND, ShowerId, TokenId};

use crate::error::ContractError;
use crate::state::{CONFIG, CUSTODY, Config, collection};

/// Reveals each of `reveals` that waits in custody. Anyone with the proofs may; eggs and dust go to the holders
/// alone.
pub(crate) fn reveal(deps: DepsMut, env: &Env, reveals: Vec<Reveal>) -> Result<Response, ContractError> {
    batch_size(reveals.len(), MAX_REVEALS)?;
    let config = CONFIG.load(deps.storage)?;
    let mut draws = BTreeMap::new();
    let (mut skipped, mut revealed) = (None, BTreeSet::new());
    let mut response = Response::new();
    let (mut eggs, mut dust) = (Vec::new(), Vec::new());
    for Reveal { token_id, shower, index, content, salt, proof } in reveals {
        // Skipped and not refused: whoever copies one reveal and sends it first must not fail the rest.
        let Some(custody) = CUSTODY.may_load(deps.storage, token_id)? else {
            skipped.get_or_insert(ContractError::NotInCustody { token_id });
            continue;
        };
        let reclaim_at = custody.reclaim_at(&config);
        if env.block.time.nanos() >= reclaim_at {
            let reclaim_at = reclaim_at.div_ceil(NANOS_PER_SECOND);
            skipped.get_or_insert(ContractError::TooLate { token_id, reclaim_at });
            continue;
        }
        // A number named twice is revealed once.
        if !revealed.insert(token_id) {
            skipped.get_or_insert(ContractError::NotInCustody { token_id });
            continue;
        }

        let draw = match draws.get(&shower) {
            Some(draw) => *draw,
            None => *draws.entry(shower).or_insert(draw(deps.as_ref(), &config, shower)?),
        };
        // A root binds whatever ids its maker wrote: without this, a later shower's root could hold a leaf for
        // an earlier shower's meteor and decide it again.
        if TokenId(token_id).rank(draw.earlier).and_then(|rank| rank.0.checked_sub(1)) != Some(index) {
            return Err(ContractError::WrongPlace { token_id, shower, index });
        }
        let id =
            Domain { chain_id: &config.chain_id, contract: config.shower.as_str(), shower: ShowerId(shower) };
        let leaf = Leaf {
            index,
            token_id: TokenId(token_id),
            content: &content.bytes(),
            salt: bytes32("the salt", &salt)?,
        };
        let siblings =
            proof.iter().map(|hash| bytes32("a hash of the proof", hash)).collect::<Result<Vec<_>, _>>()?;
        if root_from(leaf_hash(&id, &leaf), index, draw.leaves, &siblings) != Some(draw.root) {
            return Err(ContractError::WrongProof { token_id, shower });
        }

        response = response
            .add_message(WasmMsg::Execute {
                contract_addr: config.meteors.to_string(),
                msg: to_json_binary(&NftMsg::Burn { token_id: token_id.to_string() })?,
                funds: vec![],
            })
            .add_event(Revealed {
                token_id,
                shower,
                index,
                holder: custody.holder.to_string(),
                kind: content.kind,
                image: content.image.clone(),
                traits: content.traits.clone(),
                salt,
                proof,
            });
        let token =
            NewToken { token_id, owner: custody.holder.into(), image: content.image, traits: content.traits };
        match content.kind {
            Kind::Egg => eggs.push(token),
            Kind::Dust => dust.push(token),
        }
    }
    if let Some(skipped) = skipped.filter(|_| revealed.is_empty()) {
        return Err(skipped);
    }
    for token_id in revealed {
        CUSTODY.remove(deps.storage, token_id);
    }
    for (kind, tokens) in [(Kind::Egg, eggs), (Kind::Dust, dust)] {
        if !tokens.is_empty() {
            response = response.add_message(WasmMsg::Execute {
                contract_addr: collection(deps.storage, kind)?.into(),
                msg: to_json_binary(&NftMsg::UpdateExtension { msg: ExtensionMsg::MintBatch { tokens } })?,
                funds: vec![],
            });
        }
    }
    Ok(response)
}

/// What a shower's draw commits to.
#[derive(Clone, Copy)]
struct Draw {
    root: Bytes32,
    leaves: u32,
    /// Contributors of all earlier showers.
    earlier: u64,
}

/// A shower's draw, from the shower contract itself.
fn draw(deps: Deps, config: &Config, shower: u32) -> Result<Draw, ContractError> {
    let draw: DrawResponse = deps.querier.query_wasm_smart(&config.shower, &ShowerQuery::Draw { shower })?;
    let root = draw.root.ok_or(ContractError::NoDraw { shower })?;
    Ok(Draw { root: bytes32("the root", &root)?, leaves: draw.leaves, earlier: draw.earlier })
}
