//! Whether payees can be paid: one unit to each is simulated, before the launch fixes who they are.

use meteor_chain::NodeError;
use meteor_chain::words::Said;

use super::JobError;
use crate::gas::coins;
use crate::node::Node;
use crate::tx;

/// What a try came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payable {
    /// Payees that the chain refuses to send anything, and its words.
    pub refused: Vec<(String, String)>,
    /// Why it was not tried; `None` if it was.
    pub untried: Option<String>,
}

/// Simulates that the first of `senders` who has any of `denoms`, the first denom before the second, sends one unit to
/// each of `payees`. Nothing is signed, so no key is needed.
///
/// # Errors
/// If no node answers.
pub async fn payable(
    node: &Node,
    senders: &[&str],
    denoms: &[&str],
    payees: &[&str],
) -> Result<Payable, JobError> {
    let Some((sender, denom)) = able(node, senders, denoms).await? else {
        let denoms = denoms.join(" or ");
        let untried = format!("no address of the launch has any {denoms}; send the deployer a little");
        return Ok(Payable { untried: Some(untried), ..Payable::default() });
    };
    let sequence = node.account(sender).await?.value.sequence;
    let mut payable = Payable::default();
    for payee in payees {
        let send = tx::send(sender, payee, &coins(1, denom));
        match node.simulate(tx::unsigned_by_anyone(sequence, vec![send])).await {
            Ok(_) => {}
            // The sender's own trouble says nothing about the payee.
            Err(NodeError::Query(refusal))
                if matches!(refusal.said(), Said::InsufficientFunds | Said::WrongSequence) =>
            {
                payable.untried = Some(refusal.to_string());
            }
            Err(NodeError::Query(refusal)) => {
                payable.refused.push(((*payee).to_owned(), refusal.to_string()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(payable)
}

/// Who can send something, and what.
async fn able<'a>(
    node: &Node,
    senders: &[&'a str],
    denoms: &[&'a str],
) -> Result<Option<(&'a str, &'a str)>, JobError> {
    for denom in denoms {
        for sender in senders {
            if node.balance(sender, denom).await? > 0 {
                return Ok(Some((sender, denom)));
            }
        }
    }
    Ok(None)
}
