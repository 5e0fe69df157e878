//! Signs of life of what is asked: a body that keeps coming is no reason to ask another node.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

tokio::task_local! {
    static CURRENT: Arc<Progress>;
}

/// When the last sign of life came.
#[derive(Debug)]
pub(crate) struct Progress {
    start: Instant,
    /// Milliseconds after the start.
    last: AtomicU64,
}

impl Progress {
    /// Starts now.
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), last: AtomicU64::new(0) })
    }

    /// Does `work`, whose signs of life are noted here.
    pub(crate) async fn of<T>(self: &Arc<Self>, work: impl Future<Output = T>) -> T {
        CURRENT.scope(Arc::clone(self), work).await
    }

    /// When the last one came.
    pub(crate) fn last(&self) -> Instant {
        self.start + Duration::from_millis(self.last.load(Ordering::Relaxed))
    }

    /// Waits until there was none for as long as `patience`.
    pub(crate) async fn silent(&self, patience: Duration) {
        loop {
            let until = self.last() + patience;
            if Instant::now() >= until {
                return;
            }
            tokio::time::sleep_until(until).await;
        }
    }
}

/// Notes a sign of life of whatever is being done.
pub(crate) fn alive() {
    // Nobody watches what is asked of a node directly.
    let _ = CURRENT.try_with(|progress| {
        let millis = u64::try_from(progress.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        progress.last.store(millis, Ordering::Relaxed);
    });
}
