//! Closes the process to core files and debuggers before a key enters it.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::KeyError;

/// Switches core files off for this process and its children, for good, and (on Linux) keeps other processes
/// of the same user from reading its memory. Call it before a key is opened.
///
/// # Errors
/// [`KeyError::Harden`] if the system refuses: then no key should be opened.
pub fn harden() -> Result<(), KeyError> {
    let failed = |error: rustix::io::Errno| KeyError::Harden(io::Error::from(error));
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).map_err(failed)?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable).map_err(failed)?;
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    use super::*;

    #[test]
    fn no_core_file_and_no_look_inside() {
        harden().unwrap();
        harden().unwrap();
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
