//! What is inside a key file: a version line, the key, and a check against slips of the hand.

use meteor_rules::fairness::Bytes32;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::MasterKey;

const VERSION: &str = "meteor-shower-key/v1";
const ANY_VERSION: &str = "meteor-shower-key/";
const CHECK_TAG: &[u8] = b"meteor-shower/key-file/v1";
const CHECK_BYTES: usize = 8;

/// Bytes of a payload: the version, the key and the check in hexadecimal, each with its line feed.
pub(super) const LEN: usize = VERSION.len() + 64 + 2 * CHECK_BYTES + 3;

/// The payload of `key`.
pub(super) fn write(key: &MasterKey) -> Zeroizing<Vec<u8>> {
    key.with(|key| {
        let mut hex = Zeroizing::new([0; 64]);
        // The buffer has twice the key's length, so this can't fail.
        let _ = hex::encode_to_slice(key, hex.as_mut());
        let mut payload = Zeroizing::new(Vec::with_capacity(LEN));
        for line in [VERSION.as_bytes(), hex.as_ref(), check(key).as_bytes()] {
            payload.extend_from_slice(line);
            payload.push(b'\n');
        }
        payload
    })
}

/// The key in a payload, or what is wrong with it.
pub(super) fn read(payload: &[u8]) -> Result<MasterKey, &'static str> {
    let mut lines = payload.split(|byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (version, hex, sum, end) = (line(), line(), line(), lines.next());
    if !version.starts_with(ANY_VERSION.as_bytes()) {
        return Err("what it holds is not a key of Meteor Shower");
    }
    if version != VERSION.as_bytes() {
        return Err("the key in it is of a version that this program does not know");
    }
    let mut key: Zeroizing<Bytes32> = Zeroizing::new([0; 32]);
    hex::decode_to_slice(hex, key.as_mut())
        .map_err(|_| "the key in it does not have 64 hexadecimal digits")?;
    if sum != check(&key).as_bytes() {
        return Err("the key in it does not match its checksum");
    }
    if end != Some(b"") || lines.next().is_some() {
        return Err("there is more in it than a key");
    }
    Ok(MasterKey::from_bytes(&key))
}

fn check(key: &Bytes32) -> String {
    let hash = Sha256::new().chain_update(CHECK_TAG).chain_update(key).finalize();
    hex::encode(hash.get(..CHECK_BYTES).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Bytes32 = [0x5a; 32];

    fn payload() -> Vec<u8> {
        write(&MasterKey::from_bytes(&KEY)).to_vec()
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(payload().len(), LEN);
        assert_eq!(read(&payload()).unwrap().with(|key| *key), KEY);
    }

    #[test]
    fn every_truncation_and_every_changed_bit_is_noticed() {
        let payload = payload();
        for len in 0..payload.len() {
            assert!(read(&payload[..len]).is_err(), "{len} bytes");
        }
        for bit in 0..payload.len() * 8 {
            let mut changed = payload.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            // An upper-case digit of the key is the same key.
            if let Ok(key) = read(&changed) {
                assert_eq!(key.with(|key| *key), KEY, "bit {bit}");
                assert!(changed.eq_ignore_ascii_case(&payload), "bit {bit}");
            }
        }
    }

    #[test]
    fn each_mistake_has_its_words() {
        let text = String::from_utf8(payload()).unwrap();
        for (payload, words) in [
            ("a shopping list".to_owned(), "not a key of Meteor Shower"),
            (text.replace("/v1", "/v2"), "of a version"),
            (text.replacen("5a5a", "zz5a", 1), "64 hexadecimal"),
            (text.replacen("5a5a", "5a5b", 1), "checksum"),
            (text.clone() + "\n", "more in it"),
            (text.clone() + "x", "more in it"),
        ] {
            assert!(read(payload.as_bytes()).unwrap_err().contains(words), "{words}");
        }
    }
}
