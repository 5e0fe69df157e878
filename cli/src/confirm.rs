//! Asks before what can't be undone.

use std::fmt::Display;
use std::io::BufRead;

use anyhow::{Result, ensure};

use crate::out::begin;

/// Asks on `input` for `word`, such as the shower's number: only the word itself means yes. `meaning` says what happens for
/// good.
///
/// # Errors
/// If anything else is answered, or nothing.
pub(crate) fn confirmed(meaning: &str, word: impl Display, mut input: impl BufRead) -> Result<()> {
    begin!("{meaning}. This can't be undone; type {word} to go on: ");
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    ensure!(answer.trim() == word.to_string(), "not confirmed, nothing was sent (--yes skips the question)");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::confirmed;

    #[test]
    fn only_the_number_itself_confirms() {
        assert!(confirmed("it ends", 3, &b"3\n"[..]).is_ok());
        for answer in [&b""[..], b"\n", b"y\n", b"yes\n", b"33\n", b"03\n", b"4\n"] {
            assert!(confirmed("it ends", 3, answer).is_err(), "{answer:?}");
        }
    }
}
