//! The key that keeps an event's draws secret: made, kept, opened and checked (`docs/keys.md` is the page for
//! people).
//!
//! Only a 32-byte master key exists, in an age file or inside a key service; the key of a shower is its MAC
//! over [`key_message`](meteor_rules::fairness::key::key_message). Nothing here prints, serialises or logs a
//! key.

mod commitments;
mod commitments_file;
mod error;
mod file;
mod harden;
mod keygen;
pub mod kms;
mod passphrase;
mod payload;
mod private;
mod secret;
mod source;
#[cfg(test)]
mod tests;
mod words;

pub use commitments::{Event, commitments, verify};
pub use commitments_file::{CommitmentsError, CommitmentsFile, OtherEvent};
pub use error::KeyError;
pub use file::{FileKey, Unlock};
pub use harden::harden;
pub use keygen::{Created, Protect, keygen, show_commitments};
pub use kms::KmsKey;
pub use passphrase::{Passphrase, PassphraseFile, Prompt, Purpose, words_file};
pub use private::PrivateError;
pub use secret::{MasterKey, ShowerKey};
pub use source::{AnyKey, KeySource};
pub use words::make_words;
