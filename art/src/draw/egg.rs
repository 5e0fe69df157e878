//! An egg in its scales. It shows its tier: all else that an egg is stays secret until it is revealed, so colours beside
//! the tier's, and how the scales lie, mean nothing.

use meteor_rules::tier::Tier;

use crate::draw::canvas::{Canvas, Over};
use crate::draw::chance::Chance;
use crate::draw::crystal::{Crystal, LAMP};
use crate::draw::meteor::{Streams, rank, rings};
use crate::draw::number::{mix, real, smooth, whole};
use crate::draw::sky::{Sky, sparkle};
use crate::draw::space::{P, V, p, v};
use crate::draw::tone::{BLACK, Tone, Tones, WHITE, shade};

/// Half its height, and its widest half (units).
const HIGH: f32 = 56.0;
const WIDE: f32 = 43.0;

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
    let share = pose.between(0.25, 0.55);
    let tones = [light.mix(tint, 0.22), middle.mix(tint, share).lit(1.35), dark.mix(tint, 0.25).lit(0.85)];
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
        ring.draw(canvas, p(0.0, 6.0), false, light, &mut chance);
    }
    nest(canvas, tones, rich, false, &mut (of.0)("nest"));
    let shell = Shell {
        tones,
        lean: P::towards(pose.spread(0.12)),
        rows: 13 + whole(pose.unit() * 6.0, 5),
        ridge: pose.between(0.0, 0.5),
        light,
    };
    shell.draw(canvas, rich, &mut chance);
    nest(canvas, tones, rich, true, &mut (of.0)("front"));
    for ring in &rings {
        ring.draw(canvas, p(0.0, 6.0), true, light, &mut chance);
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
        self.lean * place.x + self.lean.across() * place.y
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
        canvas.polygon(&outline, dark.mix(BLACK, 0.4), 1.0, Over::Cover);
        // From the bottom up: each row lies over the one below.
        for row in (0..self.rows).rev() {
            let down = (real(row) + 0.1) / real(self.rows);
            let step = 1.0 / real(self.rows);
            let count =
                whole(4.0 + 19.0 * libm::sinf((down + 0.35 * step) * core::f32::consts::PI), 40).max(5);
            let wide = core::f32::consts::TAU / real(count);
            for k in 0..count {
                let around =
                    (real(k) + if row.is_multiple_of(2) { 0.0 } else { 0.5 }) * wide - core::f32::consts::PI;
                if around.abs() < 1.75 {
                    self.scale(canvas, [down, step, around, wide], rich, chance);
                }
            }
        }
        // A soft light on its shoulder, and the glow of its tier from below.
        canvas.glow(p(-15.0, -24.0), 24.0, WHITE, 0.24);
        canvas.glow(p(16.0, 38.0), 30.0, self.light, 0.10 + 0.06 * rich);
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
            (corner, 0.05 + 0.72 * lamp * lamp + wobble)
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

/// Crystals that it lies in.
fn nest(canvas: &mut Canvas, tones: Tones, rich: f32, front: bool, chance: &mut Chance) {
    let [bright, middle, dark] = tones;
    let count = if front { 7 + whole(rich, 3) } else { 9 + whole(rich * 2.0, 6) };
    canvas.glow(p(0.0, 56.0), 50.0, middle, if front { 0.12 } else { 0.4 });
    let mut all: Vec<Crystal> = (0..count)
        .map(|k| {
            let spread = (real(k) + 0.5) / real(count) * 2.0 - 1.0 + chance.spread(0.08);
            let lean = spread * 0.95 + chance.spread(0.16);
            let way = v(
                lean,
                if front { -0.8 } else { -1.0 } + spread.abs() * 0.35,
                if front { 0.25 } else { -0.3 },
            )
            .unit();
            let size =
                if front { chance.between(9.0, 17.0) } else { chance.between(20.0, 33.0) + 2.0 * rich };
            Crystal {
                root: v(spread * 40.0, 62.0 - 6.0 * spread * spread + if front { 6.0 } else { 0.0 }, 0.0),
                way,
                long: size,
                thick: size * chance.between(0.16, 0.24),
                tones: [bright, middle.lit(0.9), dark],
                turn: chance.turn(),
            }
        })
        .collect();
    all.sort_by(|one, other| other.long.total_cmp(&one.long));
    for crystal in all {
        crystal.draw(canvas, chance);
    }
}
