//! Whether the chain stands or we can't follow it, once no block has come for a while. Pure.

use std::time::Duration;

use meteor_chain::NodeStatus;

/// Why no block has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// One has, lately.
    Advancing,
    /// Most nodes answer, and none has a later block.
    ChainStands,
    /// A node has a later block, or most don't answer: others may see more than we do. Or no node has the next one.
    CantFollow,
}

/// What it means that nothing has come for `since`, of which less than `enough` means nothing. `height` is ours. `nodes`
/// are asked for only if it may mean something.
pub(crate) fn standing(
    since: Duration,
    enough: Duration,
    height: u64,
    nodes: impl FnOnce() -> Vec<NodeStatus>,
) -> Standing {
    if since < enough {
        return Standing::Advancing;
    }
    let nodes = nodes();
    let answer = |node: &&NodeStatus| node.tip > 0 && node.waiting_ms == 0 && node.last_error.is_none();
    let (answering, ahead) =
        (nodes.iter().filter(answer).count(), nodes.iter().any(|node| node.tip > height));
    if !ahead && answering.saturating_mul(2) > nodes.len() {
        Standing::ChainStands
    } else {
        Standing::CantFollow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn node(tip: u64, error: Option<&str>) -> NodeStatus {
        NodeStatus { tip, last_error: error.map(str::to_owned), ..NodeStatus::default() }
    }

    #[test]
    fn a_chain_that_stands_is_told_from_one_that_cannot_be_followed() {
        let of = |nodes: &[NodeStatus]| standing(LONG, LONG, 7, || nodes.to_vec());
        let (good, down, ahead) = (node(7, None), node(7, Some("refused")), node(8, None));
        assert_eq!(of(std::slice::from_ref(&good)), Standing::ChainStands);
        assert_eq!(of(&[good.clone(), good.clone(), down.clone()]), Standing::ChainStands);
        assert_eq!(of(&[good.clone(), down.clone()]), Standing::CantFollow, "the other may have more");
        assert_eq!(of(std::slice::from_ref(&down)), Standing::CantFollow);
        assert_eq!(of(&[good.clone(), ahead]), Standing::CantFollow);
        assert_eq!(of(&[node(0, None)]), Standing::CantFollow, "it never answered");
        assert_eq!(
            standing(LONG.saturating_sub(Duration::from_secs(1)), LONG, 7, || vec![down]),
            Standing::Advancing
        );
    }
}
