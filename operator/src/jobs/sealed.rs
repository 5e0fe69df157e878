//! What a shower's meteors hold, derived in memory from the key and what is on the chain. Written nowhere.

use meteor_messages::shower::{ConfigResponse, DrawResponse, QueryMsg, ShowerResponse};
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::Tables;
use meteor_rules::fairness::sealed::{Inputs, Sealed};

use super::ranking::ranking;
use crate::error::OperatorError;
use crate::jobs::Deployment;
use crate::keys::KeySource;
use crate::node::Node;

/// Derives what the meteors of a closed shower hold, with `beacon_signature` as the beacon's part of the seed.
///
/// # Errors
/// [`OperatorError::WrongKey`] if the key isn't the one that was committed to: a draw with another could never be
/// proven.
pub(super) async fn seal(
    node: &Node,
    deployment: &Deployment,
    keys: &impl KeySource,
    tables: &Tables,
    shower: u32,
    beacon_signature: &[u8],
) -> Result<Sealed, OperatorError> {
    let contract = &deployment.shower;
    let config: ConfigResponse = node.smart(contract, &QueryMsg::Config {}).await?;
    let state: ShowerResponse = node.smart(contract, &QueryMsg::Shower { shower }).await?;
    let draw: DrawResponse = node.smart(contract, &QueryMsg::Draw { shower }).await?;
    let places = ranking(node, contract, shower).await?;
    let amounts: Vec<u128> = places.iter().map(|place| place.amount.u128()).collect();
    let id = Domain { chain_id: &deployment.chain_id, contract, shower: ShowerId(shower) };
    let key = keys.shower_key(&id).await?;
    if key.commitment(&id).as_slice() != draw.commitment.as_slice() {
        return Err(OperatorError::WrongKey { shower });
    }
    let malformed = |what: &str| OperatorError::Malformed { method: "shower", what: what.to_owned() };
    let log = state.log.as_slice().try_into().map_err(|_| malformed("the log hash is not 32 bytes"))?;
    let sealed = key.with(|key| {
        Sealed::make(&Inputs {
            id,
            key,
            beacon_signature,
            log: &log,
            amounts: &amounts,
            earlier: state.earlier,
            tiers: &config.tiers,
            eggs: &config.eggs,
            tables,
        })
    });
    Ok(sealed?)
}
