//! Named wallets: `alice` is always the same address, of the length that Terra's wallets have.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, Hrp};
use cosmwasm_std::Addr;
use sha2::{Digest, Sha256};

/// Prefix of the addresses.
pub const PREFIX: &str = "terra";

/// The address of the wallet `name`; a text that is an address already stays as it is.
///
/// # Panics
/// Never: 20 bytes always make an address.
pub fn address(name: &str) -> Addr {
    if is_address(name) {
        return Addr::unchecked(name);
    }
    let hash = Sha256::digest(name.as_bytes());
    let bytes: Vec<u8> = hash.into_iter().take(20).collect();
    let prefix = Hrp::parse(PREFIX).expect("a constant prefix");
    Addr::unchecked(bech32::encode::<Bech32>(prefix, &bytes).expect("20 bytes fit an address"))
}

/// Whether `text` is an address of the suite's chain.
pub fn is_address(text: &str) -> bool {
    CheckedHrpstring::new::<Bech32>(text).is_ok_and(|checked| checked.hrp().as_str() == PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_always_the_same_address() {
        assert_eq!(address("alice"), address("alice"));
        assert_ne!(address("alice"), address("bob"));
        assert_eq!(address("alice").as_str().len(), 44);
        assert_eq!(address(address("alice").as_str()), address("alice"));
        assert!(!is_address("alice"));
    }
}
