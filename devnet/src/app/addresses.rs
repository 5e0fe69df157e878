//! The addresses of contracts.
use cosmwasm_std::{Addr, Api, CanonicalAddr, Storage};
use cw_multi_test::AddressGenerator;
use cw_multi_test::error::AnyResult;
use sha2::{Digest, Sha256};

/// Addresses as wasmd makes them. It counts only the instances made without a salt, from 1; cw-multi-test
/// counts all.
pub(crate) struct WasmdAddresses;

/// How many instances were counted.
const INSTANCES: &[u8] = b"wasm/instances";

impl AddressGenerator for WasmdAddresses {
    fn contract_address(
        &self,
        api: &dyn Api,
        storage: &mut dyn Storage,
        code_id: u64,
        _instance_id: u64,
    ) -> AnyResult<Addr> {
        let last = storage.get(INSTANCES).and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?)));
        let instance_id = last.unwrap_or_default().saturating_add(1);
        storage.set(INSTANCES, &instance_id.to_be_bytes());
        let key =
            [&Sha256::digest(b"module")[..], b"wasm\0", &code_id.to_be_bytes(), &instance_id.to_be_bytes()]
                .concat();
        Ok(api.addr_humanize(&CanonicalAddr::from(&Sha256::digest(key)[..]))?)
    }
}
