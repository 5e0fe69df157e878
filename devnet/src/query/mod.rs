//! gRPC queries by path, as `abci_query` and the REST API ask them.
mod auth;
mod bank;
pub(crate) mod node;
mod page;
pub(crate) mod tax;
mod tendermint;
mod tx;
mod wasm;

use cosmos_sdk_proto::prost::Message;
use thiserror::Error;

use crate::app::execute::App;
use crate::chain::produce::{Chain, Past};
use crate::error::AppError;
use crate::{absent, gowords};

/// Why a query has no answer; each kind has its own code in ABCI and its own status in REST.
#[derive(Debug, Error)]
pub(crate) enum QueryError {
    /// gRPC `InvalidArgument`.
    #[error("{0}")]
    Invalid(String),
    /// What a query made of Go's own words.
    #[error("{0}")]
    Plain(String),
    /// A simulation that failed, wrapped as the SDK does.
    #[error("{0}")]
    Simulation(String),
    /// gRPC `NotFound`.
    #[error("{0}")]
    NotFound(String),
    /// No such path.
    #[error("unknown query path")]
    Unimplemented,
    /// No such path, because the dev chain lacks the module.
    #[error("unknown query path ({0})")]
    Absent(String),
    /// Not even a path.
    #[error("no query path provided")]
    NoPath,
    /// An error of a module, gRPC `Unknown`.
    #[error(transparent)]
    App(#[from] AppError),
    /// Refused before any module was asked: the height.
    #[error(transparent)]
    Height(AppError),
}

impl QueryError {
    /// As baseapp turns it into an ABCI answer.
    pub(crate) fn into_app(self) -> AppError {
        match self {
            QueryError::Invalid(text) => {
                AppError::invalid_request(format!("rpc error: code = InvalidArgument desc = {text}"))
            }
            QueryError::Plain(text) => AppError::invalid_request(text),
            QueryError::Simulation(text) => {
                AppError::unknown_request(format!("rpc error: code = Unknown desc = {text}"))
            }
            QueryError::NotFound(text) => AppError {
                codespace: "sdk",
                code: 22,
                log: format!("rpc error: code = NotFound desc = {text}: key not found"),
            },
            QueryError::Unimplemented => AppError::unknown_request("unknown query path"),
            QueryError::Absent(hint) => AppError::unknown_request(format!("unknown query path ({hint})")),
            QueryError::NoPath => AppError::unknown_request("no query path provided"),
            QueryError::App(error) => AppError::unknown_request(error.log),
            QueryError::Height(error) => error,
        }
    }
}

/// What a module sees: the application and the state at the height asked for.
pub(crate) struct View<'a> {
    pub(crate) app: &'a App,
    pub(crate) past: &'a Past,
}

/// A value and the height it holds at.
pub(crate) struct Answer {
    pub(crate) value: Vec<u8>,
    pub(crate) height: u64,
}

/// Answers `path` at `height`; 0 is the tip.
pub(crate) fn query(chain: &Chain, path: &str, data: &[u8], height: u64) -> Result<Answer, QueryError> {
    if path.is_empty() {
        return Err(QueryError::NoPath);
    }
    // Transactions are not part of the state.
    if let Some(method) = path.strip_prefix("/cosmos.tx.v1beta1.Service/") {
        let value = tx::query(chain, method, data)?;
        return Ok(Answer { value, height: chain.tip().height });
    }
    let past = chain.at(height).map_err(QueryError::Height)?;
    let view = View { app: &chain.app, past };
    let value = match path.rsplit_once('/') {
        Some(("/cosmos.auth.v1beta1.Query", method)) => auth::query(&view, method, data),
        Some(("/cosmos.bank.v1beta1.Query", method)) => bank::query(&view, method, data),
        Some(("/cosmwasm.wasm.v1.Query", method)) => wasm::query(&view, method, data),
        Some(("/terra.tax.v1beta1.Query", method)) => tax::tax(&view, method),
        Some(("/terra.treasury.v1beta1.Query", method)) => tax::treasury(&view, method, data),
        Some(("/cosmos.base.tendermint.v1beta1.Service", method)) => {
            tendermint::query(chain, &view, method, data)
        }
        Some(("/cosmos.base.node.v1beta1.Service", "Config")) => Ok(node::config(&view)),
        // A message without fields, as of an empty list.
        _ if absent::lists_nothing(path) => Ok(Vec::new()),
        Some(("/cosmos.staking.v1beta1.Query", "Delegation")) => {
            Err(QueryError::NotFound("the dev chain has no staking, so no delegation".into()))
        }
        _ => Err(absent::hint(path).map_or(QueryError::Unimplemented, QueryError::Absent)),
    }?;
    Ok(Answer { value, height: past.block.height })
}

fn request<M: Message + Default>(data: &[u8]) -> Result<M, QueryError> {
    M::decode(data).map_err(|error| QueryError::Plain(gowords::protobuf(&error)))
}
