//! How a call lies in memory: fields, each its length as 32 bits little-endian and then its bytes.

use crate::answers::Unreadable;

/// The length that stands for a field that there is not.
pub const NONE: u32 = u32::MAX;

/// The fields of a call that were not read yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) const fn new(call: &'a [u8]) -> Self {
        Self(call)
    }

    /// The next field; `None` if it says that there is none.
    pub(crate) fn next(&mut self) -> Result<Option<&'a [u8]>, Unreadable> {
        let (length, rest) = self.0.split_first_chunk().ok_or(Unreadable::Short)?;
        let length = u32::from_le_bytes(*length);
        self.0 = rest;
        if length == NONE {
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(|_| Unreadable::Short)?;
        let (field, rest) = self.0.split_at_checked(length).ok_or(Unreadable::Short)?;
        self.0 = rest;
        Ok(Some(field))
    }

    /// The next field, which has to be there.
    pub(crate) fn required(&mut self, what: &'static str) -> Result<&'a [u8], Unreadable> {
        self.next()?.ok_or(Unreadable::Missing(what))
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Writes a call. `None` for a field longer than 32 bits can say.
pub fn write(fields: &[Option<&[u8]>]) -> Option<Vec<u8>> {
    let mut call = Vec::new();
    for field in fields {
        let length = match field {
            Some(field) => u32::try_from(field.len()).ok().filter(|length| *length != NONE)?,
            None => NONE,
        };
        call.extend(length.to_le_bytes());
        call.extend(field.unwrap_or_default());
    }
    Some(call)
}
