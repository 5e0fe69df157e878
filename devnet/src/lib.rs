//! A CosmWasm chain in one process: contracts run as native code on cw-multi-test, everything around them
//! behaves like a node. Wallets and clients (CosmJS, cosmrs, Keplr) sign, broadcast, query and subscribe
//! unchanged.
//!
//! ```no_run
//! # async fn example(contract: fn() -> Box<dyn cw_multi_test::Contract<cosmwasm_std::Empty>>)
//! # -> Result<(), meteor_devnet::DevnetError> {
//! use meteor_devnet::{Code, Config};
//!
//! let codes = vec![Code::new("counter", contract)]; // code id 1
//! let devnet = meteor_devnet::start(Config::default(), codes).await?;
//! println!("RPC {}, REST {}", devnet.rpc_url(), devnet.rest_url());
//! for account in devnet.accounts() {
//!     println!("{} at {}", account.address, account.path);
//! }
//! devnet.advance_time(std::time::Duration::from_secs(3_600)).await?; // no node does this
//! devnet.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! What is real: transaction decoding, signatures (`DIRECT` and amino JSON, of one key or of a multisig's),
//! account numbers and sequences, fees and least gas prices, events, blocks with linked header hashes, the
//! errors' codes and words; on demand Terra Classic's burn tax ([`Config::burn_tax`]). What is not: gas (an
//! estimate, see `gas.rs`), consensus (one validator that signs nothing), the wasm of uploads (one whose
//! checksum a given [`Code`] has becomes another id of that code, see [`Code::with_checksum`]; other wasm is
//! refused), multisigs inside multisigs, and modules other than auth, bank and wasm.
//!
//! # Controls
//! Over JSON-RPC (POST and WebSocket, never GET) there is a namespace that no real node has. It does what the
//! methods of [`Devnet`] do.
//!
//! | method | params | result |
//! |---|---|---|
//! | `dev_mine` | `blocks` (default 1) | `height` |
//! | `dev_advanceTime` | `seconds` | `height` and `time` (nanoseconds) of a block made there |
//! | `dev_setTime` | `seconds` since 1970 | the same, at exactly that time |
//! | `dev_setBalance` | `address`, `denom`, `amount` | `{}` |
//! | `dev_refuse` | `address` | `{}`; the bank refuses coins for that address from now on |
//! | `dev_call` | `contract`, `msg` (JSON, as text), optional `sender` (the module `gov` is the default), `denom` and `amount` | `height` of the block in which the chain itself made this call: its events are the block's, in no transaction |
//! | `dev_renameChain` | `chain_id` | `height` of the first block of that name, made now; what waits in the mempool is dropped |
//! | `dev_snapshot` | | `id` |
//! | `dev_revert` | `id` | `height` |
//! | `dev_setBlocks` | `mode`: `interval` (with `interval_ms`), `on_tx`, `on_demand` | `{}` |
mod absent;
pub mod accounts;
mod app;
pub mod beacon;
mod chain;
mod config;
mod devnet;
mod error;
mod gas;
mod gowords;
mod query;
mod quotes;
mod rest;
mod rpc;
mod serve;

pub use accounts::{Account, signing_key};
pub use beacon::{DevBeacon, Relay};
pub use config::{Blocks, Clock, Code, Config, DEV_MNEMONIC, GasPrice, REFUSED_MODULES};
pub use devnet::{Devnet, Tip, module_account, start, start_with};
pub use error::DevnetError;
