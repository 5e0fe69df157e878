//! Draw: commit to what a closed shower's meteors hold. Running it again does nothing.

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{DrawResponse, ExecuteMsg, ShowerResponse};

use super::{JobError, Sealer, Waiting, round};
use crate::account::Account;
use crate::beacon::BeaconClient;
use crate::keys::KeySource;

/// Waits for the beacon's round that `Close` named, derives what the meteors hold, and commits to its root.
/// `state` and `now` are the shower's, as the caller has just asked for them. A shower without contributors
/// needs no draw. `waits` is told what the draw waits for. Answers with the draw as the contract has it.
///
/// # Errors
/// [`JobError::NotClosed`] before `Close`, [`JobError::TooLate`] after the mint deadline; otherwise if key source,
/// beacon or chain refuse.
pub async fn draw(
    account: &mut Account,
    sealer: Sealer<'_, impl KeySource>,
    beacon: &BeaconClient,
    state: &ShowerResponse,
    now: DrawResponse,
    waits: impl FnMut(Waiting) + Send,
) -> Result<DrawResponse, JobError> {
    let shower = state.shower;
    if now.root.is_some() || (state.closed && state.contributors == 0) {
        return Ok(now);
    }
    let number = now.beacon_round.ok_or(JobError::NotClosed { shower })?;
    let node = account.node().clone();
    // The client has checked the signature against the beacon's public key: what is committed to can be
    // proven.
    let signature = round(&node, beacon, number, state.mint_deadline, waits).await?.signature;
    let sealed = sealer.seal(state, &now, &signature).await?;
    let commit = ExecuteMsg::CommitDraw {
        shower,
        root: sealed.root().into(),
        leaves: sealed.leaves(),
        beacon: signature.into(),
    };
    let contract = &sealer.deployment.shower;
    account.execute(contract, &commit, &[]).await?;
    Ok(ShowerContract::new(&node, contract).draw(shower).await?)
}
