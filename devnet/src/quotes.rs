//! Bare quotes in a request's path: `/tx_search?query="tx.height>5"`. No URI has them, nor `<` and `>`, but Go's servers
//! take them, and so CometBFT's own examples show them. Here they are escaped before the HTTP server reads the request.
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Accepts connections whose GET requests may have them.
pub(crate) struct Quoted(pub(crate) TcpListener);

impl Listener for Quoted {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        (Connection { stream, escape: Escape::default(), left: Vec::new() }, addr)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    escape: Escape,
    /// Escaped, and not read yet.
    left: Vec<u8>,
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.left.is_empty() {
            if this.escape.over() {
                return Pin::new(&mut this.stream).poll_read(cx, buf);
            }
            let mut room = [0; 4096];
            let mut bytes = ReadBuf::new(&mut room);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut bytes))?;
            this.left = this.escape.pass(bytes.filled());
        }
        let rest = this.left.split_off(this.left.len().min(buf.remaining()));
        buf.put_slice(&this.left);
        this.left = rest;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

const GET: &[u8] = b"GET ";
const END: &[u8] = b"\r\n\r\n";

/// Where in a connection's requests the bytes are.
#[derive(Debug, PartialEq, Eq)]
enum Escape {
    /// So many bytes of `GET `.
    Method(usize),
    /// What a GET asks for.
    Line,
    /// A GET's headers, whose last bytes are so many of the empty line that ends them.
    Headers(usize),
    /// Something else than a GET came, maybe with a body, in which a quote is a quote.
    Over,
}

impl Default for Escape {
    fn default() -> Self {
        Self::Method(0)
    }
}

impl Escape {
    fn over(&self) -> bool {
        *self == Self::Over
    }

    fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut passed = Vec::with_capacity(bytes.len());
        for byte in bytes {
            let escaped: &[u8] = match byte {
                b'"' => b"%22",
                b'<' => b"%3C",
                b'>' => b"%3E",
                other => std::slice::from_ref(other),
            };
            passed.extend_from_slice(if *self == Self::Line { escaped } else { std::slice::from_ref(byte) });
            *self = self.after(*byte);
        }
        passed
    }

    fn after(&self, byte: u8) -> Self {
        let next = |expected: &[u8], at: usize| expected.get(at) == Some(&byte);
        match *self {
            Self::Method(at) if next(GET, at) && at.saturating_add(1) == GET.len() => Self::Line,
            Self::Method(at) if next(GET, at) => Self::Method(at.saturating_add(1)),
            // Its end is the first half of an empty line.
            Self::Line if byte == b'\n' => Self::Headers(2),
            Self::Line => Self::Line,
            Self::Headers(at) if next(END, at) && at.saturating_add(1) == END.len() => Self::Method(0),
            Self::Headers(at) if next(END, at) => Self::Headers(at.saturating_add(1)),
            Self::Headers(_) => Self::Headers(usize::from(byte == b'\r')),
            Self::Method(_) | Self::Over => Self::Over,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However the bytes are cut.
    fn passed(text: &str) -> String {
        let whole = Escape::default().pass(text.as_bytes());
        for size in [1, 3, 7] {
            let mut escape = Escape::default();
            let parts: Vec<u8> = text.as_bytes().chunks(size).flat_map(|part| escape.pass(part)).collect();
            assert_eq!(parts, whole);
        }
        String::from_utf8(whole).unwrap()
    }

    #[test]
    fn quotes_are_escaped_where_a_get_asks_and_nowhere_else() {
        let get = "GET /tx?q=\"a\" HTTP/1.1\r\nIf-Match: \"x\"\r\n\r\n";
        let escaped = "GET /tx?q=%22a%22 HTTP/1.1\r\nIf-Match: \"x\"\r\n\r\n";
        assert_eq!(passed(get), escaped);
        assert_eq!(passed(&format!("{get}{get}")), format!("{escaped}{escaped}"), "one after the other");
        assert_eq!(passed("GET /\"a\" HTTP/1.1\r\n\r\n"), "GET /%22a%22 HTTP/1.1\r\n\r\n", "without headers");
        assert_eq!(passed("GET /?q=\"a>5\"&r=<6 HTTP/1.1\r\n"), "GET /?q=%22a%3E5%22&r=%3C6 HTTP/1.1\r\n");
        let post =
            "POST / HTTP/1.1\r\nContent-Length: 31\r\n\r\n{\"a\":\"\r\n\r\n\"}GET /\"b\" HTTP/1.1\r\n\r\n";
        assert_eq!(passed(&format!("{get}{post}")), format!("{escaped}{post}"));
    }
}
