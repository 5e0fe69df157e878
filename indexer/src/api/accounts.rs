//! Accounts, asked of a node: what a wallet needs for signing.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use meteor_chain::words::Said;

use super::upstream::{asked, fresh, place};
use super::{InPath, Problem};
use crate::address;
use crate::app::App;
use crate::models::{self, Amount};

/// An account's number, sequence and balances, asked of a node
#[utoipa::path(get, path = "/v1/accounts/{address}", tag = "transactions",
    params(("address" = String, Path, description = "Address of the account")),
    responses(
        (status = 200, body = models::Account, description = "The account, also if the chain does not know it yet"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Not an address"),
        (status = 503, body = Problem, content_type = "application/problem+json",
            description = "No node answers, or too many requests: see Retry-After"),
    )
)]
pub(super) async fn account(
    State(app): State<Arc<App>>,
    InPath(address): InPath<String>,
) -> Result<Response, Problem> {
    address::check(&address, &app.config.prefix)
        .map_err(|error| Problem::bad_address(format!("This is not an address: {error}.")))?;
    let _place = place(&app)?;
    let state = match asked(app.pool.account(&address)).await? {
        Ok(answer) => Some(answer.value),
        Err(refusal) if refusal.said() == Said::NoAccount => None,
        Err(refusal) => return Err(Problem::refused(refusal)),
    };
    let balances = asked(app.pool.balances(&address)).await?.map_err(Problem::refused)?;
    let balance = |(denom, amount)| models::Balance { denom, amount: Amount(amount) };
    Ok(fresh(&models::Account {
        exists: state.is_some(),
        account_number: state.map_or(0, |state| state.number).to_string(),
        sequence: state.map_or(0, |state| state.sequence).to_string(),
        balances: balances.into_iter().map(balance).collect(),
        address,
    }))
}
