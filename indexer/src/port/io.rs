//! A connection with deadlines. It knows from the bytes alone whether a request's head is under way, an answer is not
//! being read, or nothing goes on, and arms a timer only then: a request that comes and is answered whole costs none.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::{Deadlines, answer};

/// How long a refused client has for reading why.
const FAREWELL: Duration = Duration::from_secs(1);

/// What tells hyper's own answers from ours.
const EMPTY: &[u8] = b"content-length: 0\r\n";

/// What the service tells its connection. Both run in one task, so nothing here needs an order.
#[derive(Debug, Default)]
pub(super) struct Meter {
    calls: AtomicU32,
    busy: AtomicBool,
}

/// While it lives, an answer is being made.
pub(super) struct Busy(Arc<Meter>);

impl Meter {
    /// A head has come whole.
    pub(super) fn called(&self) {
        self.calls.store(self.calls.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }

    /// An answer takes time.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.busy.store(true, Ordering::Relaxed);
        Busy(Arc::clone(self))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Relaxed);
    }
}

type Timer = Pin<Box<Sleep>>;

/// The stream of a connection.
#[derive(Debug)]
pub(super) struct Metered {
    stream: TcpStream,
    meter: Arc<Meter>,
    deadlines: Deadlines,
    /// How many heads had come whole when the present one began; `None` before the first byte.
    head: Option<u32>,
    /// Bytes of the first line of the present head, and whether it has come whole.
    line: usize,
    line_done: bool,
    /// Runs while a head is there in part.
    waiting: Option<Timer>,
    /// Runs while an answer is not being read.
    stalled: Option<Timer>,
    /// Runs always, and is set anew when it ends: to the deadline as of the last byte.
    idle: Timer,
    last: Instant,
    /// Our answer in place of hyper's, and how much of it is written.
    instead: Option<(&'static [u8], usize)>,
}

impl Metered {
    /// Of a new connection.
    pub(super) fn new(stream: TcpStream, meter: Arc<Meter>, deadlines: Deadlines) -> Self {
        Self {
            stream,
            meter,
            deadlines,
            head: None,
            line: 0,
            line_done: false,
            waiting: None,
            stalled: None,
            idle: Box::pin(sleep(deadlines.head.min(deadlines.idle))),
            last: Instant::now(),
            instead: None,
        }
    }

    /// Whether a head has begun and not come whole.
    fn in_head(&self) -> bool {
        self.head == Some(self.meter.calls.load(Ordering::Relaxed))
            && !self.meter.busy.load(Ordering::Relaxed)
    }

    fn came(&mut self, bytes: &[u8]) {
        self.last = Instant::now();
        if self.meter.busy.load(Ordering::Relaxed) {
            return; // the body of a request
        }
        if !self.in_head() {
            self.head = Some(self.meter.calls.load(Ordering::Relaxed));
            self.line = 0;
            self.line_done = false;
            self.waiting = None;
        }
        if !self.line_done {
            let end = bytes.iter().position(|byte| *byte == b'\n');
            self.line = self.line.saturating_add(end.unwrap_or(bytes.len()));
            self.line_done = end.is_some();
        }
    }

    /// Nothing came: whether it has taken too long.
    fn overdue(&mut self, cx: &mut Context<'_>) -> bool {
        if self.in_head() {
            let head = self.deadlines.head;
            let timer = self.waiting.get_or_insert_with(|| Box::pin(sleep(head)));
            return timer.as_mut().poll(cx).is_ready();
        }
        while self.idle.as_mut().poll(cx).is_ready() {
            // A client that has sent nothing at all isn't kept as long as one that may come back.
            let most = if self.head.is_some() { self.deadlines.idle } else { self.deadlines.head };
            // A node may take its time, and has a deadline of its own.
            let from = if self.meter.busy.load(Ordering::Relaxed) { Instant::now() } else { self.last };
            let until = from.checked_add(most).unwrap_or(from);
            if until <= Instant::now() {
                return true;
            }
            self.idle.set(sleep_until(until));
        }
        false
    }

    /// What was written, with the deadline for reading it.
    fn progress(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            self.last = Instant::now();
            return written;
        }
        let most = self.deadlines.stalled;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(most)));
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }

    /// If hyper answers a bad head with `bytes`: our answer in place of it.
    fn instead(&self, bytes: &[u8]) -> Option<(&'static [u8], usize)> {
        if self.instead.is_some() {
            return self.instead;
        }
        let status = bytes.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
        let ours = !matches!(status, b"400" | b"414" | b"431") || !self.in_head();
        // An answer of ours with such a status has a body.
        let empty = !ours && bytes.windows(EMPTY.len()).any(|part| part == EMPTY);
        empty.then(|| (answer::bad_head(status, self.line), 0))
    }

    /// Writes our answer and says that hyper's `whole` bytes are written.
    fn write_instead(
        &mut self,
        cx: &mut Context<'_>,
        (bytes, mut at): (&'static [u8], usize),
        whole: usize,
    ) -> Poll<io::Result<usize>> {
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let written = Pin::new(&mut self.stream).poll_write(cx, rest);
            match self.progress(cx, written) {
                Poll::Ready(Ok(0)) => break,
                Poll::Ready(Ok(written)) => at = at.saturating_add(written),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.instead = Some((bytes, at));
                    return Poll::Pending;
                }
            }
        }
        self.instead = Some((bytes, bytes.len()));
        Poll::Ready(Ok(whole))
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) => {
                let bytes = buffer.filled().get(before..).unwrap_or_default();
                if !bytes.is_empty() {
                    self.came(bytes);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending if self.overdue(cx) => {
                // Unless an answer is still on its way. All of it fits into the socket's buffer, or the client
                // doesn't read anyway.
                if self.in_head() && self.stalled.is_none() {
                    let _ = Pin::new(&mut self.stream).poll_write(cx, answer::slow_head());
                }
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(instead) = self.instead(bytes) {
            return self.write_instead(cx, instead, bytes.len());
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.progress(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let Some(instead) = bytes.first().and_then(|bytes| self.instead(bytes)) {
            let whole = bytes.iter().fold(0usize, |sum, bytes| sum.saturating_add(bytes.len()));
            return self.write_instead(cx, instead, whole);
        }
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.progress(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_shutdown(cx);
        if self.instead.is_none() || !matches!(done, Poll::Ready(Ok(()))) {
            return done;
        }
        // What a client still sends is read for a moment: otherwise the system tells it that the connection broke,
        // perhaps before it has read why.
        let timer = self.waiting.get_or_insert_with(|| Box::pin(sleep(FAREWELL)));
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        loop {
            let mut scratch = [0; 4096];
            let mut buffer = ReadBuf::new(&mut scratch);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// Tells a client in these bytes that it isn't served, and ends its connection.
pub(super) async fn refuse(mut stream: TcpStream, why: &'static [u8]) {
    let farewell = async {
        stream.write_all(why).await?;
        stream.shutdown().await?;
        let mut scratch = [0; 1024];
        while stream.read(&mut scratch).await? > 0 {}
        io::Result::Ok(())
    };
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}
