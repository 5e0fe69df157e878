//! What commands say. A reader that went away (`meteor mint | head -1`) or a full disk must not stop a job half-way, as
//! `println!` would by panicking; what could not be written is reported at the end.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;

/// Why standard output took no more, unless its reader went away.
static LOST: OnceLock<io::Error> = OnceLock::new();
/// Whether the reader of standard output went away.
static GONE: AtomicBool = AtomicBool::new(false);

/// Whether only errors are said.
static QUIET: AtomicBool = AtomicBool::new(false);
/// Whether programs read standard output: it has objects only.
static JSON: AtomicBool = AtomicBool::new(false);
/// The bar that stands in the terminal's last line.
static BAR: Mutex<Option<String>> = Mutex::new(None);
/// What takes a line away.
const CLEAR: &str = "\r\x1b[K";

/// From here on [`say!`] says nothing.
pub(crate) fn quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// From here on standard output has one JSON object a line, which [`report!`] writes, and [`say!`] says nothing.
pub(crate) fn json() {
    JSON.store(true, Ordering::Relaxed);
}

/// Whether standard output is for programs.
pub fn is_json() -> bool {
    JSON.load(Ordering::Relaxed)
}

/// Whether lines for people are said.
pub(crate) fn speaks() -> bool {
    !QUIET.load(Ordering::Relaxed) && !is_json()
}

/// Writes a line to standard output, if lines for people are said.
pub(crate) fn line(text: Arguments<'_>) {
    if speaks() {
        stdout(format_args!("{text}\n"));
    }
}

/// Reports what was done: an object with `what` for programs, or else a line for people.
pub fn reported(what: &str, fields: impl FnOnce() -> Value, text: Arguments<'_>) {
    if !is_json() {
        return line(text);
    }
    // Whoever reads a line wants to see first what it is about.
    let fields = fields().to_string();
    let rest = fields.trim_start_matches('{');
    let comma = if rest == "}" { "" } else { "," };
    stdout(format_args!("{{\"what\":\"{what}\"{comma}{rest}\n"));
}

/// Shows `text` in the terminal's last line, below whatever is said, until [`no_bar`]. It is for a terminal only, and has
/// to be shorter than its lines.
pub(crate) fn bar(text: String) {
    let mut bar = locked();
    let _ = write!(io::stderr().lock(), "{CLEAR}{text}");
    *bar = Some(text);
}

/// Takes the bar away.
pub(crate) fn no_bar() {
    if locked().take().is_some() {
        let _ = io::stderr().lock().write_all(CLEAR.as_bytes());
    }
}

fn locked() -> MutexGuard<'static, Option<String>> {
    // Nothing can panic while it is held.
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes `text` above the bar. The beginning of a line takes the bar's place.
fn above_bar(text: &str, write: impl FnOnce(&[u8])) {
    let mut bar = locked();
    if bar.is_some() {
        let _ = io::stderr().lock().write_all(CLEAR.as_bytes());
    }
    write(text.as_bytes());
    match &*bar {
        Some(shown) if text.ends_with('\n') => drop(io::stderr().lock().write_all(shown.as_bytes())),
        Some(_) | None => *bar = None,
    }
}

/// Writes the beginning of a line: a question, or what is waited for.
pub(crate) fn beginning(text: Arguments<'_>) {
    if is_json() { stderr(text) } else { stdout(text) }
}

/// Writes to standard output and goes on, whatever becomes of it.
pub(crate) fn stdout(text: Arguments<'_>) {
    above_bar(&text.to_string(), |text| {
        let mut out = io::stdout().lock();
        if let Err(error) = out.write_all(text).and_then(|()| out.flush()) {
            if error.kind() == ErrorKind::BrokenPipe {
                GONE.store(true, Ordering::Relaxed);
            } else {
                LOST.get_or_init(|| error);
            }
        }
    });
}

/// Writes to standard error and goes on: there is nowhere left to complain.
pub fn stderr(text: Arguments<'_>) {
    above_bar(&text.to_string(), |text| drop(io::stderr().lock().write_all(text)));
}

/// Standard error for the log.
#[derive(Clone, Copy, Debug)]
pub struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        stderr(format_args!("{}", String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Why some of what was said could not be written; `None` if all was, or nobody wanted the rest.
pub fn lost() -> Option<&'static io::Error> {
    LOST.get()
}

/// Whether nobody reads standard output any more: what only shows something can end.
pub(crate) fn gone() -> bool {
    GONE.load(Ordering::Relaxed)
}

/// An error with its causes, without the numbers that the system gives them.
pub fn in_words(error: &anyhow::Error) -> String {
    unnumbered(meteor_chain::with_causes(error.as_ref()))
}

/// A text without the numbers that the system gives its errors.
pub fn unnumbered(mut text: String) -> String {
    while let Some((before, after)) = text.split_once(" (os error ") {
        let Some((_, after)) = after.split_once(')') else { break };
        text = format!("{before}{after}");
    }
    text
}

/// Says a line on standard output, unless only errors are said.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::out::line(format_args!($($text)*))
    };
}

/// Reports what was done: `report!("closed", {"shower": 1}, "shower {shower}: closed")`. The object's fields are listed
/// in docs/operators.md.
macro_rules! report {
    ($what:literal, $fields:tt, $($text:tt)*) => {
        $crate::out::reported($what, || serde_json::json!($fields), format_args!($($text)*))
    };
}

/// As [`report!`], of what went wrong: the line for people is on standard error.
macro_rules! complain {
    ($what:literal, $fields:tt, $($text:tt)*) => {{
        if $crate::out::is_json() {
            $crate::out::reported($what, || serde_json::json!($fields), format_args!(""));
        }
        $crate::out::tell!($($text)*);
    }};
}

/// Says the beginning of a line on standard output.
macro_rules! begin {
    ($($text:tt)*) => {
        $crate::out::beginning(format_args!($($text)*))
    };
}

/// Says a line on standard error: what went wrong, or what is not the command's result.
macro_rules! tell {
    ($($text:tt)*) => {
        $crate::out::stderr(format_args!("{}\n", format_args!($($text)*)))
    };
}

pub(crate) use {begin, complain, report, say, tell};
