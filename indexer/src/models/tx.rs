//! Accounts and transactions, as a node tells them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Amount;

/// An account, asked of a node.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    /// Its address.
    pub address: String,
    /// Whether the chain knows it. It does once the address received coins; until then number and sequence are 0.
    pub exists: bool,
    /// Its number, in decimal digits.
    #[schema(example = "7")]
    pub account_number: String,
    /// The sequence that its next transaction must use, in decimal digits.
    #[schema(example = "3")]
    pub sequence: String,
    /// All that it has.
    pub balances: Vec<Balance>,
}

/// What an account has of one denom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Balance {
    /// The denom.
    pub denom: String,
    /// How much (in the denom's smallest unit).
    pub amount: Amount,
}

/// A transaction to pass on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct TxRequest {
    /// The bytes of a `TxRaw`, in base64.
    #[schema(example = "CpYBCpMB…")]
    pub tx: String,
}

/// What a transaction would use.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Simulated {
    /// Gas it would use now.
    pub gas_used: u64,
    /// The limit to sign it with: that and a third more, because the block will have another state.
    pub gas_limit: u64,
}

/// A transaction that the chain's nodes took.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sent {
    /// Its hash, upper-case hex.
    #[schema(pattern = "^[0-9A-F]{64}$")]
    pub hash: String,
}

/// What became of a transaction.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TxStatus {
    /// Its hash, upper-case hex.
    #[schema(pattern = "^[0-9A-F]{64}$")]
    pub hash: String,
    /// The block that holds it; null while none does, as far as the nodes know.
    pub height: Option<u64>,
    /// 0 for success, or while it is in no block.
    pub code: u32,
    /// Whose code it is; empty for success.
    pub codespace: String,
    /// Why it failed, in plain words; empty for success.
    pub log: String,
    /// Gas it used; 0 while it is in no block.
    pub gas_used: u64,
}
