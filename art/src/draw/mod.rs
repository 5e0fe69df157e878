//! Drawing: pictures from traits, as pure functions of them and of a seed.

pub(crate) mod canvas;
pub(crate) mod chance;
pub(crate) mod cloud;
pub(crate) mod crystal;
pub(crate) mod dust;
pub(crate) mod egg;
pub(crate) mod meteor;
pub(crate) mod number;
pub(crate) mod rock;
pub(crate) mod sky;
pub(crate) mod space;
pub(crate) mod tone;
