//! What can go wrong with the key service. No message repeats an answer's body: it may hold a key.

use std::path::PathBuf;

use thiserror::Error;

use crate::keys::PrivateError;

/// What can go wrong with the key service.
#[derive(Debug, Error)]
pub enum KmsError {
    /// The configuration is wrong.
    #[error("the key service can't be used: {0}")]
    Config(&'static str),
    /// The service can't be reached.
    #[error("the key service at {endpoint} did not answer: check the network and the endpoint")]
    Unreachable {
        /// The service's address.
        endpoint: String,
        /// Why.
        source: reqwest::Error,
    },
    /// The service is busy or failing, at every attempt.
    #[error("the key service refused {attempts} times in a row ({kind}): try again later; nothing was lost")]
    Busy {
        /// The service's last error type.
        kind: String,
        /// How often the service was asked.
        attempts: u32,
    },
    /// These credentials may not use the key.
    #[error(
        "the key service denies access ({kind}): let this role use kms:{action}, and no other may use the event's key"
    )]
    Denied {
        /// What was asked, as policies name it.
        action: String,
        /// The service's error type.
        kind: String,
    },
    /// The credentials are refused.
    #[error("the key service does not accept the credentials ({kind}): check them, their age and the clock")]
    Credentials {
        /// The service's error type.
        kind: String,
    },
    /// The key can't be used now.
    #[error("the key can't be used as it is ({kind}): enable it, or cancel its deletion at once")]
    KeyState {
        /// The service's error type.
        kind: String,
    },
    /// The key isn't there or isn't of the right kind.
    #[error(
        "this key can't derive the showers' keys ({kind}): give the ARN of an HMAC_256 key in this region"
    )]
    NoSuchKey {
        /// The service's error type.
        kind: String,
    },
    /// Another refusal.
    #[error("the key service refused ({kind}, HTTP status {status})")]
    Refused {
        /// The service's error type.
        kind: String,
        /// Status of the answer.
        status: u16,
    },
    /// The answer can't be read or isn't the right one.
    #[error("the key service sent an unusable answer ({0}): check the endpoint")]
    Malformed(&'static str),
    /// A credentials file can't be used.
    #[error("{} holds no credentials: {what}", path.display())]
    CredentialsFile {
        /// The file.
        path: PathBuf,
        /// What is missing.
        what: String,
    },
    /// A secret file can't be read.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// The credentials endpoint of the container doesn't give any.
    #[error("the container's credentials endpoint gives none ({0}): check that the task has a role")]
    ContainerCredentials(&'static str),
    /// The environment has a part of credentials.
    #[error("the environment has AWS credentials without {0}: set it, or name a file with --kms-credentials")]
    Environment(&'static str),
    /// The metadata service of an EC2 instance gives no credentials.
    #[error(
        "no AWS credentials were found: neither in the environment nor in ~/.aws/credentials, and the metadata service of \
         an EC2 instance gives none ({0}). Name a file with --kms-credentials, or give the machine a role (in a container: \
         with a hop limit of 2)"
    )]
    InstanceCredentials(&'static str),
    /// The token service gives no credentials for the platform's token.
    #[error("the token service gives no credentials for AWS_WEB_IDENTITY_TOKEN_FILE ({0})")]
    WebIdentity(&'static str),
}
