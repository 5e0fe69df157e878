//! The chain that the end-to-end tests run on: the dev chain, or a real node named by `METEOR_CHAIN`.

use std::env;

/// Names the chain: `devnet` (as when unset), `taxed`, `0.61`, `0.46` or `terrad`.
pub const VARIABLE: &str = "METEOR_CHAIN";

/// A real node that `scripts/node/node.py` can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// wasmd 0.61: SDK 0.53, `CometBFT` 0.38, as Terra Classic 4.x.
    Wasmd061,
    /// wasmd 0.46: SDK 0.47, `CometBFT` 0.37, as Terra Classic 3.x.
    Wasmd046,
    /// A `terrad` of the user's, named by `TERRAD`.
    Terrad,
}

impl Generation {
    /// What `node.py` calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wasmd061 => "0.61",
            Self::Wasmd046 => "0.46",
            Self::Terrad => "terrad",
        }
    }
}

/// Where a test takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The dev chain: in this process, time passes when the test says so.
    Devnet,
    /// The same with Terra Classic's tax on transfers.
    Taxed,
    /// A real node: time passes by itself.
    Real(Generation),
}

impl Target {
    /// The chain that `METEOR_CHAIN` names.
    ///
    /// # Panics
    /// If it names none of ours: a typo must not run the tests on another chain.
    pub fn from_env() -> Self {
        match env::var(VARIABLE).as_deref() {
            Err(env::VarError::NotPresent) | Ok("" | "devnet") => Self::Devnet,
            Ok("taxed") => Self::Taxed,
            Ok("0.61") => Self::Real(Generation::Wasmd061),
            Ok("0.46") => Self::Real(Generation::Wasmd046),
            Ok("terrad") => Self::Real(Generation::Terrad),
            other => panic!("{VARIABLE} is {other:?}, not devnet, taxed, 0.61, 0.46 or terrad"),
        }
    }

    /// Whether the test `name`, which needs what only the dev chain can do, must be skipped; prints why.
    pub fn lacks(self, name: &str, what: &str) -> bool {
        let lacks = matches!(self, Self::Real(_));
        if lacks {
            println!("{name} is skipped on {self:?}: {what}");
        }
        lacks
    }

    /// The lengths of an event here.
    pub const fn pace(self) -> Pace {
        match self {
            Self::Devnet | Self::Taxed => Pace {
                before: 100,
                length: 1000,
                mint_window: 3600,
                crack_window: 7200,
                key_window: 86_400,
                reveal_timeout: 3600,
            },
            // Long enough for a busy machine with two cores, short enough to wait for.
            Self::Real(_) => Pace {
                before: 10,
                length: 20,
                mint_window: 60,
                crack_window: 150,
                key_window: 210,
                reveal_timeout: 90,
            },
        }
    }
}

/// Lengths of an event (seconds): on a real node they are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From the launch to the opening of shower 1.
    pub before: u64,
    /// Length of a shower.
    pub length: u64,
    /// After a shower's end, until which it must be minted.
    pub mint_window: u64,
    /// After a shower's end, until which its key stays secret.
    pub crack_window: u64,
    /// After a shower's end, until which its key must be published.
    pub key_window: u64,
    /// That a cracked meteor may wait to be revealed.
    pub reveal_timeout: u64,
}
