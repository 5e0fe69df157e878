//! An egg in its scales. It shows its tier: all else that an egg is stays secret until it is revealed, so colours beside
//! the tier's, and how the scales lie, mean nothing.

use meteor_rules::tier::Tier;

use crate::draw::canvas::{Canvas, Over};
use crate::draw::chance::Chance;
use crate::draw::crystal::{Bunch, Crystal, LAMP, gleam};
use crate::draw::meteor::{Streams, rank, rings};
use crate::draw::number::{mix, real, smooth, whole};
use crate::draw::rock::{Make, Rock};
use crate::draw::sky::{Sky, sparkle};
use crate::draw::space::{P, V, p, v};
use crate::draw::tone::{BLACK, Tone, Tones, WHITE, shade};

/// Half its height, its widest half, and its middle (units).
const HIGH: f32 = 54.0;
const WIDE: f32 = 42.0;
const MIDDLE: P = p(0.0, -12.0);
/// The stone that it lies on: its middle and radius.
const STONE: V = v(0.0, 56.0, 0.0);
const STONE_RADIUS: f32 = 29.0;
/// Where crystals grow on the stone: behind the egg, beside it, and for richer tiers before it.
const WAYS: [V; 6] = [
    v(-0.8, -0.6, -0.25),
    v(0.8, -0.6, -0.25),
    v(-0.95, -0.1, 0.3),
    v(0.95, -0.05, 0.3),
    v(0.45, 0.3, 0.85),
    v(-0.5, 0.35, 0.8),
];

/// Tones of which one goes into the shell.
const TINTS: [Tone; 6] = [
    Tone { r: 0.16, g: 0.55, b: 0.62 },
    Tone { r: 0.72, g: 0.24, b: 0.42 },
    Tone { r: 0.78, g: 0.45, b: 0.16 },
    Tone { r: 0.34, g: 0.30, b: 0.74 },
    Tone { r: 0.24, g: 0.60, b: 0.34 },
    Tone { r: 0.66, g: 0.68, b: 0.74 },
];

/// How the scales of one egg lie.
struct Shell {
    tones: Tones,
    lean: P,
    rows: usize,
    /// How much every second scale is turned aside: plain rows at 0.
    ridge: f32,
    light: Tone,
}

pub(crate) fn draw(canvas: &mut Canvas, tier: Tier, air: Tones, of: &Streams<'_>) {
    let rich = rank(tier);
    let [light, middle, dark] = air;
    let mut pose = (of.0)("pose");
    let place = whole(pose.unit() * 6.0, 5);
    let tint = TINTS.get(place).copied().unwrap_or(WHITE);
    // The richer the tier, the purer its own colour.
    let pure = 1.0 - 0.22 * rich;
    let share = pose.between(0.25, 0.55) * pure;
    let tones =
        [light.mix(tint, 0.22 * pure), middle.mix(tint, share).lit(1.35), dark.mix(tint, 0.25).lit(0.85)];
    Sky {
        tier,
        tones: air,
        gas: tint,
        middle: p(0.0, 0.0),
        reach: 56.0,
        tail: p(0.0, -1.0),
        stars: pose.unit(),
    }
    .draw(canvas, &mut (of.0)("sky"));
    let mut chance = (of.0)("shell");
    let rings = rings(tier, 37.0, &mut chance);
    for ring in &rings {
        ring.draw(canvas, MIDDLE, false, light, &mut chance);
    }
    let nest = Nest::new(tones, air, rich, &mut (of.0)("nest"));
    nest.behind(canvas, &mut (of.0)("behind"));
    let shell = Shell {
        tones,
        lean: P::towards(pose.spread(0.12)),
        rows: 13 + whole(pose.unit() * 6.0, 5),
        ridge: pose.between(0.0, 0.5),
        light,
    };
    shell.draw(canvas, rich, &mut chance);
    nest.before(canvas, &mut (of.0)("before"));
    for ring in &rings {
        ring.draw(canvas, MIDDLE, true, light, &mut chance);
    }
    for _ in 0..whole(8.0 + rich * 14.0, 60) {
        let at = P::towards(chance.turn()) * chance.between(44.0, 84.0);
        canvas.dot(
            at,
            chance.between(0.25, 0.8),
            light.mix(WHITE, 0.4),
            chance.between(0.3, 0.9),
            Over::Light,
        );
    }
    for _ in 0..whole(rich, 3) {
        let at = P::towards(chance.turn()) * chance.between(30.0, 50.0);
        sparkle(canvas, at, 3.0 + 1.4 * rich, light.mix(WHITE, 0.5), 0.8);
    }
}

impl Shell {
    /// A place of the shell, by how far down (0 to 1) and how far around (radians from the front), and its facing.
    fn at(down: f32, around: f32) -> (V, V) {
        let high = libm::cosf(down * core::f32::consts::PI);
        let ring = libm::sinf(down * core::f32::consts::PI);
        // Wider below the middle.
        let wide = WIDE * (1.0 - 0.17 * high - 0.05 * high * high);
        let turn = P::towards(around);
        let place = v(turn.y * ring * wide, -high * HIGH, turn.x * ring * wide);
        let facing = v(turn.y * ring / wide, -high / HIGH, turn.x * ring / wide).unit();
        (place, facing)
    }

    /// As it is seen, leaning a little.
    fn seen(&self, place: V) -> P {
        MIDDLE + self.lean * place.x + self.lean.across() * place.y
    }

    fn draw(&self, canvas: &mut Canvas, rich: f32, chance: &mut Chance) {
        let [_, _, dark] = self.tones;
        let outline: Vec<P> = (0..48)
            .map(|k| {
                let down = real(if k < 24 { k } else { 48 - k }) / 24.0;
                self.seen(
                    Self::at(
                        down,
                        if k < 24 { core::f32::consts::FRAC_PI_2 } else { -core::f32::consts::FRAC_PI_2 },
                    )
                    .0,
                )
            })
            .collect();
        canvas.polygon(&outline, dark.mix(BLACK, 0.2), 1.0, Over::Cover);
        // From the bottom up: each row lies over the one below.
        for row in (0..self.rows).rev() {
            let down = (real(row) + 0.1) / real(self.rows);
            let step = 1.0 / real(self.rows);
            let count =
                whole(4.0 + 19.0 * libm::sinf((down + 0.35 * step) * core::f32::consts::PI), 40).max(5);
            let wide = core::f32::consts::TAU / real(count);
            let places: Vec<f32> = (0..count)
                .map(|k| {
                    (real(k) + if row.is_multiple_of(2) { 0.0 } else { 0.5 }) * wide - core::f32::consts::PI
                })
                .filter(|around| around.abs() < 1.75)
                .collect();
            for around in &places {
                self.bed(canvas, [down, step, *around, wide]);
            }
            for around in &places {
                self.scale(canvas, [down, step, *around, wide], rich, chance);
            }
        }
        // A soft light on its shoulder, and the glow of its tier from below.
        canvas.glow(MIDDLE + p(-15.0, -24.0), 26.0, WHITE, 0.26);
        canvas.glow(MIDDLE + p(16.0, 36.0), 30.0, self.light, 0.10 + 0.06 * rich);
    }

    /// What shows between scales: the shell under them, in their shade.
    fn bed(&self, canvas: &mut Canvas, [down, step, around, wide]: [f32; 4]) {
        let side = |down: f32, around: f32| self.seen(Self::at(down.clamp(0.0, 1.0), around).0);
        let (upper, lower) = (down - step * 0.9, down + step * 0.6);
        let (left, right) = (around - wide * 0.6, around + wide * 0.6);
        let (_, facing) = Self::at(down.min(1.0), around);
        let lamp = smooth(-0.35, 1.0, facing.dot(LAMP.unit()));
        let corners = [side(upper, left), side(upper, right), side(lower, right), side(lower, left)];
        canvas.polygon(&corners, shade(&self.tones, 0.05 + 0.5 * lamp * lamp).lit(0.5), 1.0, Over::Cover);
    }

    /// One scale: a kite in two halves.
    fn scale(
        &self,
        canvas: &mut Canvas,
        [down, step, around, wide]: [f32; 4],
        rich: f32,
        chance: &mut Chance,
    ) {
        let side = |down: f32, around: f32| self.seen(Self::at(down.clamp(0.0, 1.0), around).0);
        let (top, tip) =
            (side(down - step * 0.5, around), side(down + step * 1.75, around + self.ridge * wide * 0.3));
        let (left, right) =
            (side(down + step * 0.4, around - wide * 0.6), side(down + step * 0.4, around + wide * 0.6));
        let (_, facing) = Self::at((down + 0.4 * step).min(1.0), around);
        let wobble = chance.spread(0.06);
        let mut halves = [(left, -0.16), (right, 0.10)].map(|(corner, turn)| {
            let tilted = v(facing.x + turn, facing.y - 0.1, facing.z).unit();
            let lamp = smooth(-0.35, 1.0, tilted.dot(LAMP.unit()));
            (corner, 0.06 + 0.9 * lamp * lamp + wobble)
        });
        // The half in the shade first, so that the lit one has the edge.
        halves.sort_by(|one, other| one.1.total_cmp(&other.1));
        let edge = 1.0 - facing.z.clamp(0.0, 1.0);
        for (corner, light) in halves {
            let base = shade(&self.tones, light).plus(self.light.lit(edge * edge * (0.10 + 0.12 * rich)));
            let ends = [(top, base.lit(0.42), 1.0), (tip, base.lit(1.2), 1.0)];
            canvas.graded(&[top, corner, tip], ends, Over::Cover);
        }
        let shine = 0.16 + 0.1 * rich;
        let [bright, ..] = self.tones;
        canvas.line(
            &[left, tip, right],
            0.4,
            bright.mix(self.light, 0.5),
            shine * mix(1.0, 0.4, edge),
            Over::Cover,
        );
    }
}

/// What it lies on: a piece of a meteor, and the crystals that grow there.
struct Nest {
    stone: Rock,
    crystals: Vec<Crystal>,
    glow: Tone,
}

impl Nest {
    fn new(tones: Tones, [light, middle, dark]: Tones, rich: f32, chance: &mut Chance) -> Self {
        let make = Make {
            middle: STONE,
            radius: STONE_RADIUS,
            tones: [middle.mix(light, 0.45), middle.mix(dark, 0.35).lit(0.9), dark],
            fire: light,
            tail: P::towards(0.9),
            rim: 0.35 + 0.12 * rich,
            craters: 3,
        };
        let stone = Rock::new(make, chance);
        let mut crystals = Vec::new();
        for way in WAYS.into_iter().take(3 + whole(rich, 3)) {
            let way = (way + v(chance.spread(0.14), chance.spread(0.14), 0.0)).unit();
            let bunch = Bunch {
                way,
                tones,
                count: 3 + whole(rich * 0.7 + chance.unit() * 1.9, 9),
                long: STONE_RADIUS * (0.5 + 0.12 * rich + chance.between(0.0, 0.2)),
                thick: STONE_RADIUS * (0.12 + 0.012 * rich + chance.between(0.0, 0.025)),
            };
            crystals.extend(bunch.crystals(STONE, stone.reach(way), chance));
        }
        crystals
            .sort_by(|one, other| one.root.z.total_cmp(&other.root.z).then(other.long.total_cmp(&one.long)));
        Self { stone, crystals, glow: gleam(&tones) }
    }

    /// The stone, and what the egg hides a part of.
    fn behind(&self, canvas: &mut Canvas, chance: &mut Chance) {
        canvas.glow(STONE.flat(), STONE_RADIUS * 2.0, self.glow, 0.22);
        for crystal in self.crystals.iter().filter(|crystal| crystal.way.z < -0.05) {
            crystal.draw(canvas, chance);
        }
        self.stone.draw(canvas, chance);
    }

    /// What hides a part of the egg.
    fn before(&self, canvas: &mut Canvas, chance: &mut Chance) {
        for crystal in self.crystals.iter().filter(|crystal| crystal.way.z >= -0.05) {
            canvas.dot(crystal.root.flat(), crystal.thick * 1.25, BLACK, 0.22, Over::Cover);
            crystal.draw(canvas, chance);
        }
    }
}
