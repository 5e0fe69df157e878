//! Layers, from the bottom up: what the program draws, SVG templates, and a team's own PNG files.

mod fill;
mod raster;
pub(crate) mod svg;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use meteor_rules::metadata::{Column, Template};
use meteor_rules::tier::Tier;
use sha2::{Digest, Sha256};
use tiny_skia::{Pixmap, PixmapPaint, Transform};

use crate::collection::form::LayerForm;
use crate::collection::wrong::{Wrong, small_file};
use crate::collection::{Kind, OWN_COLUMNS, Palettes, texts};
use crate::draw::canvas::Canvas;
use crate::picture::Facts;
use fill::Filled;

/// Most memory of all PNG layers together (bytes).
const MOST_MEMORY: usize = 1 << 30;
/// Most files that one layer's path can name.
const MOST_FILES: usize = 1000;

/// A layer of a kind's pictures.
#[derive(Debug)]
pub(crate) struct Layer {
    /// Only where each of these has one of its values.
    when: Vec<(String, BTreeSet<String>)>,
    paint: Paint,
}

#[derive(Debug)]
enum Paint {
    /// What the program draws for the kind.
    Drawn,
    /// The same for every piece.
    Still(Box<Pixmap>),
    Svg(svg::Template),
    /// The path, and the file of each path that it can be.
    Png(Filled, BTreeMap<String, Pixmap>),
}

impl Layer {
    /// Draws it over what is there.
    ///
    /// # Errors
    /// If a template makes no SVG with the values of this piece.
    pub(crate) fn draw(&self, canvas: &mut Canvas, facts: &Facts<'_>) -> Result<(), svg::Refused> {
        let shows = |(name, values): &(String, BTreeSet<String>)| values.contains(&facts.value(name));
        if !self.when.iter().all(shows) {
            return Ok(());
        }
        match &self.paint {
            Paint::Drawn => crate::picture::draw(canvas, facts),
            Paint::Still(still) => over(canvas, still),
            Paint::Svg(template) => template.draw(canvas, facts)?,
            Paint::Png(path, files) => {
                if let Some(file) = files.get(&path.fill(facts)) {
                    over(canvas, file);
                }
            }
        }
        Ok(())
    }
}

fn over(canvas: &mut Canvas, layer: &Pixmap) {
    let paint = PixmapPaint::default();
    canvas.pixmap.draw_pixmap(0, 0, layer.as_ref(), &paint, Transform::identity(), None);
}

/// Reads layers and the files that they name.
pub(crate) struct Loader<'a> {
    folder: Option<&'a Path>,
    side: u32,
    template: &'a Template,
    palettes: &'a Palettes,
    /// Takes in every file.
    hash: Sha256,
    memory: usize,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(
        folder: Option<&'a Path>,
        side: u32,
        template: &'a Template,
        palettes: &'a Palettes,
        hash: Sha256,
    ) -> Self {
        Self { folder, side, template, palettes, hash, memory: 0 }
    }

    /// The hash of all that was read.
    pub(crate) fn finish(self) -> [u8; 32] {
        self.hash.finalize().into()
    }

    /// Reads a layer for pictures of `kind`.
    pub(crate) fn load(&mut self, kind: Kind, form: &LayerForm) -> Result<Layer, Wrong> {
        let mut when = Vec::new();
        for (column, values) in &form.when {
            let known = self.values(kind, column)?;
            if let Some(given) = values.iter().find(|value| !known.contains(value)) {
                return Err(Wrong::NoSuchValue { column: column.clone(), given: given.clone(), known });
            }
            when.push((column.clone(), values.iter().cloned().collect()));
        }
        let paint = match (&form.draw, &form.svg, &form.png) {
            (Some(draw), None, None) if draw == kind.name() => Paint::Drawn,
            (Some(draw), None, None) => {
                return Err(Wrong::NoDrawing { given: draw.clone(), wanted: kind.name() });
            }
            (None, Some(svg), None) => self.svg(kind, svg)?,
            (None, None, Some(png)) => self.png(kind, png)?,
            (Some(_) | None, Some(_) | None, Some(_) | None) => return Err(Wrong::LayerKind),
        };
        Ok(Layer { when, paint })
    }

    /// The columns that a kind's layers may name.
    fn columns(&self, kind: Kind) -> impl Iterator<Item = &'a Column> {
        let template = self.template;
        // What eggs and dust are is secret: their pictures know their tier alone.
        template.columns.iter().skip(OWN_COLUMNS).filter(move |_| kind == Kind::Meteor)
    }

    /// What can be named for a kind.
    fn known(&self, kind: Kind) -> Vec<String> {
        let columns = self.columns(kind).map(|column| column.trait_type.clone());
        std::iter::once("tier".to_owned()).chain(columns).collect()
    }

    /// The values that a column can have; an error for one that there isn't, or of numbers.
    fn values(&self, kind: Kind, name: &str) -> Result<Vec<String>, Wrong> {
        if name == "tier" {
            return Ok(Tier::ALL.map(|tier| tier.to_string()).to_vec());
        }
        let column = self.columns(kind).find(|column| column.trait_type == name);
        let values = column.map(|column| texts(&column.values)).filter(|values| !values.is_empty());
        let unknown = || Wrong::NoName { given: name.to_owned(), known: self.known(kind) };
        Ok(values.ok_or_else(unknown)?.to_vec())
    }

    fn svg(&mut self, kind: Kind, name: &str) -> Result<Paint, Wrong> {
        let bytes = self.file(name, svg::LARGEST)?;
        let path = PathBuf::from(name);
        let asset = |why| Wrong::Asset { path: path.clone(), why: Box::new(why) };
        let text = String::from_utf8(bytes).map_err(|_| asset(Wrong::NotText))?;
        let known = self.known(kind);
        let has_palette = |column: &str| self.palettes.of(column).is_some();
        let template = svg::Template::new(&text, &known, has_palette).map_err(asset)?;
        match template.still(self.side) {
            None => Ok(Paint::Svg(template)),
            Some(Ok(still)) => Ok(Paint::Still(Box::new(still))),
            Some(Err(refused)) => Err(asset(Wrong::Svg(refused.to_string()))),
        }
    }

    fn png(&mut self, kind: Kind, name: &str) -> Result<Paint, Wrong> {
        let known = self.known(kind);
        let path = Filled::new(name, ["{", "}"], |given| known.iter().any(|name| name == given))
            .map_err(|unfit| unfit.wrong(known.clone()))?;
        let mut names = vec![Vec::new()];
        for column in path.names() {
            let values = self.values(kind, column)?;
            let longer = |row: &Vec<(String, String)>| {
                let with = |value: &String| {
                    let mut row = row.clone();
                    row.push((column.clone(), value.clone()));
                    row
                };
                // A trait that a piece doesn't have shows nothing, and needs no file.
                values.iter().filter(|value| !value.is_empty()).map(with).collect::<Vec<_>>()
            };
            names = names.iter().flat_map(longer).collect();
            if names.len() > MOST_FILES {
                return Err(Wrong::Png(format!(
                    "{name:?} names more than {MOST_FILES} files: use fewer traits in it"
                )));
            }
        }
        let mut files = BTreeMap::new();
        for row in names {
            let file = path
                .with(|name| row.iter().find(|(column, _)| column == name).map(|(_, value)| value.clone()));
            let bytes = self.file(&file, raster::LARGEST)?;
            let asset = |why| Wrong::Asset { path: PathBuf::from(&file), why: Box::new(why) };
            let pixmap =
                raster::read(&bytes, self.side).map_err(|error| asset(Wrong::Png(error.to_string())))?;
            self.memory = self.memory.saturating_add(pixmap.data().len());
            if self.memory > MOST_MEMORY {
                return Err(Wrong::TooMany { most: MOST_MEMORY >> 20 });
            }
            files.insert(file, pixmap);
        }
        Ok(Paint::Png(path, files))
    }

    /// The bytes of a file in the collection's folder.
    fn file(&mut self, name: &str, most: u64) -> Result<Vec<u8>, Wrong> {
        let folder = self.folder.ok_or(Wrong::NoFolder)?;
        let inside = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
        if name.is_empty() || !Path::new(name).components().all(inside) {
            return Err(Wrong::Outside { given: name.to_owned() });
        }
        let path = folder.join(name);
        let bytes = small_file(&path, most).map_err(|why| Wrong::Asset { path, why: Box::new(why) })?;
        for part in [name.as_bytes(), &bytes] {
            self.hash.update(part.len().to_be_bytes());
            self.hash.update(part);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests;
