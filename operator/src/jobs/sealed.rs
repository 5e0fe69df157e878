//! What a shower's meteors hold, derived in memory from the key and what is on the chain. Written nowhere.

use meteor_messages::shower::{ConfigResponse, DrawResponse, ShowerResponse};
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::Tables;
use meteor_rules::fairness::sealed::{Inputs, Sealed};

use super::JobError;
use crate::jobs::Deployment;
use crate::keys::{KeySource, ShowerKey};

/// What decides what an event's meteors hold, apart from the showers themselves.
#[derive(Debug)]
pub struct Sealer<'a, K> {
    /// Where the event lives.
    pub deployment: &'a Deployment,
    /// Its rules, as the contract has them.
    pub config: &'a ConfigResponse,
    /// Its key.
    pub keys: &'a K,
    /// Its tables.
    pub tables: &'a Tables,
}

impl<K> Clone for Sealer<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Sealer<'_, K> {}

/// The key of a shower, if it is the one that was committed to. Nothing could be proven with another.
pub(super) async fn committed_key(
    keys: &impl KeySource,
    id: &Domain<'_>,
    draw: &DrawResponse,
) -> Result<ShowerKey, JobError> {
    let key = keys.shower_key(id).await?;
    if key.commitment(id).as_slice() == draw.commitment.as_slice() {
        Ok(key)
    } else {
        Err(JobError::WrongKey { shower: id.shower.0 })
    }
}

impl<K: KeySource> Sealer<'_, K> {
    /// Derives what the meteors of a closed shower hold, with `signature` as the beacon's part of the seed.
    pub(super) async fn seal(
        &self,
        state: &ShowerResponse,
        draw: &DrawResponse,
        signature: &[u8],
    ) -> Result<Sealed, JobError> {
        let Self { deployment, config, keys, tables } = *self;
        let (contract, shower) = (&deployment.shower, state.shower);
        // The chain may have another name by now; hashes are bound to the one it had.
        let id = Domain { chain_id: &config.chain_id, contract, shower: ShowerId(shower) };
        let log = state.log.as_slice().try_into().map_err(|_| JobError::Log { shower })?;
        let sealed = committed_key(keys, &id, draw).await?.with(|key| {
            Sealed::make(&Inputs {
                id,
                key,
                beacon_signature: signature,
                log: &log,
                contributors: state.contributors,
                earlier: state.earlier,
                tiers: &config.tiers,
                eggs: &config.eggs,
                tilt_bp: config.tilt_bp,
                tables,
            })
        });
        Ok(sealed?)
    }
}
