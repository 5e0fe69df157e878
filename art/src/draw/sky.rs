//! The sky behind everything: depth, gas, the light of what falls, and stars.

use meteor_rules::tier::Tier;

use crate::draw::canvas::{Canvas, Over};
use crate::draw::chance::Chance;
use crate::draw::cloud::Cloud;
use crate::draw::number::{byte, mix, real, smooth};
use crate::draw::space::{P, p};
use crate::draw::tone::{Tone, Tones, WHITE};

/// The soft part of the sky is computed for every so many pixels and blended between: it has no edges.
const STEP: usize = 4;

/// Rays all around. Their noise has as many numbers a side, so that it closes where the circle does.
const fn rays(tier: Tier) -> u16 {
    match tier {
        Tier::Legendary => 40,
        Tier::Ancient | Tier::Rare | Tier::Common => 22,
    }
}

/// What the sky depends on.
pub(crate) struct Sky {
    pub(crate) tier: Tier,
    /// Light, air and dark of the tier.
    pub(crate) tones: Tones,
    /// A second colour of the gas.
    pub(crate) gas: Tone,
    /// Where the light comes from, and how far it reaches (units).
    pub(crate) middle: P,
    pub(crate) reach: f32,
    /// The way the tail goes, one unit long.
    pub(crate) tail: P,
    /// From 0 to 1: how many stars.
    pub(crate) stars: f32,
}

impl Sky {
    /// Fills the whole picture.
    pub(crate) fn draw(&self, canvas: &mut Canvas, chance: &mut Chance) {
        self.soft(canvas, chance);
        self.sprinkle(canvas, chance);
    }

    /// Gradient, gas, glow and rays.
    fn soft(&self, canvas: &mut Canvas, chance: &mut Chance) {
        let side = usize::try_from(canvas.side()).unwrap_or_default();
        let cells = side.div_ceil(STEP) + 1;
        let gas = Cloud::new(16, chance);
        let other = Cloud::new(16, chance);
        let rays = Cloud::new(rays(self.tier), chance);
        let rich = match self.tier {
            Tier::Legendary => 1.0,
            Tier::Ancient => 0.85,
            Tier::Rare => 0.6,
            Tier::Common => 0.3,
        };
        let lean = P::towards(chance.between(-0.9, 0.5));
        let offset = chance.spread(46.0);
        let wide = chance.between(30.0, 52.0);
        let warp = chance.between(0.6, 1.5);
        let turned = chance.unit();
        let [light, air, dark] = self.tones;
        let deep = dark.lit(0.45);
        let mut grid = Vec::with_capacity(cells * cells);
        let per = 200.0 / real(side);
        for row in 0..cells {
            for column in 0..cells {
                let at = p(real(column * STEP) * per - 100.0, real(row * STEP) * per - 100.0);
                let (u, w) = ((at.x + 100.0) / 46.0, (at.y + 100.0) / 46.0);
                let bend = other.rich(u * 0.7 + 2.0, w * 0.7 + 5.0);
                let thick = gas.rich(u + bend * warp, w + bend * warp * 0.8);
                let band = (at.dot(lean.across()) - offset + (bend - 0.5) * 60.0) / wide;
                let band = 1.0 / (1.0 + band * band);
                let cloud = smooth(0.38, 0.78, thick) * mix(0.25, 1.0, band);
                let veil = smooth(0.3, 0.75, bend) * band;
                let height = (at.y + 100.0) / 200.0;
                let mut tone = deep.mix(dark, smooth(0.0, 1.0, height)).plus(air.lit(0.10 * height));
                tone = tone.plus(air.lit((0.16 + 0.42 * rich) * cloud));
                tone = tone.plus(self.gas.lit((0.08 + 0.2 * rich) * veil * mix(0.4, 1.0, thick)));
                // Dust lanes in front of the gas.
                tone =
                    tone.lit(1.0 - 0.55 * rich * smooth(0.52, 0.7, other.at(u * 1.7 + 8.0, w * 1.7)) * band);
                tone = tone.plus(self.light(at, &rays, turned, rich, light, air));
                let edge = at.dot(at) / 20_000.0;
                grid.push(tone.lit(1.0 - 0.62 * edge));
            }
        }
        spread(canvas, &grid, side, cells);
    }

    /// The light of what falls, around it.
    fn light(&self, at: P, rays: &Cloud, turned: f32, rich: f32, light: Tone, air: Tone) -> Tone {
        let away = at - self.middle;
        let far = away.length() / self.reach;
        let near = 1.0 / (1.0 + 2.6 * far * far);
        let mut tone =
            air.lit(near * (0.35 + 0.4 * rich)).plus(light.lit(near * near * near * (0.3 + 0.35 * rich)));
        // Along the tail the air glows further out.
        let along = away.dot(self.tail) / self.reach;
        let aside = away.dot(self.tail.across()) / self.reach;
        if along > 0.0 {
            let width = 0.55 + 0.28 * along;
            let beam = 1.0 / (1.0 + (aside / width) * (aside / width) * 3.0);
            let fade = 1.0 / (1.0 + 0.35 * along * along);
            tone = tone
                .plus(air.mix(light, 0.4).lit(beam * beam * fade * along.min(1.0) * (0.18 + 0.26 * rich)));
        }
        if matches!(self.tier, Tier::Legendary | Tier::Ancient) && far > 0.3 {
            let around = libm::atan2f(away.y, away.x) / core::f32::consts::TAU + 1.0;
            let many = f32::from(self::rays(self.tier));
            let ray = smooth(0.5, 0.95, rays.at(around * many, turned * 50.0));
            let strong = if self.tier == Tier::Legendary { 0.5 } else { 0.16 };
            tone = tone.plus(
                light.mix(air, 0.35).lit(ray * strong * smooth(0.3, 1.1, far) / (1.0 + far * far * 0.42)),
            );
        }
        tone
    }

    /// Stars: far ones, near ones, and a few that sparkle.
    fn sprinkle(&self, canvas: &mut Canvas, chance: &mut Chance) {
        let [light, ..] = self.tones;
        let tint = |chance: &mut Chance| {
            let warm = Tone { r: 1.0, g: 0.86, b: 0.72 };
            let cold = Tone { r: 0.74, g: 0.85, b: 1.0 };
            warm.mix(cold, chance.unit()).mix(WHITE, 0.4)
        };
        let somewhere = |chance: &mut Chance| p(chance.spread(100.0), chance.spread(100.0));
        let count = 60 + crate::draw::number::whole(self.stars * 110.0, 200);
        for _ in 0..count {
            let at = somewhere(chance);
            let size = chance.unit();
            let size = 0.18 + 0.34 * size * size * size;
            let tone = tint(chance);
            canvas.dot(at, size, tone, chance.between(0.3, 0.95), Over::Light);
        }
        for _ in 0..9 {
            let at = somewhere(chance);
            let size = chance.between(0.5, 0.85);
            let tone = tint(chance).mix(light, 0.3);
            canvas.glow(at, size * 6.0, tone, 0.3);
            canvas.dot(at, size, tone, 0.95, Over::Light);
        }
        for _ in 0..3 {
            let at = somewhere(chance);
            let size = chance.between(2.6, 5.0);
            sparkle(canvas, at, size, tint(chance).mix(light, 0.35), 0.8);
        }
    }
}

/// A light with four points.
pub(crate) fn sparkle(canvas: &mut Canvas, at: P, size: f32, tone: Tone, alpha: f32) {
    canvas.glow(at, size * 1.1, tone, alpha * 0.7);
    let thin = size * 0.075;
    for (long, wide) in [(p(size, 0.0), p(0.0, thin)), (p(0.0, size), p(thin, 0.0))] {
        let corners = [at + long, at + wide, at - long, at - wide];
        canvas.polygon(&corners, tone.mix(WHITE, 0.5), alpha, Over::Light);
    }
    canvas.dot(at, size * 0.16, WHITE, alpha, Over::Light);
}

/// Blends the grid's tones over all pixels.
fn spread(canvas: &mut Canvas, grid: &[Tone], side: usize, cells: usize) {
    let step = real(STEP);
    let mut upper_lower = vec![(Tone { r: 0.0, g: 0.0, b: 0.0 }, Tone { r: 0.0, g: 0.0, b: 0.0 }); cells];
    let opaque = |tone: Tone| {
        let [r, g, b] = [tone.r, tone.g, tone.b].map(|part| byte(part * 255.0));
        tiny_skia::ColorU8::from_rgba(r, g, b, 255).premultiply()
    };
    for (row, line) in canvas.pixels().chunks_mut(side.max(1)).enumerate() {
        let first = row / STEP * cells;
        let down = real(row % STEP) / step;
        let rows = grid.get(first..first + cells).into_iter().flatten();
        let next = grid.get(first + cells..first + 2 * cells).into_iter().flatten();
        let mut before = None;
        let blended = rows.zip(next).map(|(upper, lower)| upper.mix(*lower, down));
        for (slot, tone) in upper_lower.iter_mut().zip(blended) {
            if let Some(left) = before {
                *slot = (left, tone);
            }
            before = Some(tone);
        }
        for (pixels, (left, right)) in line.chunks_mut(STEP).zip(upper_lower.iter().skip(1)) {
            for (at, pixel) in pixels.iter_mut().enumerate() {
                *pixel = opaque(left.mix(*right, real(at) / step));
            }
        }
    }
}
