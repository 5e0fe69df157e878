//! A chain with funded accounts, as the demo and the end-to-end tests reach it.

use anyhow::Result;
use meteor_devnet::{Config, Devnet};
use meteor_operator::account::Account;
use meteor_operator::gas::GasPrice;
use meteor_operator::launch::Codes;
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};

use crate::devnet::CODES;

/// A chain to hold an event on.
#[derive(Clone, Debug)]
pub struct Chain {
    /// `CometBFT` RPC.
    pub rpc: String,
    /// Words of accounts that have coins: 0 funds wallets, 1 is owner, 2 operator, 3 guardian.
    pub mnemonic: String,
    /// Prefix of addresses.
    pub prefix: String,
    /// Denom of contributions.
    pub denom: String,
    /// Denom and price of fees.
    pub gas_price: GasPrice,
    /// The contracts' codes.
    pub codes: Codes,
    /// Address of a relay of the beacon.
    pub beacon_url: String,
}

impl Chain {
    /// A chain whose node is at `rpc`, with the dev chain's words, denoms and codes.
    pub fn at(rpc: String, beacon_url: String) -> Self {
        let Config { mnemonic, prefix, .. } = Config::default();
        let gas_price = GasPrice { denom: "uluna".into(), millionths: 10_000 };
        Self { rpc, mnemonic, prefix, denom: "uusd".into(), gas_price, codes: CODES, beacon_url }
    }

    /// A dev chain in this process.
    pub fn of(devnet: &Devnet) -> Self {
        Self::at(devnet.rpc_url(), devnet.rest_url())
    }

    /// The signer of account `index` of the words.
    pub fn signer(&self, index: u32) -> Result<Signer> {
        Ok(Signer::from_mnemonic(&self.mnemonic, COIN_TYPE, index, &self.prefix)?)
    }

    /// Account `index` of the words.
    pub async fn account(&self, index: u32) -> Result<Account> {
        Ok(Account::open(Node::new(&self.rpc)?, self.signer(index)?, self.gas_price.clone()).await?)
    }
}
