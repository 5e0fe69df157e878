//! The launch file (TOML): everything about an event that `meteor deploy` must not guess.

pub mod artifacts;
pub mod chain;
mod estimate;
mod finding;
mod lint;
mod message;
mod place;
mod record;

use meteor_chain::time;
use meteor_messages::shower::Payee;
use meteor_rules::minimum::MinimumError;
use meteor_rules::preset::Preset;
use meteor_rules::tier::Tier;
use serde::Deserialize;
use thiserror::Error;

use crate::beacon::Network;
use crate::gas::{GasPrice, GasPriceError};

pub use finding::{AddressFault, Finding, TextFault};
pub use lint::{Known, lint, of_launch};
pub use message::{Codes, instantiate};
pub use place::{File, FormError, Place, Text};
pub use record::{Code, Record, RecordError};

/// The longest salt that chains take (bytes).
const MAX_SALT: usize = 64;
/// The largest wasm that chains take (bytes).
const MAX_WASM: usize = 800 * 1024;

/// A launch: whose event, on which chain, by which rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Launch {
    /// What explorers show for the contract.
    pub label: String,
    /// Makes the contract's address differ from other events of the same owner: any text of 1 to 64 bytes.
    pub salt: String,
    /// Name of a preset or path of a preset file: schedule, tiers, eggs, collections, tables.
    pub preset: String,
    /// When shower 1 opens, like `2026-12-01T12:00:00Z`. The preset's time, if left out.
    pub opens_at: Option<toml::value::Datetime>,
    /// Path of the file that `meteor keygen --commitments` wrote, beside the launch file.
    pub commitments: String,
    /// Path of the catalogue, beside the launch file: the pieces of each tier.
    pub catalogue: String,
    /// The chain.
    pub chain: Chain,
    /// Who may do what.
    pub roles: Roles,
    /// Who is paid. It can't be changed later.
    pub payees: Vec<Payee>,
    /// The beacon that decides draws.
    pub beacon: Beacon,
    /// Codes that are on the chain already, where uploads are not open to everyone.
    pub codes: Option<Codes>,
    /// What the sale of a token should pay, and to whom.
    pub royalties: Option<Royalties>,
}

/// The chain of a launch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// Its id, for example `columbus-5`.
    pub id: String,
    /// `CometBFT` RPC addresses.
    pub nodes: Vec<String>,
    /// Prefix of its addresses.
    pub prefix: String,
    /// The one denom that is contributed.
    pub denom: String,
    /// What a unit of gas costs, for example `28.325uluna`.
    pub gas_price: String,
}

/// The roles of a launch: addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Appoints the others; a multisig in production.
    pub owner: String,
    /// Signs the deployment and has no power afterwards. The owner, if left out.
    pub deployer: Option<String>,
    /// May replace the shower contract's code, and with it every rule. Nobody, if left out.
    pub admin: Option<String>,
    /// Commits to draws.
    pub operator: String,
    /// May pause.
    pub guardian: String,
}

/// Royalties of the three collections.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Royalties {
    /// Who is paid.
    pub address: String,
    /// Share of a price (basis points).
    pub share_bp: u32,
}

/// The beacon of a launch.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "network", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Beacon {
    /// drand's quicknet.
    Quicknet {
        /// Seconds between a shower's end and the round that decides it.
        delay: u64,
    },
    /// Another beacon of the same scheme.
    Own {
        /// When round 1 is due (Unix seconds).
        genesis: u64,
        /// Seconds between rounds.
        period: u64,
        /// Its public key: 96 bytes in hex.
        public_key: String,
        /// Seconds between a shower's end and the round that decides it.
        delay: u64,
    },
}

/// Why a launch can't be read.
#[derive(Debug, Error)]
pub enum LaunchError {
    /// Not TOML of the expected form.
    #[error("the launch file, {0}")]
    Form(FormError),
    /// The opening has no zone or no time.
    #[error("opens_at = {0} is not a point in time: write date, time and zone, like 2026-12-01T12:00:00Z")]
    Opening(String),
    /// Neither the launch nor its preset says when shower 1 opens.
    #[error("nothing says when shower 1 opens: set opens_at = 2026-12-01T12:00:00Z")]
    NoOpening,
    /// The beacon's key is not a public key.
    #[error("the beacon's public_key is not a public key: it takes 96 bytes in hex")]
    BeaconKey,
    /// A tier has no pieces.
    #[error("the catalogue has no piece for {0}: give each tier at least one")]
    NoPieces(Tier),
    /// The minimum is no amount of the denom.
    #[error("the preset's minimum: {0}")]
    Minimum(#[from] MinimumError),
    /// The gas price can't be read.
    #[error("gas_price: {0}")]
    GasPrice(#[from] GasPriceError),
}

impl Launch {
    /// Reads a launch file.
    ///
    /// # Errors
    /// [`LaunchError::Form`] with the line and what was expected there.
    pub fn parse(text: &str) -> Result<Self, LaunchError> {
        toml::from_str(text).map_err(|error| LaunchError::Form(FormError::new(text, &error)))
    }

    /// Who signs the deployment: the contract's address is bound to it.
    pub fn deployer(&self) -> &str {
        self.roles.deployer.as_deref().unwrap_or(&self.roles.owner)
    }

    /// When shower 1 opens (Unix seconds).
    ///
    /// # Errors
    /// [`LaunchError::Opening`], or [`LaunchError::NoOpening`] if the preset doesn't say either.
    pub fn opens_at(&self, preset: &Preset) -> Result<u64, LaunchError> {
        let Some(given) = &self.opens_at else {
            return preset.schedule.opens_at.ok_or(LaunchError::NoOpening);
        };
        time::seconds(&given.to_string()).ok_or_else(|| LaunchError::Opening(given.to_string()))
    }

    /// The price of gas.
    ///
    /// # Errors
    /// [`LaunchError::GasPrice`].
    pub fn gas_price(&self) -> Result<GasPrice, LaunchError> {
        Ok(self.chain.gas_price.parse()?)
    }
}

impl Beacon {
    /// The beacon, and seconds between a shower's end and the round that decides it.
    ///
    /// # Errors
    /// [`LaunchError::BeaconKey`].
    pub fn network(&self) -> Result<(Network, u64), LaunchError> {
        match self {
            Self::Quicknet { delay } => Ok((Network::quicknet(), *delay)),
            Self::Own { genesis, period, public_key, delay } => {
                let public_key = public_key.parse().map_err(|_| LaunchError::BeaconKey)?;
                let network = Network { public_key, genesis: *genesis, period: *period, chain_hash: None };
                Ok((network, *delay))
            }
        }
    }
}

#[cfg(test)]
mod tests;
