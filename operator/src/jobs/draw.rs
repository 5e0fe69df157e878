//! Draw: commit to what a closed shower's meteors hold. Running it again does nothing.

use meteor_messages::shower::{DrawResponse, ExecuteMsg, Fairness, QueryMsg, ShowerResponse};
use meteor_rules::fairness::content::Tables;

use super::sealed::seal;
use crate::account::Account;
use crate::beacon::BeaconClient;
use crate::error::OperatorError;
use crate::jobs::Deployment;
use crate::keys::KeySource;

/// Waits for the beacon's round that `Close` named, derives what the meteors hold, and commits to its root. A shower
/// without contributors needs no draw. Answers with the draw as the contract has it.
///
/// # Errors
/// [`OperatorError::NotClosed`] before `Close`; what key source, beacon or chain say against it.
pub async fn draw(
    account: &mut Account,
    deployment: &Deployment,
    keys: &impl KeySource,
    beacon: &BeaconClient,
    tables: &Tables,
    shower: u32,
) -> Result<DrawResponse, OperatorError> {
    let contract = &deployment.shower;
    let query = QueryMsg::Draw { shower };
    let now: DrawResponse = account.node().smart(contract, &query).await?;
    let state: ShowerResponse = account.node().smart(contract, &QueryMsg::Shower { shower }).await?;
    if now.root.is_some() || (state.closed && state.contributors == 0) {
        return Ok(now);
    }
    let round = now.beacon_round.ok_or(OperatorError::NotClosed { shower })?;
    // The client has checked the signature against the beacon's public key: what is committed to can be proven.
    let signature = beacon.wait_for(round, |_| ()).await?.round.signature;
    let node = account.node().clone();
    let fairness: Fairness = node.smart(contract, &QueryMsg::Fairness {}).await?;
    // The relay goes by its own clock, the contract by the time of blocks, which is a little behind.
    node.wait_for_time(fairness.beacon.due(round).unwrap_or_default()).await?;
    let sealed = seal(&node, deployment, keys, tables, shower, &signature).await?;
    let commit = ExecuteMsg::CommitDraw {
        shower,
        root: sealed.root().into(),
        leaves: sealed.leaves(),
        beacon: signature.into(),
    };
    account.execute(contract, &commit, &[]).await?;
    node.smart(contract, &query).await
}
