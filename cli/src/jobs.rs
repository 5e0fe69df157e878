//! The operator's commands, one file each: `keygen`, `close`, `draw`, `mint`, `hatch`, `publish-key`. Each asks the contract what
//! is left to do, can be run twice, and reads keys from private files only: never from arguments or the environment.

mod close;
mod draw;
mod hatch;
mod keygen;
mod mint;
mod publish;
mod secrets;

pub use self::close::{Close, close};
pub use self::draw::{Draw, draw};
pub use self::hatch::{Hatch, hatch};
pub use self::keygen::{Keygen, make_key};
pub use self::mint::{Mint, mint};
pub use self::publish::{PublishKey, publish_key};
pub use self::secrets::Secrets;
