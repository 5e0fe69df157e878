//! The rules and the published formats, from outside.

mod fairness;
mod odds;
