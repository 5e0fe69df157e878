//! The event itself: wallets contribute with really signed transactions, the operator closes, mints and settles. Knows
//! a chain only by its RPC address, a funded mnemonic and the codes on it.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use cosmwasm_std::{Binary, HexBinary};
use cw721::msg::TokensResponse;
use futures::{StreamExt, stream};
use meteor_messages::hatchery::HatcheryInit;
use meteor_messages::nft;
use meteor_messages::shower::{CollectionInit, Fairness, InstantiateMsg, Payee};
use meteor_messages::shower::{ExecuteMsg, QueryMsg, ShowerResponse, Status};
use meteor_operator::account::Account;
use meteor_operator::beacon::BeaconClient;
use meteor_operator::gas::{GasPrice, coins};
use meteor_operator::jobs::{self, Deployment};
use meteor_operator::keys::{KeyError, KeySource, MasterKey, ShowerKey};
use meteor_operator::node::Node;
use meteor_operator::signer::Signer;
use meteor_operator::tx;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::{Bytes32, Domain};
use meteor_rules::preset::{Collection, Preset};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::art::art;
use super::plan::Planned;
use super::wallets::Wallets;

/// A chain to hold the event on.
#[derive(Clone, Debug)]
pub struct Chain {
    /// `CometBFT` RPC.
    pub rpc: String,
    /// Words of accounts 0.. that have coins: 0 funds wallets, 1 is owner, 2 operator, 3 guardian.
    pub mnemonic: String,
    /// Prefix of addresses.
    pub prefix: String,
    /// Denom of contributions.
    pub denom: String,
    /// Denom and price of fees.
    pub gas_price: GasPrice,
    /// Code id of the shower contract.
    pub shower_code: u64,
    /// Code id of the CW721 contract.
    pub nft_code: u64,
    /// Code id of the hatchery.
    pub hatchery_code: u64,
    /// Who relays the beacon.
    pub beacon_url: String,
}

/// A contribution that is in a block.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// What was planned.
    pub planned: Planned,
    /// Global sequence number the contract gave it.
    pub seq: u64,
}

/// What the operator's jobs need besides an account.
pub(super) struct Secret {
    /// The key of the event.
    pub(super) keys: DemoKey,
    /// The beacon.
    pub(super) beacon: BeaconClient,
}

/// Far above what a contribution uses; simulating each would double the requests.
pub(super) const CONTRIBUTE_GAS: u64 = 500_000;
/// Wallets that crack at once; each waits for a block.
const PARALLEL_CRACKS: usize = 250;
/// Requests under way at once.
pub(super) const PARALLEL: usize = 16;
const POLL: Duration = Duration::from_millis(100);

/// Account `index` of the chain's mnemonic.
///
/// # Errors
/// If the node doesn't know it.
pub async fn account(chain: &Chain, index: u32) -> Result<Account> {
    let signer =
        Signer::from_mnemonic(&chain.mnemonic, meteor_operator::signer::COIN_TYPE, index, &chain.prefix)?;
    Ok(Account::open(Node::new(&chain.rpc)?, signer, chain.gas_price.clone()).await?)
}

/// Seconds since the epoch on this machine's clock.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Seconds between a shower's end and the round that decides it: the dev chain's clock is this machine's.
const BEACON_DELAY: u64 = 2;

/// The tables file of a preset, byte for byte as everyone gets it and as its hash on the chain was made.
///
/// # Errors
/// Never for a preset that was read.
pub fn tables(preset: &Preset) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec_pretty(&preset.crack.tables)?)
}

/// A key that lives as long as the demo.
pub struct DemoKey(pub MasterKey);

impl KeySource for DemoKey {
    async fn shower_key(&self, id: &Domain<'_>) -> Result<ShowerKey, KeyError> {
        Ok(self.0.shower_key(id))
    }
}

/// What the demo's event is instantiated with: `preset`'s rules, opening at `opens_at`.
///
/// # Errors
/// If an account of the mnemonic makes no address.
pub fn launch(
    chain: &Chain,
    preset: &Preset,
    opens_at: u64,
    commitments: &[Bytes32],
) -> Result<InstantiateMsg> {
    let role = |index| -> Result<String> {
        let signer =
            Signer::from_mnemonic(&chain.mnemonic, meteor_operator::signer::COIN_TYPE, index, &chain.prefix)?;
        Ok(signer.address().to_owned())
    };
    let collection = |collection: &Collection| CollectionInit {
        code_id: chain.nft_code,
        name: collection.name.clone(),
        symbol: collection.symbol.clone(),
        template: collection.template.clone(),
        royalties: None,
    };
    let network = crate::devnet::beacon()?;
    Ok(InstantiateMsg {
        owner: role(1)?,
        operator: role(2)?,
        guardian: role(3)?,
        denom: chain.denom.clone(),
        schedule: preset.schedule.opening(opens_at),
        minimum: preset.minimum.into(),
        mint_window: preset.mint_window,
        tiers: preset.tiers,
        eggs: preset.eggs,
        // As in 2021: 83.5 % for the pool, 16.5 % for artists and creators.
        payees: vec![
            Payee { address: role(8)?, share_bp: 8350 },
            Payee { address: role(9)?, share_bp: 1650 },
        ],
        meteors: collection(&preset.meteors),
        fairness: Fairness {
            commitments: commitments.iter().map(HexBinary::from).collect(),
            beacon: BeaconRule { genesis: network.genesis, period: network.period, delay: BEACON_DELAY },
            beacon_key: network.public_key.as_bytes().into(),
            tables: <[u8; 32]>::from(Sha256::digest(tables(preset)?)).into(),
            crack_window: preset.crack.crack_window,
        },
        hatchery: HatcheryInit {
            code_id: chain.hatchery_code,
            reveal_timeout: preset.crack.reveal_timeout,
            eggs: collection(&preset.crack.eggs),
            dust: collection(&preset.crack.dust),
        },
    })
}

/// Makes one shower's planned contributions at their times; answers with what the contract recorded of each.
///
/// # Errors
/// If a contribution is refused or fails.
pub(super) async fn contribute(
    chain: &Chain,
    deployment: &Deployment,
    wallets: &Wallets,
    planned: Vec<Planned>,
    opens_at: u64,
    closes_at: u64,
) -> Result<Vec<Sent>> {
    let length = Duration::from_secs(closes_at.saturating_sub(opens_at));
    let opening = Instant::now() + until(opens_at);
    let node = Node::new(&chain.rpc)?;
    // Blocks are behind every clock: what is sent by ours could get into one of before the opening.
    node.wait_for_time(opens_at).await?;
    let mut by_wallet: BTreeMap<usize, Vec<Planned>> = BTreeMap::new();
    for contribution in planned {
        by_wallet.entry(contribution.wallet).or_default().push(contribution);
    }
    // A task for each wallet: its transactions go in order, different wallets side by side.
    let sending = by_wallet.into_iter().map(|(wallet, planned)| {
        let account = wallets.accounts.get(wallet).cloned();
        let (contract, denom) = (deployment.shower.clone(), chain.denom.clone());
        tokio::spawn(async move {
            let account = account.context("a wallet that the plan doesn't have")?;
            let mut account = account.lock().await;
            let mut sent = Vec::with_capacity(planned.len());
            for contribution in planned {
                tokio::time::sleep_until(opening + length * contribution.at / 1000).await;
                let message = ExecuteMsg::Contribute { shower: contribution.shower };
                let funds = coins(contribution.amount, &denom);
                let message = tx::execute(account.address(), &contract, &message, &funds)?;
                sent.push((contribution, account.submit(vec![message], CONTRIBUTE_GAS).await?));
            }
            anyhow::Ok(sent)
        })
    });
    let submitted = futures::future::try_join_all(sending).await?;
    let submitted = submitted.into_iter().collect::<Result<Vec<_>>>()?;
    let anyone = account(chain, 0).await?;
    let confirmed = stream::iter(submitted.into_iter().flatten())
        .map(|(planned, hash)| {
            let (anyone, node) = (&anyone, &node);
            async move {
                let included = anyone.wait(&hash).await?;
                ensure!(
                    included.code == 0,
                    "contribution {hash} to shower {} failed on {}: {}",
                    planned.shower,
                    node.url(),
                    included.log
                );
                let seq = included
                    .events
                    .iter()
                    .find(|(kind, _)| kind == "wasm-contribution")
                    .and_then(|(_, attributes)| attributes.iter().find(|(key, _)| key == "seq"))
                    .and_then(|(_, seq)| seq.parse().ok())
                    .context("a contribution without a sequence number")?;
                Ok(Sent { planned, seq })
            }
        })
        .buffer_unordered(PARALLEL)
        .collect::<Vec<Result<Sent>>>()
        .await;
    confirmed.into_iter().collect()
}

/// Waits for a shower's end, then closes it, mints every meteor and pays the payees; answers with what was paid.
///
/// # Errors
/// If a job fails.
pub(super) async fn operate(
    operator: &mut Account,
    deployment: &Deployment,
    secret: &Secret,
    preset: &Preset,
    seed: u64,
    shower: u32,
    closes_at: u64,
) -> Result<u128> {
    tokio::time::sleep(until(closes_at)).await;
    let contract = &deployment.shower;
    let state = loop {
        let state: ShowerResponse = operator.node().smart(contract, &QueryMsg::Shower { shower }).await?;
        match state.status {
            Status::Upcoming | Status::Open => tokio::time::sleep(POLL).await,
            _ => break state,
        }
    };
    if state.status == Status::Refunding {
        bail!("shower {shower} can only be refunded");
    }
    jobs::close(operator, contract, shower).await.with_context(|| format!("closing shower {shower}"))?;
    let Secret { keys, beacon } = secret;
    jobs::draw(operator, deployment, keys, beacon, &preset.crack.tables, shower)
        .await
        .with_context(|| format!("drawing shower {shower}"))?;
    let template = &preset.meteors.template;
    jobs::mint(operator, contract, shower, |rank| Some(art(template, seed, shower, rank)), |_| ())
        .await
        .with_context(|| format!("minting shower {shower}"))?;
    jobs::settle(operator, contract, shower).await.with_context(|| format!("settling shower {shower}"))
}

/// Every second wallet cracks its meteors; answers with their numbers.
///
/// # Errors
/// If a transaction fails.
pub(super) async fn crack(deployment: &Deployment, wallets: &Wallets) -> Result<Vec<u64>> {
    let cracking = wallets.accounts.iter().step_by(2).map(|account| async move {
        let mut account = account.lock().await;
        let (mut messages, mut numbers) = (Vec::new(), Vec::new());
        let owner = account.address().to_owned();
        let query = nft::QueryMsg::Tokens { owner: owner.clone(), start_after: None, limit: Some(100) };
        let owned: TokensResponse = account.node().smart(&deployment.meteors, &query).await?;
        for token_id in owned.tokens {
            numbers.push(token_id.parse()?);
            let contract = deployment.hatchery.clone();
            let send = nft::ExecuteMsg::SendNft { contract, token_id, msg: Binary::default() };
            messages.push(tx::execute(&owner, &deployment.meteors, &send, &[])?);
        }
        if !messages.is_empty() {
            account.send(messages).await.context("cracking meteors")?;
        }
        anyhow::Ok(numbers)
    });
    let cracked: Vec<Result<Vec<u64>>> =
        stream::iter(cracking).buffer_unordered(PARALLEL_CRACKS).collect().await;
    Ok(cracked.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn until(seconds: u64) -> Duration {
    let at = UNIX_EPOCH + Duration::from_secs(seconds);
    at.duration_since(SystemTime::now()).unwrap_or_default()
}
