//! What can be wrong with a collection file and the files that it names.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use meteor_rules::preset::PresetError;
use thiserror::Error;

use super::{MOST_PIECES, NAMES, SIDES};
use crate::draw::tone::NoTone;

/// Why a collection can't be used: where, and what.
#[derive(Debug, Error)]
#[error("{}{}: {wrong}", file.display(), line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct CollectionError {
    /// The collection file.
    pub file: PathBuf,
    /// The line, from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong there.
    pub wrong: Wrong,
}

/// What is wrong.
#[derive(Debug, Error)]
pub enum Wrong {
    /// Neither a name of ours nor a file.
    #[error("there is no such collection: give the path of a collection file, or {}", NAMES.join(" or "))]
    NoCollection,
    /// The system won't let it be read.
    #[error("it can't be read: {0}")]
    Unreadable(std::io::Error),
    /// Too large a file.
    #[error("it has more than {most} bytes: make it smaller")]
    TooLarge {
        /// Most bytes.
        most: u64,
    },
    /// Bytes that are no text.
    #[error("it is not UTF-8: save the file as UTF-8")]
    NotText,
    /// Not TOML, or not of this form.
    #[error("{0}")]
    Form(String),
    /// No preset, or one that can't be used.
    #[error("preset: {}", causes(.0))]
    Preset(Box<PresetError>),
    /// Pictures too small or too large.
    #[error("size is {given}: write pixels from {} to {}", SIDES.start(), SIDES.end())]
    Size {
        /// As given.
        given: u32,
    },
    /// Too few or too many pieces.
    #[error("{key} is {given}: write 1 to {MOST_PIECES}")]
    Pieces {
        /// The key.
        key: String,
        /// As given.
        given: u32,
    },
    /// A kind without layers.
    #[error("{key} is empty: give at least one layer")]
    NoLayers {
        /// The key.
        key: String,
    },
    /// A layer that can't be used.
    #[error("{key}: {why}")]
    Layer {
        /// Which layer.
        key: String,
        /// What is wrong with it.
        why: Box<Wrong>,
    },
    /// A file that the collection names.
    #[error("{}: {why}", path.display())]
    Asset {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: Box<Wrong>,
    },
    /// A text that is no colour.
    #[error("{key}: {why}")]
    Tone {
        /// The key.
        key: String,
        /// What is wrong.
        why: NoTone,
    },
    /// Not three colours.
    #[error("{key} needs three colours: light, middle and dark")]
    Tones {
        /// The key.
        key: String,
    },
    /// A value without colours.
    #[error("palettes.{column} has no colours for {value:?}: add them")]
    NoTones {
        /// The column.
        column: String,
        /// Its value.
        value: String,
    },
    /// Chances for a trait that the template doesn't have.
    #[error("traits.{given} is no trait of the preset's meteors, which are {}", known.join(", "))]
    NoTrait {
        /// As given.
        given: String,
        /// The traits.
        known: Vec<String>,
    },
    /// A trait without chances.
    #[error("traits.{column} is missing: say how it comes by its value")]
    MissingTrait {
        /// The column.
        column: String,
    },
    /// A value that the column doesn't have.
    #[error("traits.{column} has no value {given:?}: its values are {known:?}")]
    NoValue {
        /// The column.
        column: String,
        /// As given.
        given: String,
        /// Its values.
        known: Vec<String>,
    },
    /// All weights are 0.
    #[error("traits.{column}: all its weights are 0: give one value a weight")]
    NoWeight {
        /// The column.
        column: String,
    },
    /// Weights for a column of numbers.
    #[error("traits.{column} is a number: write range or tier_range")]
    WeightsOfNumbers {
        /// The column.
        column: String,
    },
    /// A range for a column of texts.
    #[error("traits.{column} has values by name: write weights or tier_weights")]
    RangeOfTexts {
        /// The column.
        column: String,
    },
    /// A range that ends before it begins.
    #[error("traits.{column}: {from} is more than {to}: write the smaller number first")]
    Backwards {
        /// The column.
        column: String,
        /// Its beginning.
        from: u32,
        /// Its end.
        to: u32,
    },
    /// Not exactly one of the three kinds of layer.
    #[error("write one of draw, svg and png")]
    LayerKind,
    /// A drawing that there isn't, or for another kind.
    #[error("draw = {given:?} is not drawn here: write draw = {wanted:?}")]
    NoDrawing {
        /// As given.
        given: String,
        /// What can be drawn.
        wanted: &'static str,
    },
    /// `when` or a placeholder names what there isn't.
    #[error("there is no {given:?}: what can be named here is {}", known.join(", "))]
    NoName {
        /// As given.
        given: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A placeholder without its end.
    #[error("{given:?} begins a placeholder that nothing ends: close its brackets")]
    Open {
        /// Its beginning.
        given: String,
    },
    /// `when` names a value that the column doesn't have.
    #[error("when.{column} has no value {given:?}: its values are {known:?}")]
    NoSuchValue {
        /// The column.
        column: String,
        /// As given.
        given: String,
        /// Its values.
        known: Vec<String>,
    },
    /// A path out of the collection's folder.
    #[error("{given:?} leads out of the collection's folder: name a file in it")]
    Outside {
        /// As given.
        given: String,
    },
    /// A built-in collection that names files.
    #[error("only a collection in a file of its own can name files")]
    NoFolder,
    /// A PNG that can't be read, or of another size.
    #[error("{0}")]
    Png(String),
    /// An SVG that can't be read, or has what a layer may not have.
    #[error("{0}")]
    Svg(String),
    /// More pictures than fit into memory.
    #[error("the layers' PNG files need more than {most} MiB of memory: use fewer or smaller ones")]
    TooMany {
        /// Most mebibytes.
        most: usize,
    },
}

/// An error with its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

/// The line (from 1) of a place in a text.
pub(super) fn line_at(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}

/// The bytes of a file that may have at most so many.
pub(crate) fn small_file(path: &Path, most: u64) -> Result<Vec<u8>, Wrong> {
    let mut bytes = Vec::new();
    // One byte more than allowed, so that a file of any size, or a pipe, ends here.
    let read = File::open(path).and_then(|file| file.take(most.saturating_add(1)).read_to_end(&mut bytes));
    read.map_err(Wrong::Unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        Ok(bytes)
    } else {
        Err(Wrong::TooLarge { most })
    }
}
