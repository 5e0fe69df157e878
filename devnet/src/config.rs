//! Settings of the dev chain.
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use cosmwasm_std::{Checksum, Coin, Decimal, Timestamp, Uint128};
use cw_multi_test::Contract;

use crate::error::DevnetError;

/// Public by design: the mnemonic of `LocalTerra`'s first account. Never send real funds to it.
pub const DEV_MNEMONIC: &str = "notice oak worry limit wrap speak medal online prefer cluster roof addict wrist \
behave treat actual wasp year salad speed social layer crew genius";

/// The modules that a real chain's bank refuses to send coins to, less `gov`, which may receive them.
pub const REFUSED_MODULES: [&str; 7] = [
    "bonded_tokens_pool",
    "distribution",
    "fee_collector",
    "mint",
    "not_bonded_tokens_pool",
    "transfer",
    "wasm",
];

/// A contract's code. Codes get the ids 1, 2, .. in the order given.
pub struct Code {
    /// A name for logs and for the error that answers an upload.
    pub name: String,
    /// Makes the contract. A function, because contracts of cw-multi-test cannot move between threads and the
    /// chain runs on its own; called once for each code id that stands for it.
    pub contract: Box<dyn Fn() -> Box<dyn Contract<cosmwasm_std::Empty>> + Send>,
    /// SHA-256 of the wasm this contract is on a real chain. With it the code reports that checksum, and an
    /// upload of that wasm makes another code id of the same contract.
    pub checksum: Option<Checksum>,
}

impl Code {
    /// `Code::new("counter", || Box::new(ContractWrapper::new(execute, instantiate, query)))`
    pub fn new(
        name: impl Into<String>,
        contract: impl Fn() -> Box<dyn Contract<cosmwasm_std::Empty>> + Send + 'static,
    ) -> Code {
        Code { name: name.into(), contract: Box::new(contract), checksum: None }
    }

    /// The same, known by the SHA-256 of its wasm.
    #[must_use]
    pub fn with_checksum(self, checksum: Checksum) -> Code {
        Code { checksum: Some(checksum), ..self }
    }
}

/// When blocks are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
    /// At an interval, with or without transactions.
    Interval(Duration),
    /// As soon as a transaction is accepted, and when asked.
    OnTx,
    /// Only when asked: [`Devnet::mine`](crate::Devnet::mine) or `dev_mine`.
    OnDemand,
}

/// Where block times come from. They always grow by at least a nanosecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The computer's clock.
    Wall {
        /// Time of the first block; `None` is now.
        start: Option<Timestamp>,
        /// How many seconds pass on the chain in one second.
        speed: u32,
    },
    /// Nothing but the count of blocks: the same run gives the same times.
    Step {
        /// Time of the first block.
        start: Timestamp,
        /// Time between two blocks.
        step: Duration,
    },
}

/// The least fee per gas in one denom: `atomics / 10^6` of its smallest unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasPrice {
    /// Denom in which fees may be paid.
    pub denom: String,
    /// Millionths of the smallest unit per gas: `150_000` is 0.15.
    pub micros: u64,
}

impl GasPrice {
    /// The least fee for this much gas, rounded up.
    pub(crate) fn of(&self, gas: u64) -> u128 {
        // In 128 bits: neither factor is above 64.
        u128::from(self.micros).saturating_mul(u128::from(gas)).div_ceil(1_000_000)
    }
}

/// Settings of the chain; `..Config::default()` for what does not matter to you.
#[derive(Clone)]
pub struct Config {
    /// Chain id, at most 50 bytes.
    pub chain_id: String,
    /// Bech32 prefix of addresses.
    pub prefix: String,
    /// BIP-39 mnemonic (24 words) of the funded accounts.
    pub mnemonic: String,
    /// SLIP-44 coin type of the accounts' paths: 330 for Terra, 118 for most other chains.
    pub coin_type: u32,
    /// How many accounts are funded at genesis.
    pub accounts: u32,
    /// What each of them holds at genesis.
    pub balances: Vec<Coin>,
    /// Least fees, one of which a transaction must pay; empty makes transactions free.
    pub gas_prices: Vec<GasPrice>,
    /// Terra Classic's tax on transfers, below 1 (on that chain 0.005): what a contract sends arrives less
    /// the tax, what comes with a contract call arrives whole. `None` is a chain without it.
    pub burn_tax: Option<Decimal>,
    /// The most that this tax takes of one transfer, in a coin's smallest unit. On Terra Classic it is a
    /// number for each denom, kept by its treasury.
    pub tax_cap: u128,
    /// Modules whose accounts the bank refuses to send coins to, as on a real chain. On Terra Classic
    /// `distribution` holds the community pool.
    pub refused_modules: Vec<String>,
    /// When blocks are made.
    pub blocks: Blocks,
    /// Where block times come from.
    pub clock: Clock,
    /// Gas that fits in one block; `None` is unlimited.
    pub max_gas: Option<u64>,
    /// Transactions that wait for a block at most; more are refused ("mempool is full").
    pub mempool: usize,
    /// Blocks kept; older ones are pruned as on a real node.
    pub keep_blocks: usize,
    /// Recent heights at which state queries are answered.
    pub keep_states: usize,
    /// Where the CometBFT RPC listens; port 0 takes a free one.
    pub rpc: SocketAddr,
    /// Where the REST API listens; port 0 takes a free one.
    pub rest: SocketAddr,
}

impl Default for Config {
    fn default() -> Config {
        let balance = |denom: &str| Coin { denom: denom.into(), amount: Uint128::new(1_000_000_000_000) };
        Config {
            chain_id: "localterra".into(),
            prefix: "terra".into(),
            mnemonic: DEV_MNEMONIC.into(),
            coin_type: 330,
            accounts: 10,
            balances: vec![balance("uluna"), balance("uusd")],
            gas_prices: vec![
                GasPrice { denom: "uluna".into(), micros: 10_000 },
                GasPrice { denom: "uusd".into(), micros: 10_000 },
            ],
            burn_tax: None,
            // High enough to change nothing.
            tax_cap: 100_000_000_000_000,
            refused_modules: REFUSED_MODULES.map(String::from).to_vec(),
            blocks: Blocks::Interval(Duration::from_secs(1)),
            clock: Clock::Wall { start: None, speed: 1 },
            max_gas: None,
            // CometBFT's default is 5000; more room for load tests.
            mempool: 50_000,
            keep_blocks: 100_000,
            keep_states: 1_000,
            rpc: (Ipv4Addr::LOCALHOST, 26_657).into(),
            rest: (Ipv4Addr::LOCALHOST, 1_317).into(),
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the mnemonic, which somebody may have chosen themselves.
        let Config { chain_id, blocks, clock, burn_tax, rpc, rest, .. } = self;
        let shown = format_args!("{chain_id} {blocks:?} {clock:?} {burn_tax:?} {rpc} {rest}");
        f.debug_tuple("Config").field(&shown).finish_non_exhaustive()
    }
}

impl Config {
    /// Everything a typo could break, checked before a port is bound.
    pub(crate) fn check(&self) -> Result<(), DevnetError> {
        let require = |ok: bool, what: &str| {
            if ok { Ok(()) } else { Err(DevnetError::Config(what.into())) }
        };
        require(is_chain_id(&self.chain_id), CHAIN_ID_RULE)?;
        require(bech32::Hrp::parse(&self.prefix).is_ok(), "prefix is not a bech32 prefix")?;
        require(self.prefix == self.prefix.to_lowercase(), "prefix must be in lower case")?;
        require((1..=1_000).contains(&self.accounts), "accounts must be 1 to 1000")?;
        require(self.coin_type < 1 << 31, "coin_type must be below 2^31")?;
        require(self.burn_tax.is_none_or(|rate| rate < Decimal::one()), "burn_tax must be below 1")?;
        require(self.mempool > 0, "mempool must hold at least 1")?;
        require(self.keep_blocks > 0, "keep_blocks must be at least 1")?;
        require(self.keep_states > 0, "keep_states must be at least 1")?;
        let denoms = self.balances.iter().map(|coin| &coin.denom);
        for denom in denoms.chain(self.gas_prices.iter().map(|price| &price.denom)) {
            require(is_denom(denom), &format!("{denom:?} is not a denom"))?;
        }
        match self.blocks {
            Blocks::Interval(interval) => {
                require(interval >= Duration::from_millis(1), "blocks need an interval of at least 1 ms")?;
            }
            Blocks::OnTx | Blocks::OnDemand => {}
        }
        Ok(())
    }
}

/// What a chain id must be.
pub(crate) const CHAIN_ID_RULE: &str = "chain_id must be 1 to 50 letters, digits, '-', '_' or '.'";

pub(crate) fn is_chain_id(id: &str) -> bool {
    (1..=50).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The SDK's rule: a letter, then 2 to 127 letters, digits or `/:._-`.
pub(crate) fn is_denom(denom: &str) -> bool {
    let bytes = denom.as_bytes();
    (3..=128).contains(&bytes.len())
        && bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/:._-".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_sound_and_bad_values_are_named() {
        Config::default().check().unwrap();
        let bad = Config { prefix: "Terra".into(), ..Config::default() };
        assert!(bad.check().unwrap_err().to_string().contains("prefix"));
        let bad = Config { blocks: Blocks::Interval(Duration::ZERO), ..Config::default() };
        assert!(bad.check().unwrap_err().to_string().contains("interval"));
        let bad = Config { burn_tax: Some(Decimal::one()), ..Config::default() };
        assert!(bad.check().unwrap_err().to_string().contains("burn_tax"));
        let bad = Config { chain_id: "a b".into(), ..Config::default() };
        assert!(bad.check().unwrap_err().to_string().contains("chain_id"));
    }

    #[test]
    fn debug_shows_no_mnemonic() {
        let config = Config { mnemonic: "correct horse".into(), ..Config::default() };
        assert!(!format!("{config:?}").contains("horse"));
    }

    #[test]
    fn denoms() {
        assert!(is_denom("uusd") && is_denom("ibc/27394FB092D2ECCD56123C74F36E4C1F"));
        assert!(!is_denom("u") && !is_denom("1usd") && !is_denom("u usd") && !is_denom(""));
    }
}
