//! Art of an event: pictures made from a collection file, their CIDs, packing, checking and publishing.
//!
//! Nothing here can hold a key, and nothing depends on what meteors secretly contain.

pub mod car;
pub mod cid;
pub mod folder;
pub mod pack;
pub mod unixfs;
mod varint;
