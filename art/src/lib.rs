//! Art of an event: pictures made from a collection file, their CIDs, packing, checking and publishing.
//!
//! Nothing here can hold a key, and nothing depends on what meteors secretly contain.

pub mod car;
pub mod check;
pub mod cid;
pub mod collection;
pub mod folder;
pub mod format;
pub mod generate;
pub mod pack;
pub mod picture;
pub mod publish;
pub mod sheet;
pub mod unixfs;

mod draw;
mod encode;
mod layer;
mod varint;
