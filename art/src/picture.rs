//! One picture: what a piece is, its layers on top of each other, and the pixels as a PNG.

use meteor_rules::tier::Tier;
use thiserror::Error;

use crate::collection::{Collection, Kind, Palettes, Which};
use crate::draw::canvas::Canvas;
use crate::draw::chance::Chance;
use crate::draw::meteor::{self, Look, Streams};
use crate::draw::tone::Tones;
use crate::encode::{EncodeError, encode};

/// Why a picture can't be made.
#[derive(Debug, Error)]
pub enum PictureError {
    /// Its pixels don't fit into memory.
    #[error("a picture of {side} x {side} pixels does not fit into memory: write a smaller size")]
    Memory {
        /// Its side (pixels).
        side: u32,
    },
    /// A template that makes no SVG with this piece's values.
    #[error("a layer can't be drawn with the values of this piece: {0}")]
    Layer(String),
    /// It can't be encoded.
    #[error("it can't be encoded")]
    Encode(#[from] EncodeError),
}

/// What a piece is, by name.
pub(crate) struct Facts<'a> {
    pub(crate) collection: &'a Collection,
    pub(crate) which: Which,
    /// The values of the art's columns, as shown.
    values: Vec<(&'a str, String)>,
    /// The numbers behind them.
    numbers: Vec<u32>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(collection: &'a Collection, which: Which) -> Self {
        let numbers = match which.kind {
            Kind::Meteor => collection.traits(which.tier, which.index),
            Kind::Egg | Kind::Dust => Vec::new(),
        };
        let shown = |(column, number): (&'a meteor_rules::metadata::Column, &u32)| {
            (column.trait_type.as_str(), crate::collection::shown(&column.values, *number))
        };
        let values = collection.art_columns().zip(&numbers).map(shown).collect();
        Self { collection, which, values, numbers }
    }

    fn plain(&self, name: &str) -> Option<String> {
        match name {
            "tier" => Some(self.which.tier.to_string()),
            "index" => Some(self.which.index.to_string()),
            _ => self.values.iter().find(|(column, _)| *column == name).map(|(_, value)| value.clone()),
        }
    }

    /// The value of a name: a trait, `tier`, `index`, a tone such as `tier.light`, or `random.NAME` from 0 to 359.
    pub(crate) fn value(&self, name: &str) -> String {
        match name.rsplit_once('.') {
            Some(("random", _)) => self.chance(name).below(360).to_string(),
            Some((column, which)) => {
                let value = self.plain(column).unwrap_or_default();
                let [light, middle, dark] =
                    self.palettes().tones(column, &value).unwrap_or([crate::draw::tone::WHITE; 3]);
                let tone = match which {
                    "light" => light,
                    "dark" => dark,
                    _ => middle,
                };
                tone.to_string()
            }
            None => self.plain(name).unwrap_or_default(),
        }
    }

    fn palettes(&self) -> &Palettes {
        &self.collection.palettes
    }

    /// The stream of this piece for a purpose.
    pub(crate) fn chance(&self, purpose: &str) -> Chance {
        let Which { kind, tier, index } = self.which;
        Chance::new(&self.collection.seed, kind.name(), tier, index, purpose)
    }

    /// The tones of a column's value, if the piece has one and it has a palette.
    fn tones(&self, column: &str) -> Option<Tones> {
        self.palettes().tones(column, &self.plain(column)?)
    }

    /// The number of a column between the least and the most that the collection gives, as from 0 to 1.
    fn share(&self, column: &str) -> f32 {
        let place = self.values.iter().position(|(name, _)| *name == column);
        let number = place.and_then(|place| self.numbers.get(place));
        let range = place.and_then(|place| self.collection.range(place));
        let (Some(number), Some((from, to))) = (number, range) else { return 0.5 };
        let real = |whole: u32| f32::from(u16::try_from(whole).unwrap_or(u16::MAX));
        (real(*number) - real(from)) / (real(to) - real(from)).max(1.0)
    }
}

/// Draws what the program draws for the piece's kind.
pub(crate) fn draw(canvas: &mut Canvas, facts: &Facts<'_>) {
    let tier: Tier = facts.which.tier;
    let of = |purpose: &str| facts.chance(purpose);
    let air = facts.palettes().tier(tier);
    match facts.which.kind {
        Kind::Meteor => {
            let columns = facts.collection.art_columns().map(|column| column.trait_type.as_str());
            let crystals =
                columns.filter(|name| name.starts_with("crystal")).filter_map(|name| facts.tones(name));
            let look = Look {
                tier,
                air,
                rock: facts.tones("origin").unwrap_or(air),
                essence: facts.tones("essence").unwrap_or(air),
                crystals: crystals.take(3).collect(),
                weight: facts.share("weight").sqrt(),
                distance: facts.share("distance"),
            };
            meteor::draw(canvas, &look, &Streams(&of));
        }
        Kind::Egg => crate::draw::egg::draw(canvas, tier, air, &Streams(&of)),
        Kind::Dust => crate::draw::dust::draw(canvas, tier, air, &Streams(&of)),
    }
}

/// A picture, drawn and not yet encoded.
pub struct Drawn(Canvas);

impl Drawn {
    /// The picture as PNG: the same bytes on every machine.
    ///
    /// # Errors
    /// [`PictureError::Encode`].
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        Ok(encode(&self.0.pixmap)?)
    }

    /// Its pixels: red, green, blue and opacity of each, row by row.
    pub fn pixels(&self) -> &[u8] {
        self.0.pixmap.data()
    }
}

impl Collection {
    /// Draws a picture.
    ///
    /// # Errors
    /// See [`PictureError`].
    pub fn draw(&self, which: Which) -> Result<Drawn, PictureError> {
        Ok(Drawn(self.pixels(which)?))
    }

    /// A picture's pixels; none are drawn for a kind that the collection doesn't have.
    pub(crate) fn pixels(&self, which: Which) -> Result<Canvas, PictureError> {
        let mut canvas = Canvas::new(self.side()).ok_or(PictureError::Memory { side: self.side() })?;
        let facts = Facts::new(self, which);
        for layer in self.part(which.kind).into_iter().flat_map(|part| &part.layers) {
            layer.draw(&mut canvas, &facts).map_err(|refused| PictureError::Layer(refused.to_string()))?;
        }
        Ok(canvas)
    }

    /// A picture as PNG: the same bytes on every machine.
    ///
    /// # Errors
    /// See [`PictureError`].
    pub fn png(&self, which: Which) -> Result<Vec<u8>, PictureError> {
        self.draw(which)?.png()
    }
}
