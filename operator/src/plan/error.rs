//! Why there is no plan.

use meteor_chain::NodeError;
use meteor_rules::metadata::MetadataError;
use thiserror::Error;

use crate::jobs::JobError;

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The nodes don't answer, or refuse what they were asked.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The catalogue is not the event's.
    #[error(transparent)]
    Catalogue(#[from] JobError),
    /// A meteor whose piece can't be rendered.
    #[error("meteor {number} can't be rendered: check that the catalogue is this event's")]
    Unrenderable {
        /// Its number.
        number: u64,
        /// Why.
        #[source]
        source: MetadataError,
    },
    /// A ranking that is longer or shorter than the contract's count.
    #[error(
        "shower {shower} has {contributors} contributors, and the nodes told {told} ranks: ask another node (--node)"
    )]
    Ranks {
        /// Which shower.
        shower: u32,
        /// As the contract counts.
        contributors: u32,
        /// As its ranking was told.
        told: usize,
    },
    /// An open shower that changes faster than its ranking is told.
    #[error(
        "shower {shower} changed whenever its ranking was read: ask a nearer node, or plan the closed showers"
    )]
    Moving {
        /// Which shower.
        shower: u32,
    },
    /// A number beyond what there can be.
    #[error("shower {shower} has impossible numbers: check the contract's address")]
    Impossible {
        /// Which shower.
        shower: u32,
    },
    /// The plan could not be written.
    #[error("the plan could not be written")]
    Write(#[source] std::io::Error),
}
