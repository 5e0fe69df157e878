//! Accounts: number, sequence and public key of each address, kept in the state like everything else.
use cosmos_sdk_proto::cosmos::auth::v1beta1::BaseAccount;
use cosmos_sdk_proto::prost::Message;
use cosmwasm_std::Storage;

const NEXT: &[u8] = b"auth/next";

/// Where accounts start; the address follows.
pub(crate) const PREFIX: &[u8] = b"auth/account/";

fn key(address: &str) -> Vec<u8> {
    [PREFIX, address.as_bytes()].concat()
}

pub(crate) fn load(store: &dyn Storage, address: &str) -> Option<BaseAccount> {
    // What is in the state was written by `save`, so it decodes.
    BaseAccount::decode(store.get(&key(address))?.as_slice()).ok()
}

pub(crate) fn save(store: &mut dyn Storage, account: &BaseAccount) {
    store.set(&key(&account.address), &account.encode_to_vec());
}

/// The account of `address`, made with the next number if this is its first coin or contract.
pub(crate) fn ensure(store: &mut dyn Storage, address: &str) -> BaseAccount {
    if let Some(account) = load(store, address) {
        return account;
    }
    let number = store
        .get(NEXT)
        .and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?)))
        .unwrap_or_default();
    store.set(NEXT, &number.saturating_add(1).to_be_bytes());
    let account = BaseAccount { address: address.into(), account_number: number, ..BaseAccount::default() };
    save(store, &account);
    account
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::store::Store;

    #[test]
    fn numbers_count_up_and_stay() {
        let mut store = Store::default();
        assert_eq!(load(&store, "a"), None);
        assert_eq!(ensure(&mut store, "a").account_number, 0);
        assert_eq!(ensure(&mut store, "b").account_number, 1);
        assert_eq!(ensure(&mut store, "a").account_number, 0);
    }
}
