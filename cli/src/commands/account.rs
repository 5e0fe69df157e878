//! `meteor account`: the addresses of a file of words, and new words.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use meteor_operator::keys::{harden, make_words};

use super::Command;
use crate::out::say;
use crate::signing::signer;

/// How many accounts of the words are listed.
const LISTED: u32 = 10;

/// Show the addresses that a file of words signs for, or make new words.
///
/// The words are read from a file and never shown: whoever reads them has the accounts. Keep a copy in a safe
/// place, and give each role a file of its own.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Account {
    /// The file with 24 words (mode 0600; /dev/fd/3 reads descriptor 3)
    file: PathBuf,
    /// Make new words and write them to the file, which must not exist
    #[arg(long)]
    new: bool,
    /// Show only the address of this account of the words
    #[arg(long = "account", value_name = "ACCOUNT")]
    index: Option<u32>,
    /// Prefix of the chain's addresses
    #[arg(long, default_value = "terra")]
    prefix: String,
}

impl Command for Account {
    async fn run(self) -> Result<ExitCode> {
        harden()?;
        if self.new {
            make_words(&self.file)?;
        }
        let address = |index| anyhow::Ok(signer(&self.file, index, &self.prefix)?.address().to_owned());
        if let Some(index) = self.index {
            say!("{}", address(index)?);
            return Ok(ExitCode::SUCCESS);
        }
        for index in 0..LISTED {
            say!("account {index}  {}", address(index)?);
        }
        Ok(ExitCode::SUCCESS)
    }
}
