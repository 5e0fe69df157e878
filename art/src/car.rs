//! `CARv1` files: a header with one root, then blocks, each with its CID. Writing knows the length beforehand; reading
//! checks each block against its CID and takes only what we would write, so a damaged file is never taken for a good one.

use std::io::{self, Read, Write};

use cid::Cid;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::cid::{DAG_PB, LARGEST_IMAGE, RAW, of_hash};
use crate::varint;

/// Bytes of a CID as we make them.
const CID_BYTES: usize = 36;
/// The header before and after the root: dag-cbor of `{roots: [CID], version: 1}`.
const BEFORE_ROOT: &[u8] = b"\xa2eroots\x81\xd8\x2a\x58\x25\x00";
const AFTER_ROOT: &[u8] = b"gversion\x01";

/// Why a CAR can't be read.
#[derive(Debug, Error)]
pub enum CarError {
    /// The file can't be read, or ends in the middle.
    #[error("it can't be read, or ends in the middle")]
    Read(#[from] io::Error),
    /// Another header.
    #[error("it does not begin as a CARv1 with one root of this kind does")]
    Header,
    /// A block that can't be one of ours.
    #[error("block {at} has {bytes} bytes, which no block of an image or a directory has")]
    Length {
        /// Which block, from 1.
        at: u64,
        /// How long it claims to be.
        bytes: u64,
    },
    /// A block whose bytes are not what its CID names.
    #[error("block {at} is damaged: its bytes have another hash than its CID")]
    Damaged {
        /// Which block, from 1.
        at: u64,
    },
}

/// Begins a CAR.
///
/// # Errors
/// What writing says.
pub fn begin(to: &mut impl Write, root: &Cid) -> io::Result<()> {
    let header = [BEFORE_ROOT, &root.to_bytes(), AFTER_ROOT].concat();
    let mut length = Vec::new();
    varint::write(&mut length, as_u64(header.len()));
    to.write_all(&length)?;
    to.write_all(&header)
}

/// Adds a block.
///
/// # Errors
/// What writing says.
pub fn add(to: &mut impl Write, cid: &Cid, block: &[u8]) -> io::Result<()> {
    let cid = cid.to_bytes();
    let mut length = Vec::new();
    varint::write(&mut length, as_u64(cid.len()).saturating_add(as_u64(block.len())));
    to.write_all(&length)?;
    to.write_all(&cid)?;
    to.write_all(block)
}

/// Bytes that [`begin`] writes.
pub fn header_length() -> u64 {
    let header = as_u64(BEFORE_ROOT.len() + CID_BYTES + AFTER_ROOT.len());
    varint::length(header).saturating_add(header)
}

/// Bytes that [`add`] writes for a block of so many.
pub fn block_length(bytes: u64) -> u64 {
    let both = bytes.saturating_add(as_u64(CID_BYTES));
    varint::length(both).saturating_add(both)
}

/// A CAR that is being read.
#[derive(Debug)]
pub struct Reader<R> {
    from: R,
    root: Cid,
    /// How many blocks were read.
    at: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the header. `from` should be buffered.
    ///
    /// # Errors
    /// [`CarError::Header`] and [`CarError::Read`].
    pub fn new(mut from: R) -> Result<Self, CarError> {
        let mut header = [0; BEFORE_ROOT.len() + CID_BYTES + AFTER_ROOT.len()];
        if varint::read(&mut from)? != Some(as_u64(header.len())) {
            return Err(CarError::Header);
        }
        from.read_exact(&mut header)?;
        let root = header.strip_prefix(BEFORE_ROOT).and_then(|rest| rest.strip_suffix(AFTER_ROOT));
        let root = root.and_then(ours).ok_or(CarError::Header)?;
        Ok(Self { from, root, at: 0 })
    }

    /// The root that the header names.
    pub const fn root(&self) -> Cid {
        self.root
    }

    /// The next block, whose bytes are what its CID names; `None` at the end.
    ///
    /// # Errors
    /// [`CarError`]. After one nothing more can be read.
    pub fn block(&mut self) -> Result<Option<(Cid, Vec<u8>)>, CarError> {
        let Some(length) = varint::read(&mut self.from)? else { return Ok(None) };
        self.at = self.at.saturating_add(1);
        let at = self.at;
        let bytes = usize::try_from(length).ok().and_then(|length| length.checked_sub(CID_BYTES));
        let bytes = bytes.filter(|bytes| *bytes <= LARGEST_IMAGE);
        let bytes = bytes.ok_or(CarError::Length { at, bytes: length })?;
        let mut cid = [0; CID_BYTES];
        self.from.read_exact(&mut cid)?;
        let mut block = vec![0; bytes];
        self.from.read_exact(&mut block)?;
        let cid = ours(&cid).ok_or(CarError::Damaged { at })?;
        if of_hash(cid.codec(), &Sha256::digest(&block).into()) != cid {
            return Err(CarError::Damaged { at });
        }
        Ok(Some((cid, block)))
    }
}

/// A CID of the two kinds that we write: SHA-256, raw or directory.
fn ours(bytes: &[u8]) -> Option<Cid> {
    let cid = Cid::try_from(bytes).ok()?;
    (cid.to_bytes() == bytes && matches!(cid.codec(), RAW | DAG_PB)).then_some(cid)
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cid::image;

    fn car() -> Vec<u8> {
        let (one, other) = (image(b"one").unwrap().cid, image(&[9; 300]).unwrap().cid);
        let mut car = Vec::new();
        begin(&mut car, &one).unwrap();
        add(&mut car, &one, b"one").unwrap();
        add(&mut car, &other, &[9; 300]).unwrap();
        car
    }

    fn blocks(car: &[u8]) -> Result<Vec<(Cid, Vec<u8>)>, CarError> {
        let mut reader = Reader::new(car)?;
        let mut blocks = Vec::new();
        while let Some(block) = reader.block()? {
            blocks.push(block);
        }
        Ok(blocks)
    }

    #[test]
    fn what_is_written_is_read_and_as_long_as_foretold() {
        let car = car();
        assert_eq!(as_u64(car.len()), header_length() + block_length(3) + block_length(300));
        let read = blocks(&car).unwrap();
        assert_eq!(read.iter().map(|(_, bytes)| bytes.len()).collect::<Vec<_>>(), [3, 300]);
        assert_eq!(Reader::new(car.as_slice()).unwrap().root(), read[0].0);
    }

    #[test]
    fn any_changed_byte_and_any_end_in_the_middle_is_found() {
        let car = car();
        let ends = [
            usize::try_from(header_length()).unwrap(),
            usize::try_from(header_length() + block_length(3)).unwrap(),
        ];
        for end in 0..car.len() {
            assert_eq!(blocks(&car[..end]).is_ok(), ends.contains(&end), "cut at {end}");
        }
        // A root may be any CID, so its own bytes are compared by who knows it.
        let root = 1 + BEFORE_ROOT.len()..1 + BEFORE_ROOT.len() + CID_BYTES;
        for at in (0..car.len()).filter(|at| !root.contains(at)) {
            let mut spoiled = car.clone();
            spoiled[at] ^= 1;
            assert!(blocks(&spoiled).is_err(), "byte {at}");
        }
        let mut huge = car[..usize::try_from(header_length()).unwrap()].to_vec();
        varint::write(&mut huge, u64::MAX);
        assert!(matches!(blocks(&huge), Err(CarError::Length { at: 1, bytes: u64::MAX })));
    }
}
