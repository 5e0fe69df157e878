//! A link that carries so many bits a second, whatever asks for them.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use futures::stream;

/// Bytes that are sent at once.
const PIECE: usize = 4 << 10;

/// The link, and what it carried.
pub(crate) struct Link {
    bits: f64,
    /// When it is free again.
    free: Mutex<Instant>,
    /// Bytes of answers that it carried.
    pub(crate) sent: AtomicU64,
}

impl Link {
    /// One of so many bits a second.
    pub(crate) fn of(bits: f64) -> Self {
        Self { bits, free: Mutex::new(Instant::now()), sent: AtomicU64::new(0) }
    }

    /// Takes a piece's turn on the link; tells when it has arrived.
    fn send(&self, bytes: usize) -> Instant {
        self.sent.fetch_add(bytes as u64, Ordering::Relaxed);
        let mut free = self.free.lock().unwrap();
        *free = (*free).max(Instant::now()) + Duration::from_secs_f64(bytes as f64 * 8.0 / self.bits);
        *free
    }

    /// An answer that comes over it. Answers on other connections take turns with it.
    pub(crate) fn carry(self: &Arc<Self>, answer: String) -> Body {
        let pieces = stream::unfold((Arc::clone(self), Bytes::from(answer)), async |(link, mut rest)| {
            if rest.is_empty() {
                return None;
            }
            let piece = rest.split_to(PIECE.min(rest.len()));
            tokio::time::sleep_until(link.send(piece.len()).into()).await;
            Some((Ok::<_, Infallible>(piece), (link, rest)))
        });
        Body::from_stream(pieces)
    }
}
