//! Which transaction of this process may be in a mempool and is in no block yet. A program that is told to stop looks
//! here: before there is one it can end at once.

use std::sync::LazyLock;

use tokio::sync::watch;

static NOW: LazyLock<watch::Sender<Option<String>>> = LazyLock::new(|| watch::Sender::new(None));

/// The hash of the transaction that is under way now; `None` while there is none.
pub fn under_way() -> watch::Receiver<Option<String>> {
    NOW.subscribe()
}

/// A transaction is under way for as long as this lives.
pub(super) struct UnderWay;

impl UnderWay {
    /// The one with this hash.
    pub(super) fn now(hash: &str) -> Self {
        NOW.send_replace(Some(hash.to_owned()));
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        NOW.send_replace(None);
    }
}
