//! The page that the showers are halted, at the places that a site is served from. It needs neither chain nor back end.

use anyhow::{Result, ensure};
use meteor_indexer::store::{Files, Place};

/// The page's name. Whatever serves the site shows it for everything while it is there.
pub(crate) const NAME: &str = "halted.html";
/// The page that the edge shows, too: it needs nothing from elsewhere.
pub(crate) const PAGE: &str = include_str!("../../ops/terraform/modules/edge/pages/halted.html");

/// Where a site is served from.
fn open(place: &Place) -> Result<Files> {
    if let Place::Folder(path) = place {
        ensure!(path.is_dir(), "there is no such folder, so nothing is served from it");
    }
    Ok(Files::open(place)?)
}

/// Whether there is such a place, as far as that can be told without writing.
pub(crate) fn look(place: &Place) -> Result<()> {
    open(place).map(|_| ())
}

/// Shows `page` there.
pub(crate) async fn show(place: &Place, page: &[u8]) -> Result<()> {
    Ok(open(place)?.show(NAME, page.to_vec().into(), "text/html; charset=utf-8").await?)
}

/// Takes the page away; it may be gone already.
pub(crate) async fn hide(place: &Place) -> Result<()> {
    Ok(open(place)?.hide(NAME).await?)
}
