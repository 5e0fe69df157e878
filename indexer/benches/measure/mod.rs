//! What benchmarks read of their own process: processor time, which a busy machine doesn't distort, and memory.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds this thread has been on a processor.
pub fn on_cpu() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e9 + now.tv_nsec as f64
}

/// Resident memory in bytes, as Linux tells it.
pub fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0
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
