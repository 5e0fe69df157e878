//! Where the keys of showers come from.

use std::future::Future;

use meteor_rules::fairness::Domain;

use super::{FileKey, KeyError, KmsKey, MasterKey, ShowerKey};

/// Gives the key of a shower.
pub trait KeySource {
    /// The key of the shower `id`.
    ///
    /// # Errors
    /// If the key is not available.
    fn shower_key(&self, id: &Domain<'_>) -> impl Future<Output = Result<ShowerKey, KeyError>> + Send;
}

/// A key in memory.
impl KeySource for MasterKey {
    async fn shower_key(&self, id: &Domain<'_>) -> Result<ShowerKey, KeyError> {
        Ok(Self::shower_key(self, id))
    }
}

/// The source that the configuration names.
#[derive(Debug)]
pub enum AnyKey {
    /// An age file.
    File(FileKey),
    /// A key service.
    Kms(Box<KmsKey>),
}

impl KeySource for AnyKey {
    async fn shower_key(&self, id: &Domain<'_>) -> Result<ShowerKey, KeyError> {
        match self {
            Self::File(key) => key.shower_key(id).await,
            Self::Kms(key) => key.shower_key(id).await,
        }
    }
}
