//! The collection file: what is drawn, how many of each tier, by which chances, in which colours. Reading it checks all
//! that can be wrong before the first picture, with file, line and key.

pub(crate) mod form;
mod source;
pub(crate) mod wrong;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meteor_rules::metadata::{Column, Template, Values};
use meteor_rules::preset::{Preset, PresetError};
use meteor_rules::tier::{PerTier, Tier};
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::draw::chance::Chance;
use crate::draw::tone::{Tone, Tones};
use crate::layer::{Layer, Loader};
use form::{ContentForm, Form, LayerForm};
use source::Source;
pub use wrong::{CollectionError, Wrong};

/// Columns of the meteors' template that the shower contract fills in: rarity, rank, shower.
pub(crate) const OWN_COLUMNS: usize = 3;
/// Sides that a picture may have (pixels).
pub const SIDES: std::ops::RangeInclusive<u32> = 64..=1024;
/// Most pieces of a tier.
pub const MOST_PIECES: u32 = 1_000_000;
/// Most bytes of a collection file.
const LARGEST_FILE: u64 = 1 << 20;
/// Changes when the same file is drawn in another way, so that no folder gets pictures of both.
const DRAWING: &[u8] = b"meteor-art drawing 2";

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A meteor, by its traits.
    Meteor,
    /// An egg, by its tier alone: what an egg's traits are stays secret until it is revealed.
    Egg,
    /// Dust, by its tier alone.
    Dust,
}

impl Kind {
    /// Its name in chances and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meteor => "meteor",
            Self::Egg => "egg",
            Self::Dust => "dust",
        }
    }

    /// What several are called.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Meteor => "meteors",
            Self::Egg => "eggs",
            Self::Dust => "dust",
        }
    }

    /// Where its pictures are in a folder of art: meteors lie in the folder itself.
    pub(crate) fn within(self, folder: &Path) -> PathBuf {
        match self {
            Self::Meteor => folder.to_owned(),
            Self::Egg | Self::Dust => folder.join(self.plural()),
        }
    }
}

/// Which picture: its kind, its tier, and its place in the tier's list, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Which {
    /// What it shows.
    pub kind: Kind,
    /// Its tier.
    pub tier: Tier,
    /// Its place, from 0.
    pub index: u32,
}

/// Pictures of one kind: how many, and from which layers.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) pieces: PerTier<u32>,
    pub(crate) layers: Vec<Layer>,
}

/// A collection, read and checked.
#[derive(Debug)]
pub struct Collection {
    /// How its meteors are described.
    pub template: Template,
    /// Sides of a picture (pixels).
    side: u32,
    pub(crate) seed: String,
    pub(crate) palettes: Palettes,
    sources: Vec<Source>,
    meteors: Part,
    eggs: Option<Part>,
    dust: Option<Part>,
    fingerprint: [u8; 32],
}

/// Tones by column and value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Palettes(BTreeMap<String, BTreeMap<String, Tones>>);

impl Palettes {
    /// The palette of a column: of its own name, or else without the number at its end.
    pub(crate) fn of(&self, column: &str) -> Option<&BTreeMap<String, Tones>> {
        let plain = column.trim_end_matches(|c: char| c.is_ascii_digit());
        self.0.get(column).or_else(|| self.0.get(plain))
    }

    /// The tones of a column's value.
    pub(crate) fn tones(&self, column: &str, value: &str) -> Option<Tones> {
        self.of(column)?.get(value).copied()
    }

    /// The tones of a tier.
    pub(crate) fn tier(&self, tier: Tier) -> Tones {
        // Checked when the file was read.
        self.tones("tier", &tier.to_string()).unwrap_or([crate::draw::tone::WHITE; 3])
    }
}

/// The collections that come with the program.
pub(crate) const NAMES: [&str; 1] = ["levana-2021"];

impl Collection {
    /// The collection of that name, or in the file of that path, with pictures of `side` pixels a side instead of what
    /// it says.
    ///
    /// # Errors
    /// The first thing that is wrong, see [`CollectionError`].
    pub fn open(name: &str, side: Option<u32>) -> Result<Self, CollectionError> {
        let path = Path::new(name);
        match name {
            "levana-2021" if !path.exists() => {
                Self::read(include_str!("../../collections/levana-2021.toml"), path, None, side)
            }
            _ => {
                let bytes = wrong::small_file(path, LARGEST_FILE).map_err(|wrong| {
                    let unknown = matches!(&wrong, Wrong::Unreadable(error) if error.kind() == std::io::ErrorKind::NotFound);
                    let wrong = if unknown { Wrong::NoCollection } else { wrong };
                    CollectionError { file: path.to_owned(), line: None, wrong }
                })?;
                let text = String::from_utf8(bytes).map_err(|_| CollectionError {
                    file: path.to_owned(),
                    line: None,
                    wrong: Wrong::NotText,
                })?;
                Self::read(text.strip_prefix('\u{feff}').unwrap_or(&text), path, path.parent(), side)
            }
        }
    }

    /// Reads the text of a file at `path`, whose layers lie in `folder`; `None` where it may name no files.
    fn read(
        text: &str,
        path: &Path,
        folder: Option<&Path>,
        side: Option<u32>,
    ) -> Result<Self, CollectionError> {
        let at = |span: Option<std::ops::Range<usize>>, wrong: Wrong| CollectionError {
            file: path.to_owned(),
            line: span.map(|span| wrong::line_at(text, span.start)),
            wrong,
        };
        let form: Form =
            toml::from_str(text).map_err(|error| at(error.span(), Wrong::Form(plain(error.message()))))?;
        let preset =
            preset(form.preset.get_ref(), folder).map_err(|wrong| at(Some(form.preset.span()), wrong))?;
        let template = preset.meteors.template;
        let side = side.unwrap_or(*form.size.get_ref());
        if !SIDES.contains(&side) {
            return Err(at(Some(form.size.span()), Wrong::Size { given: side }));
        }
        let palettes = palettes(&form, &template).map_err(|(span, wrong)| at(span, wrong))?;
        let sources = sources(&form, &template).map_err(|(span, wrong)| at(span, wrong))?;
        let mut hash = Sha256::new().chain_update(DRAWING).chain_update(text);
        for column in &template.columns {
            hash.update(format!("{column:?}"));
        }
        let mut loader = Loader::new(folder, side, &template, &palettes, hash);
        let mut part = |kind, pieces: &Spanned<PerTier<u32>>, layers: &[Spanned<LayerForm>], of: &str| {
            let counts = *pieces.get_ref();
            if let Some((tier, count)) = counts.iter().find(|(_, count)| !(1..=MOST_PIECES).contains(*count))
            {
                let key = format!("{of}pieces.{tier}");
                return Err(at(Some(pieces.span()), Wrong::Pieces { key, given: *count }));
            }
            if layers.is_empty() {
                return Err(at(None, Wrong::NoLayers { key: format!("{of}layers") }));
            }
            let load = |(place, form): (usize, &Spanned<LayerForm>)| {
                let key = format!("{of}layers, number {}", place + 1);
                loader
                    .load(kind, form.get_ref())
                    .map_err(|wrong| at(Some(form.span()), Wrong::Layer { key, why: Box::new(wrong) }))
            };
            let layers = layers.iter().enumerate().map(load).collect::<Result<Vec<_>, _>>()?;
            Ok(Part { pieces: counts, layers })
        };
        let meteors = part(Kind::Meteor, &form.pieces, &form.layers, "")?;
        let mut content = |kind, form: &Option<ContentForm>, of: &str| {
            form.as_ref().map(|form| part(kind, &form.pieces, &form.layers, of)).transpose()
        };
        let eggs = content(Kind::Egg, &form.eggs, "eggs.")?;
        let dust = content(Kind::Dust, &form.dust, "dust.")?;
        let fingerprint = loader.finish();
        let seed = form.seed;
        Ok(Self { template, side, seed, palettes, sources, meteors, eggs, dust, fingerprint })
    }

    /// The same with at most so many pieces of each tier and kind: to try it out, or for a demo.
    #[must_use]
    pub fn with_at_most(mut self, pieces: PerTier<u32>) -> Self {
        for part in [Some(&mut self.meteors), self.eggs.as_mut(), self.dust.as_mut()].into_iter().flatten() {
            part.pieces = PerTier::from_fn(|tier| (*part.pieces.get(tier)).min(*pieces.get(tier)));
        }
        self
    }

    /// The same for meteors of another event, whose template has the same columns; `None` if it hasn't.
    pub fn for_template(mut self, template: Template) -> Option<Self> {
        let same = self.template.columns == template.columns;
        self.template = template;
        same.then_some(self)
    }

    /// Pieces of each tier of a kind; 0 for a kind that the collection doesn't have.
    pub fn pieces(&self, kind: Kind) -> PerTier<u32> {
        self.part(kind).map_or_else(PerTier::default, |part| part.pieces)
    }

    /// The side of its pictures (pixels).
    pub const fn side(&self) -> u32 {
        self.side
    }

    /// All its pictures, in the order of the catalogue.
    pub fn all(&self) -> Vec<Which> {
        let mut all = Vec::new();
        for kind in [Kind::Meteor, Kind::Egg, Kind::Dust] {
            for (tier, count) in self.pieces(kind).iter() {
                all.extend((0..*count).map(|index| Which { kind, tier, index }));
            }
        }
        all
    }

    /// The traits of a meteor's piece: a number for each column that the shower contract doesn't fill in.
    pub fn traits(&self, tier: Tier, index: u32) -> Vec<u32> {
        let columns = self.art_columns().zip(&self.sources);
        let number = |(column, source): (&Column, &Source)| {
            let purpose = format!("trait {}", column.trait_type);
            source.number(tier, &mut Chance::new(&self.seed, Kind::Meteor.name(), tier, index, &purpose))
        };
        columns.map(number).collect()
    }

    /// The least and the most that the column at this place among the art's can have, if it is a number.
    pub(crate) fn range(&self, place: usize) -> Option<(u32, u32)> {
        self.sources.get(place)?.range()
    }

    /// What the pictures depend on, as a hash: the file, the files it names, and the way of drawing.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::new().chain_update(self.fingerprint).chain_update(self.side.to_be_bytes()).finalize().into()
    }

    /// The layers of a kind's pictures.
    pub(crate) fn part(&self, kind: Kind) -> Option<&Part> {
        match kind {
            Kind::Meteor => Some(&self.meteors),
            Kind::Egg => self.eggs.as_ref(),
            Kind::Dust => self.dust.as_ref(),
        }
    }

    /// The columns that the art fills in.
    pub(crate) fn art_columns(&self) -> impl Iterator<Item = &Column> {
        self.template.columns.iter().skip(OWN_COLUMNS)
    }
}

/// The texts that a column can show; empty for numbers.
pub(crate) fn texts(values: &Values) -> &[String] {
    match values {
        Values::Text(texts) | Values::TextOrNone(texts) => texts,
        Values::Number { .. } | Values::Tenths { .. } => &[],
    }
}

/// What a column shows for a number; nothing for a number that picks none of its values.
pub(crate) fn shown(values: &Values, number: u32) -> String {
    let pick = |texts: &[String], place: Option<usize>| place.and_then(|place| texts.get(place)).cloned();
    let place = usize::try_from(number).ok();
    match values {
        Values::Number { suffix } => format!("{number}{suffix}"),
        Values::Tenths { suffix } => format!("{}.{}{suffix}", number / 10, number % 10),
        Values::Text(texts) => pick(texts, place).unwrap_or_default(),
        Values::TextOrNone(texts) => {
            pick(texts, place.and_then(|place| place.checked_sub(1))).unwrap_or_default()
        }
    }
}

/// What the reader of TOML says, in one line and without words of programmers.
fn plain(said: &str) -> String {
    said.replace('\n', " ").replace("expected u32", "expected a whole number from 0 on")
}

/// The number for which a column shows a text; one that is a number stands for itself.
pub(crate) fn number_of(values: &Values, text: &str) -> Option<u32> {
    if let Ok(number) = text.parse::<u32>() {
        return (number.to_string() == text).then_some(number);
    }
    let numbers = |suffix: &str| text.strip_suffix(suffix)?.replacen('.', "", 1).parse().ok();
    let place = |texts: &[String]| u32::try_from(texts.iter().position(|value| value == text)?).ok();
    let number = match values {
        Values::Number { suffix } | Values::Tenths { suffix } => numbers(suffix)?,
        Values::TextOrNone(_) if text.is_empty() => 0,
        Values::Text(texts) => place(texts)?,
        Values::TextOrNone(texts) => place(texts)?.checked_add(1)?,
    };
    (shown(values, number) == text).then_some(number)
}

/// The preset of that name, or in the file of that path beside the collection.
fn preset(name: &str, folder: Option<&Path>) -> Result<Preset, Wrong> {
    match (Preset::named(name), folder) {
        (Err(unknown @ PresetError::Unknown { .. }), Some(folder)) => {
            let path: PathBuf = folder.join(name);
            if !path.exists() {
                return Err(Wrong::Preset(Box::new(unknown)));
            }
            let bytes = wrong::small_file(&path, LARGEST_FILE)
                .map_err(|wrong| Wrong::Asset { path: path.clone(), why: Box::new(wrong) })?;
            Preset::parse(&String::from_utf8_lossy(&bytes)).map_err(|error| Wrong::Preset(Box::new(error)))
        }
        (read, _) => read.map_err(|error| Wrong::Preset(Box::new(error))),
    }
}

type At = (Option<std::ops::Range<usize>>, Wrong);

/// Reads and checks the palettes. What is drawn from a palette must find all its values there.
fn palettes(form: &Form, template: &Template) -> Result<Palettes, At> {
    let mut palettes = Palettes::default();
    for (column, values) in &form.palettes {
        for (value, tones) in values {
            let key = format!("palettes.{column}.{value:?}");
            let parse = |text: &String| text.parse::<Tone>();
            let read = tones.get_ref().iter().map(parse).collect::<Result<Vec<_>, _>>();
            let read = read.map_err(|why| (Some(tones.span()), Wrong::Tone { key: key.clone(), why }))?;
            let three: Tones = read.try_into().map_err(|_| (Some(tones.span()), Wrong::Tones { key }))?;
            palettes.0.entry(column.clone()).or_default().insert(value.clone(), three);
        }
    }
    for tier in Tier::ALL {
        if palettes.tones("tier", &tier.to_string()).is_none() {
            return Err((None, Wrong::NoTones { column: "tier".to_owned(), value: tier.to_string() }));
        }
    }
    for column in template.columns.iter().skip(OWN_COLUMNS) {
        let Some(palette) = palettes.of(&column.trait_type) else { continue };
        for value in texts(&column.values) {
            if !value.is_empty() && !palette.contains_key(value) {
                let column = column.trait_type.clone();
                return Err((None, Wrong::NoTones { column, value: value.clone() }));
            }
        }
    }
    Ok(palettes)
}

/// Reads and checks the chances of each trait, in the template's order.
fn sources(form: &Form, template: &Template) -> Result<Vec<Source>, At> {
    let columns = || template.columns.iter().skip(OWN_COLUMNS);
    if let Some((name, chances)) =
        form.traits.iter().find(|(name, _)| !columns().any(|column| column.trait_type == **name))
    {
        let known = columns().map(|column| column.trait_type.clone()).collect();
        return Err((Some(chances.span()), Wrong::NoTrait { given: name.clone(), known }));
    }
    let source = |column: &Column| {
        let Some(chances) = form.traits.get(&column.trait_type) else {
            return Err((None, Wrong::MissingTrait { column: column.trait_type.clone() }));
        };
        Source::new(chances.get_ref(), column).map_err(|wrong| (Some(chances.span()), wrong))
    };
    columns().map(source).collect()
}

#[cfg(test)]
mod tests;
