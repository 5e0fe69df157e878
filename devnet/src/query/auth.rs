//! `cosmos.auth.v1beta1.Query`.
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{
    BaseAccount, Params, QueryAccountRequest, QueryAccountResponse, QueryAccountsRequest,
    QueryAccountsResponse, QueryParamsResponse,
};
use cosmos_sdk_proto::prost::{Message, Name};

use super::page::page;
use super::{QueryError, View, request};
use crate::app::auth;
use crate::gowords;

pub(crate) fn query(view: &View<'_>, method: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    Ok(match method {
        "Account" => {
            let QueryAccountRequest { address } = request(data)?;
            if address.is_empty() {
                return Err(QueryError::Invalid("Address cannot be empty".into()));
            }
            if let Some(why) = gowords::bad_address(&address, view.app.vm.prefix()) {
                return Err(QueryError::Plain(why));
            }
            let account = auth::load(&view.past.store, &address.to_lowercase())
                // cosmjs looks for these words to tell a missing account from a broken node.
                .ok_or_else(|| QueryError::NotFound(format!("account {address} not found")))?;
            QueryAccountResponse { account: Some(any(&account.encode_to_vec())) }.encode_to_vec()
        }
        "Accounts" => {
            let QueryAccountsRequest { pagination } = request(data)?;
            let all = view.past.store.with_prefix(auth::PREFIX).map(|(_, value)| any(value)).collect();
            let (accounts, pagination) = page(all, pagination);
            QueryAccountsResponse { accounts, pagination }.encode_to_vec()
        }
        "Params" => {
            let params = Params {
                max_memo_characters: 256,
                tx_sig_limit: 7,
                tx_size_cost_per_byte: 10,
                sig_verify_cost_ed25519: 590,
                sig_verify_cost_secp256k1: 1_000,
            };
            QueryParamsResponse { params: Some(params) }.encode_to_vec()
        }
        _ => return Err(QueryError::Unimplemented),
    })
}

fn any(account: &[u8]) -> Any {
    Any { type_url: BaseAccount::type_url(), value: account.to_vec() }
}
