//! A whole ranking from the contract, page by page.

use meteor_messages::shower::{Cursor, MAX_BATCH, QueryMsg, RankedContributor, RankingResponse};

use crate::error::OperatorError;
use crate::node::Node;

/// Every place of `shower`, rank 1 first. The ranking must be final: the shower is closed.
///
/// # Errors
/// If the node doesn't answer.
pub async fn ranking(
    node: &Node,
    contract: &str,
    shower: u32,
) -> Result<Vec<RankedContributor>, OperatorError> {
    let limit = u32::try_from(MAX_BATCH).ok();
    let mut places: Vec<RankedContributor> = Vec::new();
    loop {
        let start_after = places.last().map(|place| Cursor { amount: place.amount, seq: place.seq });
        let query = QueryMsg::Ranking { shower, start_after, limit, order: None };
        let page: RankingResponse = node.smart(contract, &query).await?;
        if page.ranking.is_empty() {
            return Ok(places);
        }
        places.extend(page.ranking);
    }
}
