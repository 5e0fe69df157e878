//! Contact sheets: pictures of a tier side by side, to look at before a launch commits to them.

use thiserror::Error;
use tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

use crate::collection::{Collection, Kind, Which};
use crate::encode::encode_small;
use crate::picture::PictureError;
use meteor_rules::tier::Tier;

/// Space between pictures (pixels).
const GAP: u32 = 6;

/// Why there is no sheet.
#[derive(Debug, Error)]
pub enum SheetError {
    /// Nothing to show.
    #[error("the collection has no {kind} pictures of the {tier} tier")]
    Nothing {
        /// The kind.
        kind: &'static str,
        /// The tier.
        tier: Tier,
    },
    /// A picture that can't be made.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Too large.
    #[error("the sheet doesn't fit into memory: ask for fewer or smaller pictures")]
    Memory,
}

/// A PNG with `columns` times `rows` pictures of a tier, from the first on.
///
/// # Errors
/// See [`SheetError`].
pub fn sheet(
    collection: &Collection,
    kind: Kind,
    tier: Tier,
    columns: u32,
    rows: u32,
) -> Result<Vec<u8>, SheetError> {
    let there = *collection.pieces(kind).get(tier);
    let count = columns.saturating_mul(rows).min(there);
    if count == 0 {
        return Err(SheetError::Nothing { kind: kind.name(), tier });
    }
    let step = collection.side().saturating_add(GAP);
    let size =
        |many: u32| step.checked_mul(many).and_then(|all| all.checked_add(GAP)).ok_or(SheetError::Memory);
    let rows = count.div_ceil(columns.max(1));
    let mut all = Pixmap::new(size(columns)?, size(rows)?).ok_or(SheetError::Memory)?;
    all.fill(Color::from_rgba8(6, 8, 16, 255));
    for index in 0..count {
        let canvas = collection.pixels(Which { kind, tier, index })?;
        let place = |at: u32| i32::try_from(at * step + GAP).map_err(|_| SheetError::Memory);
        let (x, y) = (place(index % columns)?, place(index / columns)?);
        all.draw_pixmap(x, y, canvas.pixmap.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
    Ok(encode_small(&all).map_err(PictureError::from)?)
}
