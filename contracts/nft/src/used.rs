//! Ids that were ever used, one bit each, so that a burnt id never returns.
//!
//! Showers are minted in any order, so a counter can't tell used ids from free ones, and looking each token
//! up would cost a read per token and forget burnt ones. A batch of 100 touches one or two rows of 32 bytes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cosmwasm_std::{StdError, StdResult, Storage};

use crate::error::ContractError;
use crate::state::USED;

const IDS_PER_ROW: u64 = 256;

/// The rows that one batch touches, written back by [`Used::save`].
#[derive(Default)]
pub(crate) struct Used {
    rows: BTreeMap<u64, [u8; 32]>,
}

impl Used {
    /// Marks `id` as used.
    ///
    /// # Errors
    /// [`ContractError::IdUsed`] if it was before.
    pub(crate) fn take(&mut self, storage: &dyn Storage, id: u64) -> Result<(), ContractError> {
        let at = id / IDS_PER_ROW;
        let row = match self.rows.entry(at) {
            Entry::Occupied(row) => row.into_mut(),
            Entry::Vacant(free) => free.insert(read(storage, at)?),
        };
        let within = id % IDS_PER_ROW;
        let bit = 1u8 << (within % 8);
        let byte = usize::try_from(within / 8)
            .ok()
            .and_then(|byte| row.get_mut(byte))
            .ok_or_else(|| StdError::generic_err("an id outside its row"))?;
        if *byte & bit != 0 {
            return Err(ContractError::IdUsed { token_id: id });
        }
        *byte |= bit;
        Ok(())
    }

    /// Writes the rows that were touched.
    pub(crate) fn save(self, storage: &mut dyn Storage) {
        for (at, row) in self.rows {
            // The bytes as they are: JSON would spell them out at three times the price.
            storage.set(&USED.key(at), &row);
        }
    }
}

fn read(storage: &dyn Storage, at: u64) -> StdResult<[u8; 32]> {
    match storage.get(&USED.key(at)) {
        None => Ok([0; 32]),
        Some(bytes) => {
            bytes.try_into().map_err(|_| StdError::generic_err("a row of used ids is not 32 bytes long"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::testing::MockStorage;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn every_id_is_taken_once(
            batches in prop::collection::vec(
                prop::collection::vec(prop_oneof![0u64..600, Just(u64::MAX), Just(u64::MAX - 255)], 1..40),
                1..8
            )
        ) {
            let mut storage = MockStorage::new();
            let mut model = BTreeSet::new();
            for batch in batches {
                let mut used = Used::default();
                for id in batch {
                    prop_assert_eq!(used.take(&storage, id).is_ok(), model.insert(id), "id {}", id);
                }
                used.save(&mut storage);
            }
        }
    }

    #[test]
    fn a_batch_that_is_not_saved_takes_nothing() {
        let storage = MockStorage::new();
        Used::default().take(&storage, 7).unwrap();
        assert_eq!(Used::default().take(&storage, 7), Ok(()));
    }
}
