//! SVG templates as layers. A template may have shapes, groups, gradients, clips and masks, and refer to itself alone:
//! nothing is fetched, nothing needs a font, nothing grows without bound, and nothing looks different elsewhere.

use std::collections::BTreeMap;

use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use resvg::usvg::{self, Tree};
use thiserror::Error;
use tiny_skia::{Pixmap, Transform};

use super::fill::Filled;
use crate::collection::wrong::Wrong;
use crate::draw::canvas::Canvas;
use crate::picture::Facts;

/// Most bytes of a template.
pub(super) const LARGEST: u64 = 512 << 10;
/// Most elements that are drawn, each counted as often as it is used.
const MOST_ELEMENTS: usize = 20_000;
/// How deep elements may lie in each other.
const DEEPEST: usize = 48;

/// Elements that a template may have.
const ELEMENTS: [&str; 20] = [
    "svg",
    "g",
    "defs",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "use",
    "symbol",
    "title",
    "desc",
    "metadata",
];
/// Modes of blending whose result depends on the processor.
const INEXACT: [&str; 2] = ["color-dodge", "color-burn"];

/// Why an SVG is not drawn.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    /// Not XML, or not SVG.
    #[error("it is no SVG that can be read: {0}")]
    Unreadable(String),
    /// A document type, with which entities could grow or fetch.
    #[error("it has a document type (<!DOCTYPE): take it out")]
    DocumentType,
    /// An element that layers may not have.
    #[error("line {line}: <{name}> is not allowed: take it out, or convert it to shapes")]
    Element {
        /// Its line.
        line: u32,
        /// Its name.
        name: String,
    },
    /// A reference to something outside of the file.
    #[error("line {line}: {what:?} refers to something outside of the file: only #name is allowed")]
    Outside {
        /// Its line.
        line: u32,
        /// As given.
        what: String,
    },
    /// A mode of blending that isn't the same on all machines.
    #[error("line {line}: {mode} looks different on other machines: use another mix-blend-mode")]
    Inexact {
        /// Its line.
        line: u32,
        /// The mode.
        mode: &'static str,
    },
    /// Style sheets or scripts.
    #[error("line {line}: {name} is not allowed: write attributes instead")]
    Attribute {
        /// Its line.
        line: u32,
        /// Its name.
        name: String,
    },
    /// More than is reasonable.
    #[error("it draws more than {MOST_ELEMENTS} elements, or more than {DEEPEST} deep: make it simpler")]
    TooMany,
    /// Memory.
    #[error("its picture doesn't fit into memory")]
    Memory,
}

/// A template, checked.
#[derive(Debug)]
pub(crate) struct Template(Filled);

impl Template {
    /// Checks a template whose placeholders may be `known` names, or tones of columns that have a palette.
    pub(super) fn new(
        text: &str,
        known: &[String],
        has_palette: impl Fn(&str) -> bool,
    ) -> Result<Self, Wrong> {
        check(text).map_err(|refused| Wrong::Svg(refused.to_string()))?;
        let fits = |name: &str| match name.rsplit_once('.') {
            Some(("random", number)) => !number.is_empty(),
            Some((column, "light" | "middle" | "dark")) => {
                known.iter().any(|known| known == column) && has_palette(column)
            }
            Some(_) | None => name == "index" || known.iter().any(|known| known == name),
        };
        let names = || {
            let more = ["index", "random.a", "tier.light", "tier.middle", "tier.dark"].map(str::to_owned);
            known.iter().cloned().chain(more).collect()
        };
        let filled = Filled::new(text, ["{{", "}}"], fits).map_err(|unfit| unfit.wrong(names()))?;
        Ok(Self(filled))
    }

    /// Its picture if it is the same for all pieces.
    pub(super) fn still(&self, side: u32) -> Option<Result<Pixmap, Refused>> {
        self.0.names().next().is_none().then(|| {
            let mut pixmap = Pixmap::new(side, side).ok_or(Refused::Memory)?;
            render(&self.0.with(|_| None), &mut pixmap)?;
            Ok(pixmap)
        })
    }

    /// Draws it for a piece.
    pub(super) fn draw(&self, canvas: &mut Canvas, facts: &Facts<'_>) -> Result<(), Refused> {
        let text = self.0.with(|name| Some(escaped(&facts.value(name))));
        render(&text, &mut canvas.pixmap)
    }
}

/// A value as text or attribute of XML.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\'' => text.push_str("&apos;"),
            _ => text.push(c),
        }
    }
    text
}

/// Draws an SVG over a picture, scaled to its sides.
fn render(text: &str, pixmap: &mut Pixmap) -> Result<(), Refused> {
    let options = usvg::Options {
        image_href_resolver: usvg::ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = Tree::from_str(text, &options).map_err(|error| Refused::Unreadable(error.to_string()))?;
    let size = tree.size();
    let (wide, high) = (size.width(), size.height());
    let side = crate::draw::number::real(usize::try_from(pixmap.width()).unwrap_or_default());
    let place = Transform::from_scale(side / wide, side / high);
    resvg::render(&tree, place, &mut pixmap.as_mut());
    Ok(())
}

/// Refuses what a template may not have.
fn check(text: &str) -> Result<(), Refused> {
    if text.contains("<!DOCTYPE") || text.contains("<!ENTITY") {
        return Err(Refused::DocumentType);
    }
    let limit = u32::try_from(MOST_ELEMENTS * 4).unwrap_or(u32::MAX);
    let options = ParsingOptions { allow_dtd: false, nodes_limit: limit, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| Refused::Unreadable(error.to_string()))?;
    for node in document.descendants().filter(Node::is_element) {
        // Only for what is wrong: finding a line reads all before it.
        let line = || document.text_pos_at(node.range().start).row;
        let name = node.tag_name().name();
        // Editors keep notes of their own, which nothing draws.
        let svg = node.tag_name().namespace() == Some("http://www.w3.org/2000/svg");
        if svg && !ELEMENTS.contains(&name) {
            return Err(Refused::Element { line: line(), name: name.to_owned() });
        }
        for attribute in node.attributes() {
            let value = attribute.value();
            let own = attribute.name();
            if own.starts_with("on") || own == "filter" {
                return Err(Refused::Attribute { line: line(), name: own.to_owned() });
            }
            let mut references =
                value.split("url(").skip(1).map(|rest| rest.trim_start_matches(['\'', '"', ' ']));
            let outside =
                own == "href" && !value.starts_with('#') || references.any(|rest| !rest.starts_with('#'));
            if outside {
                return Err(Refused::Outside { line: line(), what: value.chars().take(60).collect() });
            }
            if let Some(mode) = INEXACT.into_iter().find(|mode| value.contains(mode)) {
                return Err(Refused::Inexact { line: line(), mode });
            }
            if own == "style" && value.contains("filter") {
                return Err(Refused::Attribute { line: line(), name: "filter".to_owned() });
            }
        }
    }
    let by_name: BTreeMap<&str, Node<'_, '_>> =
        document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let mut left = MOST_ELEMENTS;
    count(document.root_element(), &by_name, DEEPEST, &mut left)
}

/// Counts what is drawn, as often as it is used: uses of uses grow fast.
fn count(
    node: Node<'_, '_>,
    by_name: &BTreeMap<&str, Node<'_, '_>>,
    deep: usize,
    left: &mut usize,
) -> Result<(), Refused> {
    let deeper = deep.checked_sub(1).ok_or(Refused::TooMany)?;
    *left = left.checked_sub(1).ok_or(Refused::TooMany)?;
    for child in node.children().filter(Node::is_element) {
        count(child, by_name, deeper, left)?;
    }
    for attribute in node.attributes() {
        let value = attribute.value();
        let named = if attribute.name() == "href" { value.strip_prefix('#') } else { None };
        let urls = value.split("url(").skip(1).filter_map(|rest| {
            let rest = rest.trim_start_matches(['\'', '"', ' ']).strip_prefix('#')?;
            rest.split([')', '\'', '"', ' ']).next()
        });
        for name in named.into_iter().chain(urls) {
            if let Some(target) = by_name.get(name) {
                count(*target, by_name, deeper, left)?;
            }
        }
    }
    Ok(())
}
