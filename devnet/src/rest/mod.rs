//! REST
use crate::chain::node::Node;
use axum::Router;
pub(crate) fn router(_node: Node, extra: Router) -> Router {
    extra
}
