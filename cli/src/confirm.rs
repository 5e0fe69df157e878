//! Asks before what can't be undone.

use std::io::BufRead;

use anyhow::{Result, ensure};

use crate::out::begin;

/// Asks on `input` for the shower's number: only the number itself means yes. `meaning` says what happens for good.
///
/// # Errors
/// If anything else is answered, or nothing.
pub(crate) fn confirmed(meaning: &str, shower: u32, mut input: impl BufRead) -> Result<()> {
    begin!("{meaning}. This can't be undone; type {shower} to go on: ");
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    ensure!(
        answer.trim() == shower.to_string(),
        "not confirmed, nothing was sent (--yes skips the question)"
    );
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
