//! The two protobuf messages of a smart query, by hand: two fields and one field don't need a generator.

/// Path of the query.
pub(super) const SMART_QUERY: &str = "/cosmwasm.wasm.v1.Query/SmartContractState";

/// `QuerySmartContractStateRequest { address = 1, query_data = 2 }`.
pub(super) fn smart_request(contract: &str, query: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(contract.len() + query.len() + 8);
    field(&mut bytes, 0x0a, contract.as_bytes());
    field(&mut bytes, 0x12, query);
    bytes
}

/// The `data = 1` of a `QuerySmartContractStateResponse`.
pub(super) fn smart_response(bytes: &[u8]) -> Option<Vec<u8>> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = varint(rest)?;
    (*tag == 0x0a).then_some(rest.get(..usize::try_from(length).ok()?)?.to_vec())
}

fn field(bytes: &mut Vec<u8>, tag: u8, value: &[u8]) {
    bytes.push(tag);
    let mut length = value.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap_or_default());
    bytes.extend_from_slice(value);
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_their_bytes() {
        assert_eq!(smart_request("ab", b"{}"), [0x0a, 2, b'a', b'b', 0x12, 2, b'{', b'}']);
        let long = smart_request("a", &[7; 300]);
        assert_eq!(long.get(3..6), Some(&[0x12, 0xac, 0x02][..]));
    }

    #[test]
    fn responses_are_read_back() {
        let mut bytes = Vec::new();
        field(&mut bytes, 0x0a, &[9; 200]);
        assert_eq!(smart_response(&bytes), Some(vec![9; 200]));
        assert_eq!(smart_response(&[0x0a, 5, 1]), None);
        assert_eq!(smart_response(&[0xff; 20]), None);
        assert_eq!(smart_response(&[]), None);
    }
}
