//! Which native contract stands behind each code id.
//!
//! The table is part of the state, so that an upload disappears with a failed transaction or a revert; the
//! keeper that runs the contracts is rebuilt when the state's table is no longer the one it was built from.
use std::io::Read;

use cosmwasm_std::{Addr, Checksum, Empty, Storage};
use cw_multi_test::{ChecksumGenerator, Wasm, WasmKeeper};
use flate2::read::MultiGzDecoder;

use super::addresses::WasmdAddresses;
use super::store::Store;
use crate::config::Code;
use crate::error::AppError;
use crate::gas;

/// Where the table starts; the code id in big endian follows.
const PREFIX: &[u8] = b"wasm/code/";
/// wasmd `MaxWasmSize`, before and after decompression.
pub(crate) const MAX_WASM: usize = 800 * 1024;

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) creator: String,
    /// Index of the contract among those given at the start.
    native: usize,
}

/// All rows, code id 1 first.
pub(crate) fn table(store: &Store) -> Vec<Entry> {
    let rows = store.with_prefix(PREFIX).filter_map(|(_, value)| {
        let (native, creator) = value.split_first_chunk::<8>()?;
        let native = usize::try_from(u64::from_be_bytes(*native)).ok()?;
        Some(Entry { creator: String::from_utf8(creator.to_vec()).ok()?, native })
    });
    rows.collect()
}

/// A new code id for one of the contracts given at the start.
pub(crate) fn add(store: &mut Store, creator: &str, native: usize) -> u64 {
    let count = table(store).len();
    let code_id = u64::try_from(count).unwrap_or(u64::MAX).saturating_add(1);
    let native = u64::try_from(native).unwrap_or(u64::MAX);
    let value = [&native.to_be_bytes()[..], creator.as_bytes()].concat();
    store.set(&[PREFIX, &code_id.to_be_bytes()].concat(), &value);
    code_id
}

/// Gives the known checksums; for codes without one those of cw-multi-test.
struct Checksums(Vec<Option<Checksum>>);

impl ChecksumGenerator for Checksums {
    fn checksum(&self, _creator: &Addr, code_id: u64) -> Checksum {
        let index = code_id.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        let known = index.and_then(|index| *self.0.get(index)?);
        known.unwrap_or_else(|| Checksum::generate(format!("contract code {code_id}").as_bytes()))
    }
}

/// The keeper that runs the contracts of `table`.
pub(crate) fn keeper(table: &[Entry], natives: &[Code]) -> WasmKeeper<Empty, Empty> {
    let rows = || table.iter().filter_map(|entry| Some((entry, natives.get(entry.native)?)));
    let checksums = Checksums(rows().map(|(_, code)| code.checksum).collect());
    let mut keeper =
        WasmKeeper::new().with_address_generator(WasmdAddresses).with_checksum_generator(checksums);
    for (entry, code) in rows() {
        keeper.store_code(Addr::unchecked(&entry.creator), (code.contract)());
    }
    keeper
}

/// What an upload turned out to be.
pub(crate) struct Upload {
    pub(crate) native: usize,
    pub(crate) checksum: Checksum,
    /// Gas of unpacking and compiling.
    pub(crate) gas: u64,
}

/// Finds the contract whose wasm was uploaded, plain or compressed by gzip.
pub(crate) fn recognise(bytes: &[u8], natives: &[Code]) -> Result<Upload, AppError> {
    let mut unpacked = Vec::new();
    let packed = bytes.starts_with(&[0x1f, 0x8b, 0x08]);
    let wasm = if packed {
        // One byte more than allowed shows that it is too much, whatever a bomb would unpack to.
        let limit = u64::try_from(MAX_WASM).unwrap_or(u64::MAX).saturating_add(1);
        MultiGzDecoder::new(bytes)
            .take(limit)
            .read_to_end(&mut unpacked)
            .map_err(|error| AppError::create_failed(format!("uncompress wasm archive: {error}")))?;
        unpacked.as_slice()
    } else {
        bytes
    };
    if wasm.len() > MAX_WASM {
        return Err(AppError::create_failed(format!(
            "uncompress wasm archive: max {MAX_WASM} bytes: exceeds limit"
        )));
    }
    let checksum = Checksum::generate(wasm);
    let native = natives.iter().position(|code| code.checksum == Some(checksum));
    let native = native.ok_or_else(|| AppError::create_failed(unknown(&checksum, natives)))?;
    Ok(Upload { native, checksum, gas: gas::store_code(if packed { bytes.len() } else { 0 }, wasm.len()) })
}

fn unknown(checksum: &Checksum, natives: &[Code]) -> String {
    let known: Vec<_> = natives
        .iter()
        .filter_map(|code| Some(format!("{} = {}", code.name, code.checksum?.to_hex())))
        .collect();
    let known = if known.is_empty() { "none here".into() } else { known.join(", ") };
    format!(
        "the dev chain runs contracts as native code and takes only wasm that it knows by its sha256 ({known}), not {}",
        checksum.to_hex()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const WASM: &[u8] = b"\0asm\x01\0\0\0";

    fn natives() -> Vec<Code> {
        let contract = || -> Box<dyn cw_multi_test::Contract<Empty>> { unreachable!() };
        vec![
            Code::new("plain", contract),
            Code::new("known", contract).with_checksum(Checksum::generate(WASM)),
        ]
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn known_wasm_is_recognised_plain_and_packed() {
        for bytes in [WASM.to_vec(), gzip(WASM)] {
            let upload = recognise(&bytes, &natives()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((upload.native, upload.checksum), (1, Checksum::generate(WASM)));
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_is_known() {
        let refused =
            |bytes: &[u8]| recognise(bytes, &natives()).err().map(|error| error.log).unwrap_or_default();
        let log = refused(b"\0asm");
        assert!(log.contains("native code") && log.contains(&Checksum::generate(WASM).to_hex()), "{log}");
        assert!(log.contains(&Checksum::generate(b"\0asm").to_hex()), "{log}");
        assert!(refused(&[0x1f, 0x8b, 0x08, 1, 2]).starts_with("uncompress wasm archive"));
        assert!(refused(&gzip(&vec![0; 50 * MAX_WASM])).contains("exceeds limit"));
        assert!(refused(&vec![0; MAX_WASM + 1]).contains("exceeds limit"));
    }

    #[test]
    fn the_table_is_state() {
        let mut base = Store::default();
        assert_eq!(add(&mut base, "a", 0), 1);
        let mut branch = base.branch();
        assert_eq!(add(&mut branch, "b", 7), 2);
        assert_eq!(table(&base), [Entry { creator: "a".into(), native: 0 }]);
        assert_eq!(table(&branch).last(), Some(&Entry { creator: "b".into(), native: 7 }));
    }
}
