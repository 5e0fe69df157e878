//! `meteor account`: the addresses of a file of words, and new words.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use meteor_operator::keys::{harden, make_words};

use crate::signing;

/// How many accounts of the words are listed.
const LISTED: u32 = 10;

/// Say which addresses a file of words signs for, or make new words.
///
/// The words are read from a file and never shown: who reads them has the accounts. Keep a copy where nobody else
/// comes, and give each role a file of its own.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The file with 24 words (mode 0600; /dev/fd/3 reads descriptor 3)
    pub file: PathBuf,
    /// Make new words and write them to the file, which must not exist
    #[arg(long)]
    pub new: bool,
    /// Say only the address of this account of the words
    #[arg(long)]
    pub account: Option<u32>,
    /// Prefix of the chain's addresses
    #[arg(long, default_value = "terra")]
    pub prefix: String,
}

/// Runs `meteor account`.
///
/// # Errors
/// If the file can't be read or made, or holds no words.
pub fn run(options: &Options) -> Result<ExitCode> {
    harden()?;
    if options.new {
        make_words(&options.file)?;
    }
    let address = |index| {
        Ok::<_, anyhow::Error>(signing::signer(&options.file, index, &options.prefix)?.address().to_owned())
    };
    if let Some(index) = options.account {
        println!("{}", address(index)?);
        return Ok(ExitCode::SUCCESS);
    }
    for index in 0..LISTED {
        println!("account {index}  {}", address(index)?);
    }
    Ok(ExitCode::SUCCESS)
}
