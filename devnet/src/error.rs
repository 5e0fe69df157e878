//! Errors: of starting the chain, and of a transaction or query (with a real node's codes).
use thiserror::Error;

/// Why the dev chain could not start, or a control could not be carried out.
#[derive(Debug, Error)]
pub enum DevnetError {
    /// A configuration value makes no sense.
    #[error("configuration: {0}")]
    Config(String),
    /// The mnemonic cannot be used.
    #[error("mnemonic: {0}; it must be 24 English words with a valid checksum")]
    Mnemonic(String),
    /// A listening address cannot be bound.
    #[error("cannot listen on {addr}; is another node running there? Choose another address or port 0")]
    Listen {
        /// The address asked for.
        addr: std::net::SocketAddr,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
    /// The chain's thread has ended: the devnet was shut down.
    #[error("the chain has stopped")]
    Stopped,
    /// The system refused the chain a thread.
    #[error("cannot start the chain's thread")]
    Thread(#[source] std::io::Error),
    /// There is no snapshot with this id (a revert uses it up, and all later ones).
    #[error("no snapshot {0}; a revert uses up its snapshot and all later ones")]
    NoSnapshot(u64),
    /// A control got an argument it cannot use.
    #[error("{0}")]
    Argument(String),
}

/// An error of the application with codespace and code, as in `tx_result` and in an `abci_query` answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{log}")]
pub(crate) struct AppError {
    pub(crate) codespace: &'static str,
    pub(crate) code: u32,
    pub(crate) log: String,
}

impl AppError {
    /// `what` wrapped around a registered error, as the SDK prints it: `what: registered`.
    fn wrap(codespace: &'static str, code: u32, registered: &str, what: impl std::fmt::Display) -> AppError {
        AppError { codespace, code, log: format!("{what}: {registered}") }
    }

    /// An error that no module registered.
    pub(crate) fn plain(what: impl std::fmt::Display) -> AppError {
        AppError { codespace: "undefined", code: 1, log: what.to_string() }
    }

    /// A panic that the SDK caught.
    pub(crate) fn recovered(what: impl std::fmt::Display) -> AppError {
        AppError { codespace: "undefined", code: 111_222, log: format!("recovered: {what}") }
    }

    /// Prefixes the message, as `errorsmod.Wrap` does.
    pub(crate) fn within(self, what: impl std::fmt::Display) -> AppError {
        AppError { log: format!("{what}: {}", self.log), ..self }
    }
}

macro_rules! registered {
    ($($name:ident: $codespace:literal $code:literal $text:literal),* $(,)?) => {
        impl AppError {
            $(pub(crate) fn $name(what: impl std::fmt::Display) -> AppError {
                AppError::wrap($codespace, $code, $text, what)
            })*
        }
    };
}

registered! {
    // Said twice: the decoder wraps its error, and so does who called it.
    tx_decode: "sdk" 2 "tx parse error: tx parse error",
    unauthorized: "sdk" 4 "unauthorized",
    insufficient_funds: "sdk" 5 "insufficient funds",
    unknown_request: "sdk" 6 "unknown request",
    invalid_address: "sdk" 7 "invalid address",
    invalid_pubkey: "sdk" 8 "invalid pubkey",
    unknown_address: "sdk" 9 "unknown address",
    invalid_coins: "sdk" 10 "invalid coins",
    out_of_gas: "sdk" 11 "out of gas",
    memo_too_large: "sdk" 12 "memo too large",
    too_many_signatures: "sdk" 14 "maximum number of signatures exceeded",
    insufficient_fee: "sdk" 13 "insufficient fee",
    invalid_request: "sdk" 18 "invalid request",
    invalid_height: "sdk" 26 "invalid height",
    timeout_height: "sdk" 30 "tx timeout height",
    wrong_sequence: "sdk" 32 "incorrect account sequence",
    not_supported: "sdk" 37 "feature not supported",
    not_found: "sdk" 38 "not found",
    invalid_gas_limit: "sdk" 41 "invalid gas limit",
    create_failed: "wasm" 2 "create wasm contract failed",
    instantiate_failed: "wasm" 4 "instantiate wasm contract failed",
    execute_failed: "wasm" 5 "execute wasm contract failed",
    query_failed: "wasm" 9 "query wasm contract failed",
    migrate_failed: "wasm" 11 "migrate wasm contract failed",
    empty: "wasm" 12 "empty",
    limit: "wasm" 13 "exceeds limit",
    invalid: "wasm" 14 "invalid",
    duplicate: "wasm" 15 "duplicate",
    no_such_contract: "wasm" 22 "no such contract",
    no_such_code: "wasm" 28 "no such code",
    vm: "wasm" 29 "wasmvm error",
}
