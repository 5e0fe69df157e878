//! Points in the plane and in space, and a rounded body of triangles from which rocks are made.
//!
//! The picture is 200 units wide and high around (0, 0); x goes right, y down, z towards who looks.

use std::collections::BTreeMap;
use std::ops::{Add, Mul, Sub};
use std::sync::LazyLock;

use crate::draw::chance::Chance;

/// A point of the picture, in units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct P {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

/// A point of the picture.
pub(crate) const fn p(x: f32, y: f32) -> P {
    P { x, y }
}

impl P {
    /// One unit in the direction of an angle (radians, from right to down).
    pub(crate) fn towards(angle: f32) -> Self {
        p(libm::cosf(angle), libm::sinf(angle))
    }

    /// A quarter turn on.
    pub(crate) fn across(self) -> Self {
        p(-self.y, self.x)
    }

    pub(crate) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    pub(crate) fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    pub(crate) fn mix(self, other: Self, t: f32) -> Self {
        self + (other - self) * t
    }
}

impl Add for P {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        p(self.x + other.x, self.y + other.y)
    }
}

impl Sub for P {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        p(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for P {
    type Output = Self;
    fn mul(self, by: f32) -> Self {
        p(self.x * by, self.y * by)
    }
}

/// A point in space, in units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct V {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) z: f32,
}

/// A point in space.
pub(crate) const fn v(x: f32, y: f32, z: f32) -> V {
    V { x, y, z }
}

impl V {
    pub(crate) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub(crate) fn cross(self, other: Self) -> Self {
        v(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    /// In the same direction, one unit long.
    pub(crate) fn unit(self) -> Self {
        self * (1.0 / self.dot(self).sqrt().max(1e-6))
    }

    /// As it is seen: depth falls away.
    pub(crate) const fn flat(self) -> P {
        p(self.x, self.y)
    }
}

impl Add for V {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        v(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for V {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        v(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f32> for V {
    type Output = Self;
    fn mul(self, by: f32) -> Self {
        v(self.x * by, self.y * by, self.z * by)
    }
}

/// Any direction in space, all equally likely.
pub(crate) fn direction(chance: &mut Chance) -> V {
    let z = chance.spread(1.0);
    let around = P::towards(chance.turn());
    let flat = (1.0 - z * z).max(0.0).sqrt();
    v(around.x * flat, around.y * flat, z)
}

/// A body of triangles around the origin.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) corners: Vec<V>,
    /// Three corners each, by their place.
    pub(crate) faces: Vec<[usize; 3]>,
}

impl Body {
    /// The corners of a face.
    pub(crate) fn face(&self, face: &[usize; 3]) -> Option<[V; 3]> {
        let [a, b, c] = *face;
        Some([*self.corners.get(a)?, *self.corners.get(b)?, *self.corners.get(c)?])
    }

    /// An icosahedron on the unit sphere.
    fn icosahedron() -> Self {
        const G: f32 = 1.618_034;
        let corners = [
            v(-1.0, G, 0.0),
            v(1.0, G, 0.0),
            v(-1.0, -G, 0.0),
            v(1.0, -G, 0.0),
            v(0.0, -1.0, G),
            v(0.0, 1.0, G),
            v(0.0, -1.0, -G),
            v(0.0, 1.0, -G),
            v(G, 0.0, -1.0),
            v(G, 0.0, 1.0),
            v(-G, 0.0, -1.0),
            v(-G, 0.0, 1.0),
        ];
        let faces = vec![
            [0, 11, 5],
            [0, 5, 1],
            [0, 1, 7],
            [0, 7, 10],
            [0, 10, 11],
            [1, 5, 9],
            [5, 11, 4],
            [11, 10, 2],
            [10, 7, 6],
            [7, 1, 8],
            [3, 9, 4],
            [3, 4, 2],
            [3, 2, 6],
            [3, 6, 8],
            [3, 8, 9],
            [4, 9, 5],
            [2, 4, 11],
            [6, 2, 10],
            [8, 6, 7],
            [9, 8, 1],
        ];
        Self { corners: corners.map(V::unit).to_vec(), faces }
    }

    /// The same with every face cut into four.
    fn finer(self) -> Self {
        let mut middles = BTreeMap::new();
        let mut corners = self.corners;
        let mut faces = Vec::with_capacity(self.faces.len() * 4);
        for [a, b, c] in self.faces {
            let mut middle = |one: usize, other: usize| {
                *middles.entry((one.min(other), one.max(other))).or_insert_with(|| {
                    let ends = [one, other].map(|at| corners.get(at).copied().unwrap_or(v(0.0, 0.0, 0.0)));
                    let [one, other] = ends;
                    corners.push((one + other).unit());
                    corners.len() - 1
                })
            };
            let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
            faces.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
        }
        Self { corners, faces }
    }
}

/// A ball of 320 triangles.
pub(crate) static ROUGH: LazyLock<Body> = LazyLock::new(|| Body::icosahedron().finer().finer());

/// A ball of 1,280 triangles.
pub(crate) static FINE: LazyLock<Body> = LazyLock::new(|| ROUGH.clone().finer());

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_balls_are_closed_and_face_outwards() {
        for (ball, faces) in [(&ROUGH, 320), (&FINE, 1280)] {
            assert_eq!((ball.faces.len(), ball.corners.len()), (faces, faces / 2 + 2));
            for face in &ball.faces {
                let [a, b, c] = ball.face(face).unwrap();
                assert!((b - a).cross(c - a).dot(a + b + c) > 0.0);
            }
        }
    }
}
