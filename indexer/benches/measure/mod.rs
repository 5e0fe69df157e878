//! What benchmarks read of their own process: processor time, which a busy machine doesn't distort, and memory.

use std::fs;

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds this thread has been on a processor.
pub fn on_cpu() -> f64 {
    nanoseconds(ClockId::ThreadCPUTime)
}

/// Nanoseconds all threads of this process have been on a processor.
pub fn of_process() -> f64 {
    nanoseconds(ClockId::ProcessCPUTime)
}

fn nanoseconds(clock: ClockId) -> f64 {
    let now = clock_gettime(clock);
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

/// Resident memory in bytes, as Linux tells it.
pub fn resident() -> f64 {
    kilobytes("VmRSS:") * 1024.0
}

/// The most resident memory that this process ever had, in bytes.
pub fn peak() -> f64 {
    kilobytes("VmHWM:") * 1024.0
}

fn kilobytes(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN)
}

/// What `work` gives, and the nanoseconds of processor it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = on_cpu();
    let done = work();
    (done, on_cpu() - start)
}

/// The median.
pub fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}
