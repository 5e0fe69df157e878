//! `Reveal`: proves what meteors in custody hold, burns them, mints egg or dust to their holders.

use std::collections::BTreeMap;

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

/// Reveals each of `reveals`, all or none. Anyone with the proofs may; eggs and dust go to the holders alone.
pub(crate) fn reveal(deps: DepsMut, env: &Env, reveals: Vec<Reveal>) -> Result<Response, ContractError> {
    batch_size(reveals.len(), MAX_REVEALS)?;
    let config = CONFIG.load(deps.storage)?;
    let mut draws = BTreeMap::new();
    let mut response = Response::new();
    let (mut eggs, mut dust) = (Vec::new(), Vec::new());
    for Reveal { token_id, shower, index, content, salt, proof } in reveals {
        // Loaded, checked and removed in one go, so that a number named twice is revealed once.
        let custody =
            CUSTODY.may_load(deps.storage, token_id)?.ok_or(ContractError::NotInCustody { token_id })?;
        let reclaim_at = custody.reclaim_at(&config);
        if env.block.time.nanos() >= reclaim_at {
            let reclaim_at = reclaim_at.div_ceil(NANOS_PER_SECOND);
            return Err(ContractError::TooLate { token_id, reclaim_at });
        }
        CUSTODY.remove(deps.storage, token_id);

        let (root, leaves) = match draws.get(&shower) {
            Some(draw) => *draw,
            None => *draws.entry(shower).or_insert(draw(deps.as_ref(), &config, shower)?),
        };
        let id = Domain {
            chain_id: &env.block.chain_id,
            contract: config.shower.as_str(),
            shower: ShowerId(shower),
        };
        let leaf = Leaf {
            index,
            token_id: TokenId(token_id),
            content: &content.bytes(),
            salt: bytes32("the salt", &salt)?,
        };
        let siblings =
            proof.iter().map(|hash| bytes32("a hash of the proof", hash)).collect::<Result<Vec<_>, _>>()?;
        if root_from(leaf_hash(&id, &leaf), index, leaves, &siblings) != Some(root) {
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
            });
        let token =
            NewToken { token_id, owner: custody.holder.into(), image: content.image, traits: content.traits };
        match content.kind {
            Kind::Egg => eggs.push(token),
            Kind::Dust => dust.push(token),
        }
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

/// Root and leaf count of a shower's draw, from the shower contract itself.
fn draw(deps: Deps, config: &Config, shower: u32) -> Result<(Bytes32, u32), ContractError> {
    let draw: DrawResponse = deps.querier.query_wasm_smart(&config.shower, &ShowerQuery::Draw { shower })?;
    let root = draw.root.ok_or(ContractError::NoDraw { shower })?;
    Ok((bytes32("the root", &root)?, draw.leaves))
}
