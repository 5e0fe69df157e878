//! The application below the consensus: state, accounts, bank, contracts, transactions.
pub(crate) mod amino;
pub(crate) mod ante;
pub(crate) mod auth;
pub(crate) mod bank;
pub(crate) mod codes;
pub(crate) mod coins;
pub(crate) mod events;
pub(crate) mod execute;
pub(crate) mod history;
pub(crate) mod msg;
pub(crate) mod protobuf;
pub(crate) mod sign;
pub(crate) mod store;
pub(crate) mod tax;
pub(crate) mod tx;
pub(crate) mod vm;
pub(crate) mod wasm;
