//! What can go wrong with a key, each with what to do about it. No message repeats what a file or a person
//! said.

use std::io;
use std::path::PathBuf;

use meteor_chain::amounts::counted;
use thiserror::Error;

use super::kms::KmsError;
use super::private::PrivateError;

/// What can go wrong with a key.
#[derive(Debug, Error)]
pub enum KeyError {
    /// A file with a secret can't be read.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// A file can't be written.
    #[error("{} can't be written ({why}): no key was made; check the directory, its rights and its space", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// There is a file where the new key should go.
    #[error("{} exists already and a key is never overwritten: choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The key file is not an age file.
    #[error("{} is not an age file{hint}: give the file that `meteor keygen` wrote", path.display())]
    NotAge {
        /// The file.
        path: PathBuf,
        /// What it is instead, if that is known.
        hint: &'static str,
    },
    /// The key file ends too early.
    #[error("{} is truncated: use another copy of it", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
    },
    /// The key file was edited or damaged.
    #[error("{} was changed after it was made: use another copy of it", path.display())]
    Edited {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase doesn't open the file.
    #[error("the passphrase does not open {}: try again, or if you are sure of it, another copy", path.display())]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The file is opened with an identity, not with a passphrase.
    #[error("{} is not locked with a passphrase: give the identity file that it was made for", path.display())]
    NeedsIdentity {
        /// The file.
        path: PathBuf,
    },
    /// The file is opened with a passphrase, not with an identity.
    #[error("{} is locked with a passphrase: give that instead of an identity file", path.display())]
    NeedsPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// No identity given opens the file.
    #[error("no identity in {} opens {}: give one that the key was made for", identities.display(), path.display())]
    WrongIdentity {
        /// The file.
        path: PathBuf,
        /// The identity file.
        identities: PathBuf,
    },
    /// Not a file of age identities.
    #[error("{} holds no x25519 identity: it must be as `age-keygen` writes it, one AGE-SECRET-KEY-1... a line", path.display())]
    BadIdentity {
        /// The file.
        path: PathBuf,
    },
    /// Not an age recipient.
    #[error("recipient {index} is not an x25519 recipient: it must look like age1...")]
    BadRecipient {
        /// Which of those given, from 1.
        index: usize,
    },
    /// Nobody could open the new key.
    #[error("no recipient was given: nobody could open the key")]
    NoRecipient,
    /// The file asks for more work than a passphrase is worth.
    #[error("opening {} would take more memory than is reasonable: it was not made by `meteor keygen`", path.display())]
    TooMuchWork {
        /// The file.
        path: PathBuf,
    },
    /// The file opens, but holds something else.
    #[error("{} opens, but {what}: give the file that `meteor keygen` wrote", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with what it holds.
        what: &'static str,
    },
    /// The new key can't be encrypted.
    #[error("the key can't be encrypted: no file was written")]
    Encrypt,
    /// The key doesn't belong to the event.
    #[error(
        "this is the key of another event: the commitment to shower {shower} is another ({differing} of {showers} \
         differ); check the key file, the chain id and the contract"
    )]
    OtherEvent {
        /// The first shower whose commitment differs.
        shower: u32,
        /// How many differ.
        differing: usize,
        /// Of how many.
        showers: usize,
    },
    /// Commitments for another number of showers.
    #[error("the event has {}, and the commitments are for {given}", counted(showers, "shower"))]
    Count {
        /// Showers of the event.
        showers: u32,
        /// Commitments given.
        given: usize,
    },
    /// There is nobody to ask for the passphrase.
    #[error("no terminal to ask for the passphrase on ({0}): use a passphrase file")]
    NoTerminal(io::Error),
    /// Somebody pressed Ctrl-C where the passphrase was to be typed.
    #[error("interrupted: no passphrase was typed")]
    Interrupted,
    /// The passphrase can't be used.
    #[error("the passphrase {0}")]
    Passphrase(&'static str),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers: no key was made")]
    Random,
    /// The system doesn't allow the process to be closed to others.
    #[error("core files can't be switched off ({0}): no key is opened in a process that may write one")]
    Harden(io::Error),
    /// The key service.
    #[error(transparent)]
    Kms(#[from] KmsError),
}
