//! Accounts: their numbers and sequences, and what they have.

use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{
    BaseAccount, ModuleAccount, QueryAccountRequest, QueryAccountResponse,
};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
    QuerySupplyOfRequest, QuerySupplyOfResponse,
};
use cosmos_sdk_proto::cosmos::base::query::v1beta1::PageRequest;
use cosmos_sdk_proto::cosmos::vesting::v1beta1::{BaseVestingAccount, DelayedVestingAccount};
use cosmos_sdk_proto::traits::Message;

use crate::query::{self, Answer};
use crate::{NodeError, Pool};

/// Path of an account's number and sequence.
const ACCOUNT: &str = "/cosmos.auth.v1beta1.Query/Account";

/// Denoms in a page of balances.
const PAGE: u64 = 1_000;
/// Pages of balances that are asked for. Anyone can send an account coins of many denoms.
const PAGES: usize = 10;

/// An account as the chain knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// Its number, fixed when it first received coins.
    pub number: u64,
    /// The sequence that its next transaction must use.
    pub sequence: u64,
}

impl Pool {
    /// An account's number and sequence, and the height of the block after which they are so.
    ///
    /// # Errors
    /// [`NodeError::Query`] for an address that never received coins.
    pub async fn account(&self, address: &str) -> Result<Answer<AccountState>, NodeError> {
        let request = QueryAccountRequest { address: address.to_owned() };
        account_state(self.query(ACCOUNT, &request).await?)
    }

    /// The same of every node that answers.
    ///
    /// # Errors
    /// If none answers.
    pub async fn account_everywhere(&self, address: &str) -> Result<Vec<Answer<AccountState>>, NodeError> {
        let request = QueryAccountRequest { address: address.to_owned() };
        let params = query::params(ACCOUNT, &request, 0);
        let read = |body: &[u8]| account_state(query::answer(body)?);
        let mut found = Vec::new();
        let mut last = NodeError::NoNode;
        for node in self.nodes() {
            match node.ask(query::METHOD, &params, read).await {
                Ok(answer) => found.push(answer),
                Err(error) => last = error,
            }
        }
        if found.is_empty() { Err(last) } else { Ok(found) }
    }

    /// What `address` has of `denom` (micro-denom).
    ///
    /// # Errors
    /// If no node answers.
    pub async fn balance(&self, address: &str, denom: &str) -> Result<u128, NodeError> {
        let request = QueryBalanceRequest { address: address.to_owned(), denom: denom.to_owned() };
        let answer: Answer<QueryBalanceResponse> =
            self.query("/cosmos.bank.v1beta1.Query/Balance", &request).await?;
        let amount = answer.value.balance.map_or_else(|| "0".to_owned(), |coin| coin.amount);
        amount.parse().map_err(|_| NodeError::Malformed(format!("balance {amount}")))
    }

    /// How much of `denom` there is (micro-denom): 0 for one that the chain doesn't have.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn supply(&self, denom: &str) -> Result<u128, NodeError> {
        let request = QuerySupplyOfRequest { denom: denom.to_owned() };
        let answer: Answer<QuerySupplyOfResponse> =
            self.query("/cosmos.bank.v1beta1.Query/SupplyOf", &request).await?;
        let amount = answer.value.amount.map_or_else(|| "0".to_owned(), |coin| coin.amount);
        amount.parse().map_err(|_| NodeError::Malformed(format!("supply {amount}")))
    }

    /// All that `address` has: denoms and amounts, as the chain sorts them.
    ///
    /// # Errors
    /// If no node answers.
    pub async fn balances(&self, address: &str) -> Result<Vec<(String, u128)>, NodeError> {
        let mut balances = Vec::new();
        let mut key = Vec::new();
        for _ in 0..PAGES {
            let pagination = Some(PageRequest { key, limit: PAGE, ..PageRequest::default() });
            let address = address.to_owned();
            let request = QueryAllBalancesRequest { address, pagination, resolve_denom: false };
            let answer: Answer<QueryAllBalancesResponse> =
                self.query("/cosmos.bank.v1beta1.Query/AllBalances", &request).await?;
            for coin in answer.value.balances {
                let amount = coin.amount.parse();
                let amount = amount.map_err(|_| NodeError::Malformed(format!("balance {}", coin.amount)))?;
                balances.push((coin.denom, amount));
            }
            key = answer.value.pagination.map(|page| page.next_key).unwrap_or_default();
            if key.is_empty() {
                break;
            }
        }
        Ok(balances)
    }
}

fn account_state(answer: Answer<QueryAccountResponse>) -> Result<Answer<AccountState>, NodeError> {
    let any = answer.value.account.ok_or_else(|| NodeError::malformed("no account"))?;
    let account = base_account(&any)
        .ok_or_else(|| NodeError::Malformed(format!("an account of type {}", any.type_url)))?;
    let value = AccountState { number: account.account_number, sequence: account.sequence };
    Ok(Answer { value, height: answer.height })
}

/// What accounts of every kind have in common. Those that vest hold it two levels down, whatever they add to it:
/// Terra Classic has a kind of its own.
fn base_account(any: &Any) -> Option<BaseAccount> {
    let bytes = any.value.as_slice();
    match any.type_url.rsplit_once('.').map_or(any.type_url.as_str(), |(_, name)| name) {
        "BaseAccount" => BaseAccount::decode(bytes).ok(),
        "ModuleAccount" => ModuleAccount::decode(bytes).ok()?.base_account,
        "BaseVestingAccount" => BaseVestingAccount::decode(bytes).ok()?.base_account,
        name if name.ends_with("VestingAccount") || name == "PermanentLockedAccount" => {
            DelayedVestingAccount::decode(bytes).ok()?.base_vesting_account?.base_account
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use cosmos_sdk_proto::cosmos::vesting::v1beta1::{
        ContinuousVestingAccount, Period, PeriodicVestingAccount,
    };

    use super::*;

    fn any(type_url: &str, account: &impl Message) -> Any {
        Any { type_url: type_url.to_owned(), value: account.encode_to_vec() }
    }

    #[test]
    fn every_kind_of_account_has_its_sequence() {
        let base = BaseAccount { address: "terra1x".into(), pub_key: None, account_number: 7, sequence: 3 };
        let vesting = BaseVestingAccount {
            base_account: Some(base.clone()),
            original_vesting: vec![],
            delegated_free: vec![],
            delegated_vesting: vec![],
            end_time: 9,
        };
        let continuous =
            ContinuousVestingAccount { base_vesting_account: Some(vesting.clone()), start_time: 5 };
        let periodic = PeriodicVestingAccount {
            base_vesting_account: Some(vesting.clone()),
            start_time: 5,
            vesting_periods: vec![Period { length: 1, amount: vec![] }],
        };
        let module =
            ModuleAccount { base_account: Some(base.clone()), name: "mint".into(), permissions: vec![] };
        for account in [
            any("/cosmos.auth.v1beta1.BaseAccount", &base),
            any("/cosmos.auth.v1beta1.ModuleAccount", &module),
            any("/cosmos.vesting.v1beta1.BaseVestingAccount", &vesting),
            any("/cosmos.vesting.v1beta1.ContinuousVestingAccount", &continuous),
            any("/cosmos.vesting.v1beta1.PermanentLockedAccount", &continuous),
            any("/terra.vesting.v1beta1.LazyGradedVestingAccount", &periodic),
        ] {
            assert_eq!(base_account(&account), Some(base.clone()), "{}", account.type_url);
        }
        // Read as another kind it would have number and sequence 0.
        assert_eq!(base_account(&any("/some.Wrapped", &continuous)), None);
    }
}
