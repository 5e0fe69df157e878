//! `cosmos.bank.v1beta1.Query`.
use cosmos_sdk_proto::cosmos::bank::v1beta1::{
    Params, QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
    QueryDenomMetadataRequest, QueryDenomsMetadataResponse, QueryParamsResponse,
    QuerySpendableBalancesRequest, QuerySpendableBalancesResponse, QuerySupplyOfRequest,
    QuerySupplyOfResponse, QueryTotalSupplyRequest, QueryTotalSupplyResponse,
};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::prost::Message;

use super::page::page;
use super::{QueryError, View, request};
use crate::app::{coins, ledger};
use crate::config::is_denom;
use crate::gowords;

pub(crate) fn query(view: &View<'_>, method: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    let store = &view.past.store;
    Ok(match method {
        "Balance" => {
            let QueryBalanceRequest { address, denom } = request(data)?;
            let address = check(view, &address)?;
            if !is_denom(&denom) {
                return Err(QueryError::Invalid(format!("invalid denom: {denom}")));
            }
            let amount = ledger::balance(store, &address, &denom).to_string();
            QueryBalanceResponse { balance: Some(Coin { denom, amount }) }.encode_to_vec()
        }
        "AllBalances" => {
            let QueryAllBalancesRequest { address, pagination, .. } = request(data)?;
            let (balances, pagination) = page(balances(view, &address)?, pagination);
            QueryAllBalancesResponse { balances, pagination }.encode_to_vec()
        }
        "SpendableBalances" => {
            let QuerySpendableBalancesRequest { address, pagination } = request(data)?;
            let (balances, pagination) = page(balances(view, &address)?, pagination);
            QuerySpendableBalancesResponse { balances, pagination }.encode_to_vec()
        }
        "TotalSupply" => {
            let QueryTotalSupplyRequest { pagination } = request(data)?;
            let all = ledger::supplies(store).iter().map(coins::to_proto).collect();
            let (supply, pagination) = page(all, pagination);
            QueryTotalSupplyResponse { supply, pagination }.encode_to_vec()
        }
        "SupplyOf" => {
            let QuerySupplyOfRequest { denom } = request(data)?;
            let amount = ledger::supply(store, &denom).to_string();
            QuerySupplyOfResponse { amount: Some(Coin { denom, amount }) }.encode_to_vec()
        }
        "DenomMetadata" => {
            let QueryDenomMetadataRequest { denom } = request(data)?;
            return Err(QueryError::NotFound(format!("client metadata for denom {denom}")));
        }
        "DenomsMetadata" => QueryDenomsMetadataResponse::default().encode_to_vec(),
        "Params" => {
            let params = Params { default_send_enabled: true, ..Params::default() };
            QueryParamsResponse { params: Some(params) }.encode_to_vec()
        }
        _ => return Err(QueryError::Unimplemented),
    })
}

/// The address as the ledger has it.
fn check(view: &View<'_>, address: &str) -> Result<String, QueryError> {
    match gowords::bad_address(address, view.app.vm.prefix()) {
        Some(why) => Err(QueryError::Invalid(format!("invalid address: {why}"))),
        None => Ok(address.to_lowercase()),
    }
}

fn balances(view: &View<'_>, address: &str) -> Result<Vec<Coin>, QueryError> {
    let address = check(view, address)?;
    Ok(ledger::balances(&view.past.store, &address).iter().map(coins::to_proto).collect())
}
