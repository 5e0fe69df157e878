//! What is drawn on: flat shapes, lines and light, in units of the picture.

use tiny_skia::{
    BlendMode, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap,
    Point, PremultipliedColorU8, RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

use crate::draw::number::real;
use crate::draw::space::P;
use crate::draw::tone::Tone;

/// A picture under way.
pub(crate) struct Canvas {
    pub(crate) pixmap: Pixmap,
    /// Pixels of a unit.
    scale: f32,
}

/// How a shape meets what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// It covers.
    Cover,
    /// It adds its light.
    Light,
}

impl Over {
    const fn mode(self) -> BlendMode {
        match self {
            Self::Cover => BlendMode::SourceOver,
            Self::Light => BlendMode::Plus,
        }
    }
}

impl Canvas {
    /// An empty picture of `side` pixels; `None` for none.
    pub(crate) fn new(side: u32) -> Option<Self> {
        let pixmap = Pixmap::new(side, side)?;
        let scale = real(usize::try_from(side).ok()?) / 200.0;
        Some(Self { pixmap, scale })
    }

    /// Pixels of its side.
    pub(crate) fn side(&self) -> u32 {
        self.pixmap.width()
    }

    /// From units to pixels.
    fn place(&self) -> Transform {
        let middle = 100.0 * self.scale;
        Transform::from_row(self.scale, 0.0, 0.0, self.scale, middle, middle)
    }

    fn paint(shader: Shader<'_>, over: Over) -> Paint<'_> {
        Paint { shader, blend_mode: over.mode(), anti_alias: true, ..Paint::default() }
    }

    fn filled(&mut self, path: Option<&Path>, shader: Shader<'_>, over: Over) {
        let place = self.place();
        if let Some(path) = path {
            self.pixmap.fill_path(path, &Self::paint(shader, over), FillRule::Winding, place, None);
        }
    }

    /// A closed outline with straight sides.
    pub(crate) fn polygon(&mut self, corners: &[P], tone: Tone, alpha: f32, over: Over) {
        self.filled(outline(corners).as_ref(), Shader::SolidColor(tone.colour(alpha)), over);
    }

    /// The same with a tone and opacity that go from one at `from` to another at `to`.
    pub(crate) fn graded(&mut self, corners: &[P], ends: [(P, Tone, f32); 2], over: Over) {
        let [(from, one, strong), (to, other, weak)] = ends;
        let stops = [(0.0, one, strong), (1.0, other, weak)];
        self.filled(outline(corners).as_ref(), linear(from, to, &stops), over);
    }

    /// A shape with round sides, graded along a line with any number of stops.
    pub(crate) fn shape(
        &mut self,
        path: Option<Path>,
        from: P,
        to: P,
        stops: &[(f32, Tone, f32)],
        over: Over,
    ) {
        self.filled(path.as_ref(), linear(from, to, stops), over);
    }

    /// A round light that fades to nothing at its edge.
    pub(crate) fn glow(&mut self, middle: P, radius: f32, tone: Tone, alpha: f32) {
        let stops =
            [(0.0, tone, alpha), (0.35, tone, alpha * 0.42), (0.7, tone, alpha * 0.1), (1.0, tone, 0.0)];
        let path = PathBuilder::from_circle(middle.x, middle.y, radius);
        self.filled(path.as_ref(), radial(middle, radius, &stops), Over::Light);
    }

    /// A full circle.
    pub(crate) fn dot(&mut self, middle: P, radius: f32, tone: Tone, alpha: f32, over: Over) {
        let path = PathBuilder::from_circle(middle.x, middle.y, radius);
        self.filled(path.as_ref(), Shader::SolidColor(tone.colour(alpha)), over);
    }

    /// A line through points.
    pub(crate) fn line(&mut self, points: &[P], width: f32, tone: Tone, alpha: f32, over: Over) {
        let mut builder = PathBuilder::new();
        for (at, point) in points.iter().enumerate() {
            if at == 0 { builder.move_to(point.x, point.y) } else { builder.line_to(point.x, point.y) }
        }
        self.stroked(builder.finish(), width, tone, alpha, over);
    }

    /// The line of a path.
    pub(crate) fn stroked(&mut self, path: Option<Path>, width: f32, tone: Tone, alpha: f32, over: Over) {
        let paint = Self::paint(Shader::SolidColor(tone.colour(alpha)), over);
        let stroke =
            Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        let place = self.place();
        if let Some(path) = path {
            self.pixmap.stroke_path(&path, &paint, &stroke, place, None);
        }
    }

    /// The pixels, row by row.
    pub(crate) fn pixels(&mut self) -> &mut [PremultipliedColorU8] {
        self.pixmap.pixels_mut()
    }
}

/// A closed outline with straight sides; `None` for less than a triangle.
fn outline(corners: &[P]) -> Option<Path> {
    let (first, rest) = corners.split_first()?;
    let mut builder = PathBuilder::new();
    builder.move_to(first.x, first.y);
    for point in rest {
        builder.line_to(point.x, point.y);
    }
    builder.close();
    builder.finish()
}

fn stops(stops: &[(f32, Tone, f32)]) -> Vec<GradientStop> {
    stops.iter().map(|(at, tone, alpha)| GradientStop::new(*at, tone.colour(*alpha))).collect()
}

const fn point(p: P) -> Point {
    Point { x: p.x, y: p.y }
}

/// A gradient along a line, or its last tone where the line has no length.
fn linear<'a>(from: P, to: P, given: &[(f32, Tone, f32)]) -> Shader<'a> {
    let all = stops(given);
    LinearGradient::new(point(from), point(to), all, SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| plain(given))
}

/// A gradient outwards from a middle.
fn radial<'a>(middle: P, radius: f32, given: &[(f32, Tone, f32)]) -> Shader<'a> {
    let all = stops(given);
    let middle = point(middle);
    RadialGradient::new(middle, 0.0, middle, radius, all, SpreadMode::Pad, Transform::identity())
        .unwrap_or_else(|| plain(given))
}

fn plain<'a>(given: &[(f32, Tone, f32)]) -> Shader<'a> {
    let last = given.last().map_or(tiny_skia::Color::TRANSPARENT, |(_, tone, alpha)| tone.colour(*alpha));
    Shader::SolidColor(last)
}
