//! The launch checklist: items as data, each with its evidence, run and rendered for sign-off.

pub(crate) mod list;
pub(crate) mod live;
pub(crate) mod render;
pub(crate) mod run;
pub(crate) mod signoff;

#[cfg(test)]
mod tests;
