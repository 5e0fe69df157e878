//! What the SDK refuses in a transaction's bytes before it decodes them, in its words: unknown fields, and
//! encodings that are not the one of ADR-027 (else one signature would be good for many hashes).

/// Wire types by the names the SDK gives them.
const WIRES: [&str; 6] = ["varint", "fixed64", "bytes", "start_group", "end_group", "fixed32"];
const VARINT: u8 = 0;
const BYTES: u8 = 2;
/// Fields with this bit may be unknown where the SDK allows it.
const NON_CRITICAL: u64 = 1 << 10;
const TRUNCATED: &str = "unexpected EOF";

/// A message's Go type and its fields: number and wire type.
pub(crate) struct Known {
    kind: &'static str,
    fields: &'static [(u64, u8)],
    /// Whether unknown fields without weight are let through.
    lenient: bool,
}

const RAW: Known = Known { kind: "*tx.TxRaw", fields: &[(1, BYTES), (2, BYTES), (3, BYTES)], lenient: false };
/// Without `unordered` (4) and its timeout (5): the dev chain keeps the order, so it refuses them.
pub(crate) const BODY: Known = Known {
    kind: "*tx.TxBody",
    fields: &[(1, BYTES), (2, BYTES), (3, VARINT), (1_023, BYTES), (2_047, BYTES)],
    lenient: true,
};
pub(crate) const AUTH_INFO: Known =
    Known { kind: "*tx.AuthInfo", fields: &[(1, BYTES), (2, BYTES), (3, BYTES)], lenient: false };

/// A varint and its length.
fn varint(bytes: &[u8]) -> Result<(u64, usize), &'static str> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        let part = u64::from(byte & 0x7f);
        let shift = u32::try_from(index).unwrap_or(u32::MAX).saturating_mul(7);
        if index == 9 && part > 1 {
            return Err("variable length integer overflow");
        }
        value |= part.checked_shl(shift).unwrap_or_default();
        if byte & 0x80 == 0 {
            return Ok((value, index.saturating_add(1)));
        }
    }
    Err(if bytes.len() < 10 { TRUNCATED } else { "variable length integer overflow" })
}

/// A field's number, wire type and the length of both.
fn tag(bytes: &[u8]) -> Result<(u64, u8, usize), &'static str> {
    let (tag, length) = varint(bytes)?;
    let number = tag >> 3;
    let wire = u8::try_from(tag & 7).unwrap_or_default();
    if number == 0 || number > 0x1fff_ffff { Err("invalid field number") } else { Ok((number, wire, length)) }
}

/// Length of a field's value, its own length prefix included.
fn value(wire: u8, bytes: &[u8]) -> Result<usize, &'static str> {
    let length = match wire {
        VARINT => varint(bytes)?.1,
        1 => 8,
        BYTES => {
            let (inside, prefix) = varint(bytes)?;
            usize::try_from(inside).unwrap_or(usize::MAX).saturating_add(prefix)
        }
        5 => 4,
        _ => return Err("cannot parse reserved wire type"),
    };
    if length > bytes.len() { Err(TRUNCATED) } else { Ok(length) }
}

fn wire_name(wire: u8) -> String {
    WIRES.get(usize::from(wire)).map_or_else(|| format!("unknown type: {wire}"), ToString::to_string)
}

/// ADR-027 of the outermost message: its fields in order, lengths as short as can be.
pub(crate) fn check_raw(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes;
    let mut before = 0;
    while !rest.is_empty() {
        let invalid = |why: &str| format!("invalid length; {why}");
        let (number, wire, length) = tag(rest).map_err(invalid)?;
        if wire != BYTES {
            return Err(format!("expected {BYTES} wire type, got {wire}"));
        }
        if number < before {
            return Err(format!("txRaw must follow ADR-027, got tagNum {number} after tagNum {before}"));
        }
        before = number;
        rest = rest.get(length..).unwrap_or_default();
        let (inside, read) = varint(rest).map_err(invalid)?;
        let needed =
            (1..=10).find(|bytes| inside.checked_shr(bytes * 7).unwrap_or_default() == 0).unwrap_or(10);
        if usize::try_from(needed).unwrap_or_default() != read {
            return Err(format!(
                "length prefix varint for tagNum {number} is not as short as possible, read {read}, only need {needed}"
            ));
        }
        rest = rest.get(value(wire, rest).map_err(invalid)?..).unwrap_or_default();
    }
    check(bytes, &RAW)
}

/// Unknown fields of the message itself; those inside it are left to the decoder.
pub(crate) fn check(bytes: &[u8], known: &Known) -> Result<(), String> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (number, wire, length) = tag(rest).map_err(|_| "invalid length".to_string())?;
        let wanted = known.fields.iter().find(|(field, _)| *field == number).map(|(_, wire)| *wire);
        let (kind, got) = (known.kind, wire_name(wire));
        match wanted {
            Some(wanted) if wanted != wire => {
                let wanted = wire_name(wanted);
                return Err(format!(
                    "Mismatched {kind:?}: {{TagNum: {number}, GotWireType: {got:?} != WantWireType: {wanted:?}}}"
                ));
            }
            None if !known.lenient || number & NON_CRITICAL == 0 => {
                return Err(format!("errUnknownField {kind:?}: {{TagNum: {number}, WireType:{got:?}}}"));
            }
            _ => {}
        }
        rest = skip(rest, number, wire, length)?;
    }
    Ok(())
}

/// Why bytes are no message of any kind, for those that do not decode.
pub(crate) fn broken(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Ok((number, wire, length)) = tag(rest) else { return Some("invalid length".into()) };
        match skip(rest, number, wire, length) {
            Ok(after) => rest = after,
            Err(why) => return Some(why),
        }
    }
    None
}

fn skip(bytes: &[u8], number: u64, wire: u8, length: usize) -> Result<&[u8], String> {
    let rest = bytes.get(length..).unwrap_or_default();
    let value = value(wire, rest).map_err(|why| {
        let wire = wire_name(wire);
        format!("could not consume field value for tagNum: {number}, wireType: {wire:?}; {why}")
    })?;
    Ok(rest.get(value..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_encoding_only() {
        assert_eq!(check_raw(&[0x0a, 1, 7, 0x12, 0, 0x1a, 0, 0x1a, 0]), Ok(()));
        let why = |bytes: &[u8]| check_raw(bytes).unwrap_err();
        assert_eq!(why(b"nonsense"), "expected 2 wire type, got 6");
        assert_eq!(why(&[0x12, 0, 0x0a, 0]), "txRaw must follow ADR-027, got tagNum 1 after tagNum 2");
        assert_eq!(why(&[0x0a, 5, 0]), "invalid length; unexpected EOF");
        assert!(why(&[0x0a, 0x81, 0x00, 7]).contains("read 2, only need 1"));
        assert_eq!(why(&[0x7a, 0]), r#"errUnknownField "*tx.TxRaw": {TagNum: 15, WireType:"bytes"}"#);
    }

    #[test]
    fn only_what_has_weight_must_be_known() {
        // Field 1024 has no weight, 15 has.
        assert_eq!(check(&[0x82, 0x40, 0], &BODY), Ok(()));
        assert!(check(&[0x7a, 0], &BODY).is_err());
        assert!(check(&[0x82, 0x40, 0], &AUTH_INFO).is_err());
        assert!(check(&[0x1a, 0], &BODY).unwrap_err().starts_with("Mismatched"));
        assert_eq!(broken(&[0xff; 5]).unwrap(), "invalid length");
        assert_eq!(broken(&[0x0a, 0]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = (check_raw(&bytes), check(&bytes, &BODY), check(&bytes, &AUTH_INFO), broken(&bytes));
        }
    }
}
