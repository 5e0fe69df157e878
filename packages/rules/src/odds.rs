//! Stub.
/// Most.
pub const MAX_TILT_BP: u32 = 10_000;
