//! Art of an event: pictures made from a collection file, their CIDs, packing, checking and publishing.
//!
//! Nothing here can hold a key, and nothing depends on what meteors secretly contain.

pub mod car;
pub mod check;
pub mod cid;
pub mod collection;
pub mod contents;
pub mod folder;
pub mod generate;
pub mod identify;
pub mod pack;
pub mod picture;
pub mod publish;
pub mod sheet;
pub mod whole;

mod draw;
mod encode;
mod format;
mod layer;
mod unixfs;
mod varint;
