//! What a meteor holds.
