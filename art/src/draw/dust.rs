//! Dust: a swirl of grains and splinters. It shows its tier and nothing of its secret traits.

use meteor_rules::tier::Tier;

use crate::draw::canvas::{Canvas, Over};
use crate::draw::chance::Chance;
use crate::draw::crystal::Crystal;
use crate::draw::meteor::{Streams, rank};
use crate::draw::number::{real, whole};
use crate::draw::sky::{Sky, sparkle};
use crate::draw::space::{P, direction, p};
use crate::draw::tone::{Tone, Tones, WHITE};

/// A swirl with two arms, seen from a slant.
struct Swirl {
    turn: f32,
    lean: P,
    flat: f32,
    wound: f32,
}

impl Swirl {
    /// A place on an arm, `along` from 0 in the middle to 1, `aside` of it (units).
    fn at(&self, along: f32, arm: usize, aside: P) -> P {
        let around = P::towards(self.turn + real(arm) * core::f32::consts::PI + along * self.wound);
        let flat = around * (5.0 + 78.0 * along) + aside;
        self.lean * flat.x + self.lean.across() * (flat.y * self.flat)
    }
}

pub(crate) fn draw(canvas: &mut Canvas, tier: Tier, air: Tones, of: &Streams<'_>) {
    let rich = rank(tier);
    let [light, middle, dark] = air;
    let mut chance = (of.0)("swirl");
    let swirl = Swirl {
        turn: chance.turn(),
        lean: P::towards(chance.between(-0.7, 0.1)),
        flat: chance.between(0.42, 0.62),
        wound: chance.between(3.4, 5.2),
    };
    Sky {
        tier,
        tones: air,
        gas: middle,
        middle: p(0.0, 0.0),
        reach: 40.0,
        tail: swirl.lean,
        stars: chance.unit(),
    }
    .draw(canvas, &mut (of.0)("sky"));
    mist(canvas, &swirl, [light, middle], rich, &mut chance);
    grains(canvas, &swirl, [light, middle], rich, &mut chance);
    let mut growth = (of.0)("splinters");
    for k in 0..(5 + whole(rich * 3.0, 9)) {
        let place =
            swirl.at(growth.between(0.18, 0.95), k % 2, P::towards(growth.turn()) * growth.between(0.0, 9.0));
        let size = growth.between(4.0, 8.0) + 1.6 * rich * growth.unit();
        let way = direction(&mut growth);
        let splinter = Crystal {
            root: crate::draw::space::v(place.x, place.y, 0.0),
            way: crate::draw::space::v(way.x, way.y, way.z.abs() * 0.5).unit(),
            long: size,
            thick: size * growth.between(0.2, 0.3),
            tones: [light.mix(WHITE, 0.3), middle.mix(light, 0.35), dark.mix(middle, 0.55)],
            turn: growth.turn(),
        };
        canvas.glow(place, size * 1.3, light, 0.25);
        splinter.draw(canvas, &mut growth);
    }
    canvas.glow(p(0.0, 0.0), 24.0, light, 0.34 + 0.08 * rich);
    canvas.glow(p(0.0, 0.0), 7.0, WHITE, 0.6);
    for _ in 0..whole(rich + 1.0, 4) {
        let at = swirl.at(chance.between(0.1, 0.9), whole(chance.unit() * 2.0, 1), p(0.0, 0.0));
        sparkle(canvas, at, 3.2 + 1.3 * rich, light.mix(WHITE, 0.5), 0.85);
    }
}

/// The soft light of the arms.
fn mist(canvas: &mut Canvas, swirl: &Swirl, [light, middle]: [Tone; 2], rich: f32, chance: &mut Chance) {
    for k in 0..26 {
        let along = real(k / 2) / 13.0;
        let place = swirl.at(along, k % 2, P::towards(chance.turn()) * 4.0);
        canvas.glow(place, 20.0 - 7.0 * along, middle.mix(light, 0.5 * (1.0 - along)), 0.13 + 0.03 * rich);
    }
}

/// The grains themselves, finer ones first.
fn grains(canvas: &mut Canvas, swirl: &Swirl, [light, middle]: [Tone; 2], rich: f32, chance: &mut Chance) {
    let count = 560 + whole(rich * 140.0, 500);
    for k in 0..count {
        let along = chance.unit();
        let wide = (4.0 + 13.0 * along) * (chance.unit() + chance.unit() - 0.5).abs();
        let place = swirl.at(along, k % 2, P::towards(chance.turn()) * wide);
        let size = 0.2 + 0.75 * real(k) / real(count) * chance.unit();
        let tone = middle.mix(light, 0.35 + 0.65 * chance.unit()).mix(WHITE, 0.35 * chance.unit());
        canvas.dot(place, size, tone, chance.between(0.45, 1.0), Over::Light);
    }
}
