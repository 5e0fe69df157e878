//! The jobs of a launch, one file each. Each asks the contract what is left to do and does only that.

mod close;
mod crack;
mod deploy;
mod differences;
mod draw;
mod error;
mod halves;
mod hatch;
mod left;
mod mint;
mod payable;
mod publish;
mod read_back;
mod refund;
mod round;
mod sealed;
mod settle;
mod status;

pub use close::close;
pub use crack::crack;
pub use deploy::{Deployment, exists, last_upload, store, upload};
pub use differences::Difference;
pub use draw::draw;
pub use error::JobError;
pub use hatch::{Batch, Hatched, Hatcher, in_custody};
pub use left::Left;
pub(crate) use mint::batch;
pub use mint::{Batches, MintProgress, Minter, committed, mint, mint_in};
pub use payable::{Payable, payable};
pub use publish::publish_key;
pub use read_back::{Asked, Check, read_back};
pub use refund::{LeftOut, Refunds, cancel, refund};
pub use round::{Waiting, round};
pub use sealed::Sealer;
pub use settle::{Withdrawn, settle, unsettled, withdraw};
pub use status::in_a_word;
