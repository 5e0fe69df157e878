//! How large the terminal is.

use std::os::fd::AsFd;

use rustix::termios::tcgetwinsize;

/// Its columns and rows; `None` if `output` is no terminal, or one that doesn't say.
pub(crate) fn size(output: impl AsFd) -> Option<(usize, usize)> {
    let size = tcgetwinsize(output).ok()?;
    let (columns, rows) = (usize::from(size.ws_col), usize::from(size.ws_row));
    (columns > 0 && rows > 0).then_some((columns, rows))
}
