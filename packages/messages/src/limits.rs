//! What the contracts accept at most and at least when an event is made: they refuse anything else, and a launch is checked
//! for it before anyone pays for its deployment.

/// Least and most seconds for minting a shower.
pub const MINT_WINDOW: (u64, u64) = (60, 365 * 24 * 60 * 60);
/// Least seconds for revealing a cracked meteor: with drand quicknet, and with another beacon, which is one for
/// test chains.
pub const REVEAL_TIMEOUT: (u64, u64) = (15 * 60, 60);
/// Most seconds for revealing.
pub const MAX_REVEAL_TIMEOUT: u64 = 365 * 24 * 60 * 60;
/// Longest time that keys may stay secret (seconds): people should live to check a draw.
pub const MAX_KEY_WINDOW: u64 = 5 * 365 * 24 * 60 * 60;
/// Lengths of a denom of the Cosmos SDK.
pub const DENOM: (usize, usize) = (3, 128);
/// Longest name or symbol of a collection (bytes).
pub const MAX_TEXT: usize = 128;
/// The largest royalties (basis points): what cw721 0.22 lets a collection ask for.
pub const MAX_ROYALTY_BP: u32 = 1_000;
