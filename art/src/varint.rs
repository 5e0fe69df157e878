//! Numbers as CARs and protobuf write them: seven bits a byte, the lowest first.

use std::io::{self, Read};

/// Appends a number.
pub(crate) fn write(bytes: &mut Vec<u8>, number: u64) {
    let mut buffer = unsigned_varint::encode::u64_buffer();
    bytes.extend_from_slice(unsigned_varint::encode::u64(number, &mut buffer));
}

/// How many bytes a number takes.
pub(crate) fn length(number: u64) -> u64 {
    let mut buffer = unsigned_varint::encode::u64_buffer();
    u64::try_from(unsigned_varint::encode::u64(number, &mut buffer).len()).unwrap_or(u64::MAX)
}

/// The next number; `None` at the end.
///
/// # Errors
/// If it can't be read, ends early, is larger than 64 bits or is not written as short as can be.
pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<u64>> {
    let mut bytes = Vec::with_capacity(10);
    loop {
        let mut byte = [0];
        if from.read(&mut byte)? == 0 {
            return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        bytes.extend_from_slice(&byte);
        if unsigned_varint::decode::is_last(byte[0]) {
            let decoded = unsigned_varint::decode::u64(&bytes);
            return match decoded {
                Ok((number, [])) => Ok(Some(number)),
                Ok(_) | Err(_) => {
                    Err(io::Error::new(io::ErrorKind::InvalidData, "a length that is no number"))
                }
            };
        }
        if bytes.len() >= 10 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a length that is no number"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written_and_in_no_other_way() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            write(&mut bytes, number);
            assert_eq!(length(number), u64::try_from(bytes.len()).unwrap());
            assert_eq!(read(&mut bytes.as_slice()).unwrap(), Some(number));
            bytes.pop();
            assert_eq!(read(&mut bytes.as_slice()).is_err(), !bytes.is_empty());
        }
        assert!(read(&mut [0x80, 0x00].as_slice()).is_err(), "1 in two bytes");
        assert!(read(&mut [0xff; 11].as_slice()).is_err());
    }
}
