//! The jobs of a launch, one file each. Each asks the contract what is left to do and does only that.

mod close;
mod deploy;
mod mint;
mod settle;

pub use close::close;
pub use deploy::{Deployment, deploy};
pub use mint::{MintProgress, mint};
pub use settle::settle;
