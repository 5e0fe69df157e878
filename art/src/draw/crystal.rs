//! Crystals: prisms of six sides with a point, lit from the upper left.

use crate::draw::canvas::{Canvas, Over};
use crate::draw::chance::Chance;
use crate::draw::number::real;
use crate::draw::space::{P, V, v};
use crate::draw::tone::{Tone, Tones, WHITE, shade};

/// Where the light comes from.
pub(crate) const LAMP: V = V { x: -0.50, y: -0.62, z: 0.60 };

/// One crystal.
#[derive(Clone, Debug)]
pub(crate) struct Crystal {
    /// Where it grows from.
    pub(crate) root: V,
    /// The way it grows, one unit long.
    pub(crate) way: V,
    pub(crate) long: f32,
    pub(crate) thick: f32,
    pub(crate) tones: Tones,
    /// How it is turned around its own length (radians).
    pub(crate) turn: f32,
}

impl Crystal {
    /// Its point.
    pub(crate) fn tip(&self) -> V {
        self.root + self.way * self.long
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, chance: &mut Chance) {
        let beside =
            self.way.cross(if self.way.z.abs() < 0.8 { v(0.0, 0.0, 1.0) } else { v(1.0, 0.0, 0.0) }).unit();
        let above = self.way.cross(beside);
        let ring = |at: f32, thick: f32| -> Vec<V> {
            let corner = |k: usize| {
                let around = P::towards(self.turn + real(k) * core::f32::consts::FRAC_PI_3);
                // Not quite regular: sides of two widths.
                let out = if k.is_multiple_of(2) { thick } else { thick * 0.88 };
                self.root + self.way * at + beside * (around.x * out) + above * (around.y * out)
            };
            (0..6).map(corner).collect()
        };
        let neck = self.long - self.thick * 1.9;
        let (foot, neck) = (ring(0.0, self.thick * 0.8), ring(neck.max(self.long * 0.45), self.thick));
        let tip = self.tip();
        let mut edges: Vec<[P; 2]> = Vec::new();
        let next = |ring: &[V], k: usize| ring.get((k + 1) % 6).copied();
        for (k, (low, high)) in foot.iter().zip(&neck).enumerate() {
            let (Some(low_next), Some(high_next)) = (next(&foot, k), next(&neck, k)) else { continue };
            let wobble = chance.spread(0.12);
            let side = (low_next - *low).cross(*high - *low).unit();
            if side.z > 0.02 {
                let light = 0.30 + 0.62 * side.dot(LAMP).max(-0.35) + wobble;
                let corners = [low.flat(), low_next.flat(), high_next.flat(), high.flat()];
                let ends = [
                    (self.root.flat(), shade(&self.tones, light - 0.35), 0.96),
                    (tip.flat(), shade(&self.tones, light + 0.25), 0.96),
                ];
                canvas.graded(&corners, ends, Over::Cover);
                edges.extend([[low.flat(), high.flat()], [low_next.flat(), high_next.flat()]]);
            }
            let cap = (high_next - *high).cross(tip - *high).unit();
            if cap.z > 0.0 {
                let light = 0.46 + 0.6 * cap.dot(LAMP).max(-0.3) + wobble;
                let ends = [
                    (high.flat().mix(high_next.flat(), 0.5), shade(&self.tones, light), 0.97),
                    (tip.flat(), shade(&self.tones, light + 0.2), 0.97),
                ];
                canvas.graded(&[high.flat(), high_next.flat(), tip.flat()], ends, Over::Cover);
                edges.extend([[high.flat(), tip.flat()], [high.flat(), high_next.flat()]]);
            }
        }
        self.shine(canvas, &edges);
    }

    /// Light on the edges, and a streak inside.
    fn shine(&self, canvas: &mut Canvas, edges: &[[P; 2]]) {
        let [bright, ..] = self.tones;
        for edge in edges {
            canvas.line(edge, self.thick * 0.045 + 0.12, bright.mix(WHITE, 0.45), 0.42, Over::Cover);
        }
        let lean = self.way.flat().across() * (self.thick * 0.28);
        let (from, to) = (self.root.flat(), self.tip().flat());
        let streak = [from.mix(to, 0.3) + lean, from.mix(to, 0.72) + lean];
        canvas.line(&streak, self.thick * 0.13, WHITE, 0.38, Over::Cover);
    }
}

/// A bunch of crystals of one colour around a direction, longest in the middle.
pub(crate) struct Bunch {
    /// From the middle of the rock outwards, one unit long.
    pub(crate) way: V,
    pub(crate) tones: Tones,
    pub(crate) count: usize,
    pub(crate) long: f32,
    pub(crate) thick: f32,
}

impl Bunch {
    /// Its crystals, on a rock whose surface lies `far` from its middle at `middle`.
    pub(crate) fn crystals(&self, middle: V, far: f32, chance: &mut Chance) -> Vec<Crystal> {
        let beside = self.way.cross(v(0.0, 0.0, 1.0)).unit();
        let above = self.way.cross(beside);
        let one = |k: usize, chance: &mut Chance| {
            let first = k == 0;
            let round = P::towards(real(k) * 2.4 + chance.spread(0.4));
            let out = if first { 0.0 } else { 0.16 + 0.05 * real(k) + chance.unit() * 0.06 };
            let way = (self.way + beside * (round.x * out * 1.9) + above * (round.y * out * 1.9)).unit();
            let spot = (self.way + beside * (round.x * out) + above * (round.y * out)).unit();
            let size = if first { 1.0 } else { chance.between(0.42, 0.78) };
            Crystal {
                root: middle + spot * (far * 0.84),
                way: (way + v(chance.spread(0.1), chance.spread(0.1), chance.spread(0.1))).unit(),
                long: self.long * size + far * 0.14,
                thick: self.thick * (0.55 + 0.45 * size),
                tones: self.tones,
                turn: chance.turn(),
            }
        };
        (0..self.count).map(|k| one(k, chance)).collect()
    }
}

/// The light of a colour, for glows.
pub(crate) fn gleam(tones: &Tones) -> Tone {
    let [bright, middle, _] = *tones;
    bright.mix(middle, 0.5)
}
