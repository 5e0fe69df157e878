//! The launch of a demo's event: roles and payees are accounts of the chain's words. Planned and deployed by
//! the code that `meteor deploy` runs.

use anyhow::Result;
use meteor_messages::shower::Payee;
use meteor_operator::jobs::Deployment;
use meteor_operator::keys::{self, KeySource};
use meteor_operator::launch::{self, Launch, Roles};
use meteor_operator::node::Node;
use meteor_rules::preset::Preset;

use crate::art::stand_in;
use crate::chain::Chain;
use crate::deploy::{Deploying, Plan};
use crate::devnet;

/// Seconds between a shower's end and the round that decides it: the dev chain's clock is this machine's.
const BEACON_DELAY: u64 = 2;
/// Pieces of each tier. A large demo has more meteors of a tier: then the list starts again.
const PIECES: u32 = 100;

/// An event of `preset` on `chain`. Another salt is another event.
///
/// # Errors
/// If the node does not answer or does not have the chain's codes.
pub async fn plan(chain: &Chain, preset: Preset, salt: &str) -> Result<Plan> {
    let address = |index| anyhow::Ok(chain.signer(index)?.address().to_owned());
    let network = devnet::beacon()?;
    let id = Node::new(&chain.rpc)?.status().await?.chain_id;
    let launch = Launch {
        label: "meteor shower demo".into(),
        salt: salt.into(),
        preset: String::new(),
        opens_at: None,
        commitments: String::new(),
        catalogue: String::new(),
        chain: launch::Chain {
            id,
            nodes: vec![chain.rpc.clone()],
            prefix: chain.prefix.clone(),
            denom: chain.denom.clone(),
            gas_price: chain.gas_price.to_string(),
        },
        roles: Roles {
            owner: address(1)?,
            deployer: None,
            admin: None,
            operator: address(2)?,
            guardian: address(3)?,
        },
        // As in 2021: 83.5 % for the pool, 16.5 % for artists and creators.
        payees: vec![
            Payee { address: address(8)?, share_bp: 8350 },
            Payee { address: address(9)?, share_bp: 1650 },
        ],
        beacon: launch::Beacon::Own {
            genesis: network.genesis,
            period: network.period,
            public_key: network.public_key.to_string(),
            delay: BEACON_DELAY,
        },
        codes: Some(chain.codes),
        royalties: None,
    };
    let catalogue = stand_in(&preset.meteors.template, 0, PIECES);
    Ok(Plan::new(launch, String::new(), preset, vec![]).await?.with_catalogue(catalogue))
}

/// Commits to `keys` and deploys the planned event, which opens when its preset says.
///
/// # Errors
/// If the chain refuses, or holds something else than was planned.
pub async fn launch(chain: &Chain, plan: &mut Plan, keys: &impl KeySource) -> Result<Deployment> {
    let (chain_id, contract) = (&plan.launch.chain.id, &plan.contract);
    let about = keys::Event { chain_id, contract, showers: plan.preset.schedule.count };
    plan.committed = Some(keys::CommitmentsFile::new(&about, &keys::commitments(keys, &about).await?));
    Deploying::unrecorded(plan).run(Some(&mut chain.account(1).await?)).await
}
