//! The catalogue of pictures that a team made itself, from a list of their traits without CIDs: each picture is read and
//! named. Everything that is wrong is said at once, with its line.

use std::sync::atomic::{AtomicU64, Ordering};

use meteor_rules::catalogue::Catalogue;
use meteor_rules::catalogue::described::{self, Fault, ImageFile, raw_cid};
use meteor_rules::catalogue::file;
use meteor_rules::metadata::{Column, Template};
use meteor_rules::tier::{PerTier, Tier};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::check::{self, Finding, Place, What, picture};
use crate::cid::Image;
use crate::collection::{OWN_COLUMNS, number_of, texts};
use crate::folder::Folder;

/// A list's pictures, named.
#[derive(Clone, Debug)]
pub struct Identified {
    /// What a launch can commit to.
    pub catalogue: Catalogue,
    /// Its file, with length and hash of each image.
    pub file: String,
    /// What only looks odd.
    pub warnings: Vec<Finding>,
}

/// Names the pictures of `folder` in a list whose lines are a catalogue's, `tier,index,image,traits`, where `image` is
/// empty or left out. A trait may also be written as holders see it. Tells how many pictures are done.
///
/// # Errors
/// Everything that is wrong, and what only looks odd.
pub fn identify(
    list: &[u8],
    folder: &Folder,
    template: &Template,
    done: &(dyn Fn(u64) + Sync),
) -> Result<Identified, Vec<Finding>> {
    let Ok(text) = std::str::from_utf8(list) else {
        let faults = described::read(list, template).err().unwrap_or_default();
        return Err(faults.into_iter().map(of_fault).collect());
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let columns: Vec<&Column> = template.columns.iter().skip(OWN_COLUMNS).collect();
    let head = lines.next().unwrap_or_default();
    let form = Form::of(head, columns)
        .map_err(|wanted| vec![at(1, What::Fault(file::What::Header { wanted }.into()))])?;
    let lines: Vec<&str> = lines.collect();
    let so_far = AtomicU64::new(0);
    let rows = lines.par_iter().enumerate().map(|(at, line)| {
        let row = form.row(at.saturating_add(2), line, folder);
        done(so_far.fetch_add(1, Ordering::Relaxed).saturating_add(1));
        row
    });
    let rows: Vec<Row> = rows.collect();
    let filled = rows.iter().fold(form.head.clone(), |file, row| file + "\n" + &row.text);
    let checked = check::catalogue(filled.as_bytes(), template);
    let mut findings: Vec<Finding> = rows.iter().flat_map(|row| row.findings.iter().cloned()).collect();
    findings.extend(checked.findings.iter().cloned().map(|finding| form.told(finding)));
    findings.extend(checked.unlisted(folder));
    findings.sort_by(|one, other| one.place.cmp(&other.place));
    let good = findings.iter().all(|finding| finding.severity() == check::Severity::Warning);
    let mut files = PerTier::<Vec<ImageFile>>::default();
    for (tier, image) in rows.iter().filter_map(|row| row.image) {
        files.get_mut(tier).push(image.file);
    }
    match checked.described.filter(|_| good) {
        Some(described) => {
            let file = described::write(&described.catalogue, &files, template);
            let file = file.ok_or_else(|| findings.clone())?;
            Ok(Identified { catalogue: described.catalogue, file, warnings: findings })
        }
        None => Err(findings),
    }
}

/// What the list's lines are made of.
struct Form<'a> {
    /// The catalogue's first line.
    head: String,
    /// Whether a line has a field for the image.
    has_image: bool,
    columns: Vec<&'a Column>,
}

/// A line, with its image if that could be named.
struct Row {
    text: String,
    image: Option<(Tier, Image)>,
    findings: Vec<Finding>,
}

impl<'a> Form<'a> {
    /// That of a list with this first line; or else how it must be.
    fn of(head: &str, columns: Vec<&'a Column>) -> Result<Self, String> {
        let line = |own: &[&str]| {
            let traits = columns.iter().map(|column| column.trait_type.as_str());
            own.iter().copied().chain(traits).collect::<Vec<_>>().join(",")
        };
        let (with, without) = (line(&["tier", "index", "image"]), line(&["tier", "index"]));
        let has_image = head == with;
        if has_image || head == without { Ok(Self { head: with, has_image, columns }) } else { Err(without) }
    }

    /// A finding of the catalogue as one of the list.
    fn told(&self, finding: Finding) -> Finding {
        let more = usize::from(!self.has_image);
        match finding {
            Finding {
                place,
                what: What::Fault(described::What::File(file::What::Fields { given, wanted })),
            } => {
                let (given, wanted) = (given.saturating_sub(more), wanted.saturating_sub(more));
                Finding { place, what: What::Fault(file::What::Fields { given, wanted }.into()) }
            }
            other => other,
        }
    }

    /// A line of the catalogue from a line of the list.
    fn row(&self, line: usize, text: &str, folder: &Folder) -> Row {
        let mut fields: Vec<String> = text.split(',').map(ToOwned::to_owned).collect();
        let mut findings = Vec::new();
        let wanted = self.columns.len().saturating_add(if self.has_image { 3 } else { 2 });
        if fields.len() != wanted {
            // Said where the whole is read; a blank last line is none.
            let more = if self.has_image || text.trim().is_empty() { "" } else { "," };
            return Row { text: text.to_owned() + more, image: None, findings };
        }
        if !self.has_image {
            fields.insert(2, String::new());
        }
        for (column, field) in self.columns.iter().zip(fields.iter_mut().skip(3)) {
            match number_of(&column.values, field) {
                Some(number) => *field = number.to_string(),
                None if texts(&column.values).is_empty() => {}
                None => {
                    let (column, values) = (column.trait_type.clone(), texts(&column.values).join(", "));
                    findings.push(at(line, What::NoValue { column, given: field.clone(), values }));
                    "0".clone_into(field);
                }
            }
        }
        let [tier, index, given, ..] = fields.as_mut_slice() else {
            return Row { text: text.to_owned(), image: None, findings };
        };
        let image = tier.parse().ok().zip(index.parse().ok()).and_then(|(tier, index)| {
            let Some(found) = folder.images.get(tier).get(&index) else {
                findings.push(at(line, What::Missing { tier, index }));
                return None;
            };
            let path = folder.image(tier, found);
            let (image, whats) = picture(&path);
            findings.extend(whats.into_iter().map(|what| Finding { place: Place::Path(path.clone()), what }));
            let image = image?;
            if !given.is_empty() && *given != image.cid.to_string() {
                let found = image.cid.to_string();
                findings.push(Finding { place: Place::Path(path), what: What::OtherImage { line, found } });
            }
            Some((tier, image))
        });
        // What has no image gets the name of its line, so that the rest of the line can be read.
        *given =
            image.map_or_else(|| raw_cid(&Sha256::digest(text).into()), |(_, image)| image.cid.to_string());
        Row { text: fields.join(","), image, findings }
    }
}

const fn at(line: usize, what: What) -> Finding {
    Finding { place: Place::Line(line), what }
}

fn of_fault(Fault { line, what }: Fault) -> Finding {
    at(line, what.into())
}

#[cfg(test)]
mod tests;
