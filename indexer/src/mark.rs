//! What is said in the headers of every answer while answers are not what they usually are: old, or one node's word.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use crate::models::ServerState;

/// The server's state, unless it follows.
const STATE: HeaderName = HeaderName::from_static("x-meteor-state");
/// The height from which on one node alone has told the blocks.
const ONE_NODE: HeaderName = HeaderName::from_static("x-meteor-one-node-since");

/// What answers are marked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    state: Option<HeaderValue>,
    one_node: Option<HeaderValue>,
}

impl Mark {
    /// The mark for answers in this state, of blocks that one node alone has told from a height on; `None` if there is
    /// nothing to say.
    pub(crate) fn of(state: ServerState, one_node: Option<u64>) -> Option<Self> {
        let state = (state != ServerState::Following).then(|| HeaderValue::from_static(state.name()));
        let mark = Self { state, one_node: one_node.map(HeaderValue::from) };
        (mark.state.is_some() || mark.one_node.is_some()).then_some(mark)
    }

    /// Marks an answer.
    pub(crate) fn put(&self, answer: &mut Response) {
        for (name, value) in [(STATE, &self.state), (ONE_NODE, &self.one_node)] {
            if let Some(value) = value {
                answer.headers_mut().insert(name, value.clone());
            }
        }
    }
}
