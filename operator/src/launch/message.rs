//! From a launch to the message that the shower contract is instantiated with.

use cosmwasm_std::HexBinary;
use meteor_messages::hatchery::HatcheryInit;
use meteor_messages::nft::CollectionInit;
use meteor_messages::nft::Royalties;
use meteor_messages::shower::{CatalogueTier, Fairness, InstantiateMsg};
use meteor_rules::catalogue::{Catalogue, Committed};
use meteor_rules::fairness::Bytes32;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::preset::{Collection, Preset, RelativeSchedule};
use meteor_rules::tier::{PerTier, Tier};
use serde::{Deserialize, Serialize};

use super::{Launch, LaunchError};

/// Ids of the three codes on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// The shower contract's.
    pub shower: u64,
    /// The CW721 contract's.
    pub nft: u64,
    /// The hatchery's.
    pub hatchery: u64,
}

/// What the shower contract is instantiated with; `tables` is the hash of the tables file.
///
/// # Errors
/// If the launch doesn't say when it opens, its beacon has no key, its minimum is no amount, or a tier has no pieces.
pub fn instantiate(
    launch: &Launch,
    preset: &Preset,
    codes: Codes,
    commitments: &[Bytes32],
    tables: Bytes32,
    catalogue: &Catalogue,
) -> Result<InstantiateMsg, LaunchError> {
    let pieces = |tier| {
        let Committed { count, root } = catalogue.committed(tier).ok_or(LaunchError::NoPieces(tier))?;
        Ok::<_, LaunchError>(CatalogueTier { count, root: root.into() })
    };
    let (network, delay) = launch.beacon.network()?;
    let royalties = launch
        .royalties
        .as_ref()
        .map(|given| Royalties { payment_address: given.address.clone(), share_bp: given.share_bp });
    let collection = |collection: &Collection| CollectionInit {
        code_id: codes.nft,
        name: collection.name.clone(),
        symbol: collection.symbol.clone(),
        template: collection.template.clone(),
        royalties: royalties.clone(),
    };
    // The launch's opening takes precedence over its preset's.
    let own = RelativeSchedule { opens_at: None, ..preset.schedule };
    let schedule = own.opening(launch.opens_at(preset)?);
    Ok(InstantiateMsg {
        owner: launch.roles.owner.clone(),
        operator: launch.roles.operator.clone(),
        guardian: launch.roles.guardian.clone(),
        admin: launch.roles.admin.clone(),
        denom: launch.chain.denom.clone(),
        schedule,
        minimum: preset.minimum.micro(&launch.chain.denom)?.into(),
        mint_window: preset.mint_window,
        tiers: preset.tiers,
        eggs: preset.eggs,
        tilt_bp: preset.tilt_bp,
        holdback_bp: preset.holdback_bp,
        catalogue: PerTier {
            legendary: pieces(Tier::Legendary)?,
            ancient: pieces(Tier::Ancient)?,
            rare: pieces(Tier::Rare)?,
            common: pieces(Tier::Common)?,
        },
        payees: launch.payees.clone(),
        meteors: collection(&preset.meteors),
        fairness: Fairness {
            commitments: commitments.iter().map(HexBinary::from).collect(),
            beacon: BeaconRule { genesis: network.genesis, period: network.period, delay },
            beacon_key: network.public_key.as_bytes().into(),
            tables: tables.into(),
            crack_window: preset.crack.crack_window,
            key_window: preset.crack.key_window,
        },
        hatchery: HatcheryInit {
            code_id: codes.hatchery,
            reveal_timeout: preset.crack.reveal_timeout,
            eggs: collection(&preset.crack.eggs),
            dust: collection(&preset.crack.dust),
        },
    })
}
