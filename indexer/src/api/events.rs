//! Changes as they happen: server-sent events, one frame for each published view.
//!
//! A slow connection has no queue. Its next frame holds everything that changed since its last one. Frames
//! are rendered once for all connections, which `axum::response::sse` can't do.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use tokio::sync::watch;

use super::Problem;
use crate::app::App;
use crate::port::{Full, Place};
use crate::view::Tell;

/// How often a comment is sent, so that proxies and phones don't drop a quiet connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How far ahead of this server a client's last height may be: it may have heard it from another replica.
const FAR_AHEAD: u64 = 1_000;
const HELLO: &[u8] = b"retry: 3000\n\n";
const COMMENT: &[u8] = b":\n\n";

/// Changes as they happen (server-sent events)
///
/// Each published block sends a frame of events, whose data is JSON. `LiveEvents` among the schemas lists the events by
/// their names, with their data. What happened comes first, in the order of the blocks: contributions, and what became of
/// NFTs, refunds and pauses. `wallet` names each wallet that it concerns, `shower` each shower that changed. `height` ends
/// the frame, and its id is the height.
///
/// A frame tells the newest 40 contributions and the newest 100 other events. If there were more, `missed` says so.
///
/// A client that connects again with `Last-Event-ID` goes on after that height: it hears what happened since, each event
/// once, up to 1,000 of them. If there were more, or they are too long ago for this server, or a node had told something
/// wrong of a block, `missed` says that and what to do. A client that connects for the first time hears of all showers and
/// of no events: it asks the pages.
#[utoipa::path(get, path = "/v1/events", tag = "live",
    params(("last-event-id" = Option<String>, Header,
        description = "The last id the client received; what is no id is as none")),
    responses(
        (status = 200, body = String, content_type = "text/event-stream", description = "The stream"),
        (status = 429, body = Problem, content_type = "application/problem+json",
            description = "Too many live connections of one address"),
        (status = 503, body = Problem, content_type = "application/problem+json",
            description = "Too many live connections"),
    )
)]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let client = client(app.config.address_header.as_ref(), &headers, peer.map(|Extension(peer)| peer));
    let place = app.streams.admit(client).map_err(|full| match full {
        Full::All => Problem::too_many_streams(),
        Full::Address => Problem::too_many_streams_of_one(),
    })?;
    let top = app.view().at.height;
    let seen: Option<u64> = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    // A height far ahead is that of another chain, or of this one before it began anew.
    let seen = seen.filter(|seen| *seen <= top.saturating_add(FAR_AHEAD)).unwrap_or(0);
    let mut heights = app.heights();
    if app.view().at.height > 0 {
        heights.mark_changed(); // sends the first frame at once
    }
    let live = Live { app, heights, seen, told: seen, anew: None, greeted: false, _place: place };
    let frames = stream::unfold(live, |mut live| async {
        let frame = live.next().await?;
        Some((Ok::<_, std::convert::Infallible>(frame), live))
    });
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would hold frames back until its buffer is full.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// The address that a request's connection came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub IpAddr);

/// Whose request it is: what the proxy says if there is one, otherwise the connection's other end. Only the last address
/// is the proxy's word; those before it are the client's.
fn client(header: Option<&HeaderName>, headers: &HeaderMap, peer: Option<Peer>) -> Option<IpAddr> {
    let Some(header) = header else { return peer.map(|Peer(address)| address) };
    let value = headers.get_all(header).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
}

/// One live connection. Dropping it frees its place.
struct Live {
    app: Arc<App>,
    heights: watch::Receiver<u64>,
    /// Height of the last frame.
    seen: u64,
    /// Height up to which events were told. Another replica may have been ahead of this one.
    told: u64,
    /// [`View::anew`] of the last frame; `None` before the first.
    anew: Option<u64>,
    greeted: bool,
    _place: Place,
}

impl Live {
    async fn next(&mut self) -> Option<Bytes> {
        if !self.greeted {
            self.greeted = true;
            return Some(Bytes::from_static(HELLO));
        }
        tokio::select! {
            () = self.app.stop.cancelled() => None,
            changed = self.heights.changed() => {
                changed.ok()?;
                self.heights.mark_unchanged();
                let view = self.app.view();
                let frame = match self.anew {
                    // A block was taken back since: what was heard may be wrong, and is not seen.
                    Some(anew) if anew != view.anew => {
                        view.frame_since(0, Tell::TakenBack(view.at.height.min(self.seen).saturating_sub(1)))
                    }
                    Some(_) if self.seen == view.previous && self.seen > 0 && self.told <= self.seen => {
                        view.frame.clone()
                    }
                    Some(_) => view.frame_since(self.seen, Tell::Resumed(self.told)),
                    None if self.seen == 0 => view.frame_since(0, Tell::None),
                    // The last block before it connected again may have been taken back, too.
                    None => view.frame_since(self.seen.saturating_sub(1), Tell::Resumed(self.told)),
                };
                (self.seen, self.anew) = (view.at.height, Some(view.anew));
                self.told = self.told.max(view.at.height);
                Some(frame)
            }
            () = tokio::time::sleep(KEEP_ALIVE) => Some(Bytes::from_static(COMMENT)),
        }
    }
}
