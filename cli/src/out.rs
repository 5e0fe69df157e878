//! What commands say. A reader that went away (`meteor mint | head -1`) or a full disk must not stop a job half-way, as
//! `println!` would by panicking; what could not be written is reported at the end.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Why standard output took no more, unless its reader went away.
static LOST: OnceLock<io::Error> = OnceLock::new();
/// Whether the reader of standard output went away.
static GONE: AtomicBool = AtomicBool::new(false);

/// Whether only errors are said.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From here on [`say!`] says nothing.
pub(crate) fn quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Writes a line to standard output, unless only errors are said.
pub(crate) fn line(text: Arguments<'_>) {
    if !QUIET.load(Ordering::Relaxed) {
        stdout(format_args!("{text}\n"));
    }
}

/// Writes to standard output and goes on, whatever becomes of it.
pub(crate) fn stdout(text: Arguments<'_>) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_fmt(text).and_then(|()| out.flush()) {
        if error.kind() == ErrorKind::BrokenPipe {
            GONE.store(true, Ordering::Relaxed);
        } else {
            LOST.get_or_init(|| error);
        }
    }
}

/// Writes to standard error and goes on: there is nowhere left to complain.
pub fn stderr(text: Arguments<'_>) {
    let _ = io::stderr().lock().write_fmt(text);
}

/// Why some of what was said could not be written; `None` if all was, or nobody wanted the rest.
pub fn lost() -> Option<&'static io::Error> {
    LOST.get()
}

/// Whether nobody reads standard output any more: what only shows something can end.
pub(crate) fn gone() -> bool {
    GONE.load(Ordering::Relaxed)
}

/// Says a line on standard output, unless only errors are said.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::out::line(format_args!($($text)*))
    };
}

/// Says the beginning of a line on standard output.
macro_rules! begin {
    ($($text:tt)*) => {
        $crate::out::stdout(format_args!($($text)*))
    };
}

/// Says a line on standard error: what went wrong, or what is not the command's result.
macro_rules! tell {
    ($($text:tt)*) => {
        $crate::out::stderr(format_args!("{}\n", format_args!($($text)*)))
    };
}

pub(crate) use {begin, say, tell};
