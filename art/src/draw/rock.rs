//! Rock: a ball with flat faces, dents and craters, lit by the sky and by its own fire.

use crate::draw::canvas::{Canvas, Over};
use crate::draw::chance::Chance;
use crate::draw::crystal::LAMP;
use crate::draw::number::{real, smooth};
use crate::draw::space::{Body, FINE, P, V, direction, v};
use crate::draw::tone::{Tone, Tones, WHITE, shade};

/// What a rock is made from.
pub(crate) struct Make {
    pub(crate) middle: V,
    pub(crate) radius: f32,
    pub(crate) tones: Tones,
    /// The fire behind it, and the way that lies.
    pub(crate) fire: Tone,
    pub(crate) tail: P,
    /// How hard that fire lights its edge.
    pub(crate) rim: f32,
    pub(crate) craters: usize,
}

/// A rock, ready to be drawn.
pub(crate) struct Rock {
    body: Body,
    make: Make,
}

impl Rock {
    pub(crate) fn new(make: Make, chance: &mut Chance) -> Self {
        // Planes that cut the ball: broad flat faces, as of broken stone.
        let cuts: Vec<(V, f32)> = (0..15).map(|_| (direction(chance), chance.between(0.80, 1.02))).collect();
        let waves: Vec<(V, f32, f32)> = (0..6)
            .map(|k| {
                (direction(chance) * (2.0 + 1.3 * real(k)), chance.turn(), 0.042 / (1.0 + 0.4 * real(k)))
            })
            .collect();
        let dents: Vec<(V, f32, f32)> = (0..make.craters)
            .map(|k| {
                let way = direction(chance);
                let size = if k == 0 { 0.5 } else { chance.between(0.17, 0.36) };
                (v(way.x, way.y, way.z.abs() * 0.9 + 0.25).unit(), size, chance.between(0.3, 0.42) * size)
            })
            .collect();
        let long = direction(chance);
        let stretch = chance.between(0.08, 0.3);
        let mut body = FINE.clone();
        for corner in &mut body.corners {
            let way = *corner;
            let mut far = 1.06_f32;
            for (plane, at) in &cuts {
                let facing = way.dot(*plane);
                if facing > 0.3 {
                    far = far.min(at / facing);
                }
            }
            for (wave, phase, high) in &waves {
                far += high * libm::sinf(way.dot(*wave) + phase);
            }
            for (spot, size, deep) in &dents {
                let off = (way - *spot).dot(way - *spot).sqrt() / size;
                if off < 1.35 {
                    let bowl = if off < 1.0 { deep * (1.0 - off * off) } else { 0.0 };
                    let lip = 0.28 * deep * smooth(0.55, 1.0, off) * (1.0 - smooth(1.0, 1.35, off));
                    far += lip - bowl;
                }
            }
            far *= 1.0 + stretch * (way.dot(long) * way.dot(long) - 0.4);
            far += chance.spread(0.008);
            *corner = make.middle + way * (far * make.radius);
        }
        Self { body, make }
    }

    /// How far its surface lies from its middle in a direction.
    pub(crate) fn reach(&self, way: V) -> f32 {
        let nearest = self.body.corners.iter().map(|corner| *corner - self.make.middle);
        let best = nearest.max_by(|one, other| one.unit().dot(way).total_cmp(&other.unit().dot(way)));
        best.map_or(self.make.radius, |corner| corner.dot(corner).sqrt())
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, chance: &mut Chance) {
        let mut seen: Vec<(f32, [V; 3], V)> = Vec::new();
        for face in &self.body.faces {
            let Some([a, b, c]) = self.body.face(face) else { continue };
            let facing = (b - a).cross(c - a).unit();
            if facing.z > -0.02 {
                seen.push(((a.z + b.z + c.z) / 3.0, [a, b, c], facing));
            }
        }
        seen.sort_by(|one, other| one.0.total_cmp(&other.0));
        for (_, corners, facing) in &seen {
            let tone = self.tone(*corners, *facing, chance);
            let [a, b, c] = corners.map(V::flat);
            let middle = (a + b + c) * (1.0 / 3.0);
            // A little larger, so that no gap shows between neighbours.
            let grown = [a, b, c].map(|corner| {
                let out = corner - middle;
                corner + out * (0.28 / out.length().max(0.5))
            });
            canvas.polygon(&grown, tone, 1.0, Over::Cover);
        }
    }

    /// The tone of a face.
    fn tone(&self, corners: [V; 3], facing: V, chance: &mut Chance) -> Tone {
        let Make { middle, radius, tones, fire, tail, rim, .. } = &self.make;
        let [a, b, c] = corners;
        let place = (a + b + c) * (1.0 / 3.0) - *middle;
        let depth = place.dot(place).sqrt() / radius;
        let lamp = facing.dot(LAMP.unit());
        // The side away from the lamp is nearly dark, so that the body looks round.
        let key = smooth(-0.25, 1.05, lamp);
        let light = 0.05 + 0.92 * key * key + 0.05 * facing.z;
        // What lies deep gets less of the sky.
        let hollow = smooth(0.72, 1.0, depth);
        let light = light * (0.5 + 0.5 * hollow) + chance.spread(0.03);
        let mut tone = shade(tones, light);
        let shine = smooth(0.82, 1.0, lamp);
        tone = tone.mix(WHITE, 0.2 * shine);
        let back = facing.flat().dot(*tail);
        let edge = 1.0 - facing.z.clamp(0.0, 1.0);
        let lit = (back * 0.9 + 0.1).max(0.0) * edge * (0.4 + 0.6 * edge);
        tone = tone.plus(fire.lit(lit * rim));
        // The front glows where it meets the air.
        let front = (-back).max(0.0) * edge * edge;
        tone.plus(fire.lit(front * rim * 0.32))
    }

    /// Cracks that glow: ways along the corners of faces, from one near the edge inwards.
    pub(crate) fn veins(&self, canvas: &mut Canvas, count: usize, tones: &Tones, chance: &mut Chance) {
        let mut beside = vec![Vec::new(); self.body.corners.len()];
        for [a, b, c] in &self.body.faces {
            for (from, to) in [(a, b), (b, c), (c, a)] {
                if let Some(list) = beside.get_mut(*from) {
                    list.push(*to);
                }
            }
        }
        let [bright, middle, _] = *tones;
        for vein in 0..count {
            let around = P::towards(chance.turn() + real(vein) * 2.1);
            let start = v(around.x * 0.55, around.y * 0.55, 0.8).unit();
            let mut way = P::towards(chance.turn());
            let near = |at: &usize| {
                self.body
                    .corners
                    .get(*at)
                    .map_or(-9.0, |corner| (*corner - self.make.middle).unit().dot(start))
            };
            let mut at = (0..self.body.corners.len())
                .max_by(|one, other| near(one).total_cmp(&near(other)))
                .unwrap_or(0);
            let mut path: Vec<P> = Vec::new();
            for _ in 0..9 {
                let Some(here) = self.body.corners.get(at) else { break };
                path.push(here.flat());
                let best = beside.get(at).into_iter().flatten().filter_map(|next| {
                    let there = self.body.corners.get(*next)?;
                    let step = there.flat() - here.flat();
                    let seen = (*there - self.make.middle).unit().z > 0.22;
                    seen.then(|| (*next, step, step.dot(way) / step.length().max(0.1)))
                });
                let Some((next, step, _)) = best.max_by(|one, other| one.2.total_cmp(&other.2)) else {
                    break;
                };
                way = way * 0.55 + step * (0.3 / step.length().max(0.1)) + p_jitter(chance);
                at = next;
            }
            // Wide where it begins, fine where it ends.
            let steps = path.len().max(2) - 1;
            canvas.line(&path, 3.6, middle, 0.14, Over::Light);
            for (step, ends) in path.windows(2).enumerate() {
                let left = 1.0 - real(step) / real(steps);
                canvas.line(ends, 0.5 + 1.5 * left, middle, 0.38, Over::Light);
                canvas.line(ends, 0.16 + 0.62 * left, bright.mix(WHITE, 0.4), 0.95, Over::Cover);
            }
        }
    }
}

fn p_jitter(chance: &mut Chance) -> P {
    P::towards(chance.turn()) * 0.28
}
