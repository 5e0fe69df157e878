//! A meteor: rock and crystals that fall through a sky, with all that its traits say.

use meteor_rules::tier::Tier;
use tiny_skia::{Path, PathBuilder};

use crate::draw::canvas::{Canvas, Over};
use crate::draw::chance::Chance;
use crate::draw::crystal::{Bunch, Crystal, gleam};
use crate::draw::number::{mix, real};
use crate::draw::rock::{Make, Rock};
use crate::draw::sky::{Sky, sparkle};
use crate::draw::space::{P, direction, p, v};
use crate::draw::tone::{BLACK, Tone, Tones, WHITE, shade};

/// What a meteor looks like.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) tier: Tier,
    /// Light, air and dark of its tier.
    pub(crate) air: Tones,
    pub(crate) rock: Tones,
    pub(crate) essence: Tones,
    /// One for each crystal it has.
    pub(crate) crystals: Vec<Tones>,
    /// How heavy, from 0 to 1.
    pub(crate) weight: f32,
    /// How far it came, from 0 to 1.
    pub(crate) distance: f32,
}

/// The streams that a meteor is drawn with.
pub(crate) struct Streams<'a>(pub(crate) &'a dyn Fn(&str) -> Chance);

pub(crate) fn draw(canvas: &mut Canvas, look: &Look, of: &Streams<'_>) {
    let rich = rank(look.tier);
    let mut pose = (of.0)("pose");
    let tail = P::towards(-core::f32::consts::FRAC_PI_4 + pose.spread(0.26));
    let radius = 31.0 + 8.0 * look.weight + 2.0 * rich;
    let middle = tail * -17.0 + p(pose.spread(5.0), pose.spread(5.0));
    let sky = Sky {
        tier: look.tier,
        tones: look.air,
        gas: gleam(&look.essence),
        middle,
        reach: radius * 1.5,
        tail,
        stars: look.distance,
    };
    sky.draw(canvas, &mut (of.0)("sky"));
    let [light, ..] = look.air;
    let [burning, ember, _] = look.essence;
    trail(canvas, look, middle, radius, tail, &mut (of.0)("trail"));
    let mut chance = (of.0)("rings");
    let rings = rings(look.tier, radius, &mut chance);
    for ring in &rings {
        ring.draw(canvas, middle, false, light, &mut chance);
    }
    let centre = v(middle.x, middle.y, 0.0);
    let fire = burning.mix(light, 0.45).mix(ember, 0.25);
    let make = Make {
        middle: centre,
        radius,
        tones: look.rock,
        fire,
        tail,
        rim: 0.75 + 0.3 * rich,
        craters: 3 + crate::draw::number::whole(pose.unit() * 4.0, 4),
    };
    let mut chance = (of.0)("rock");
    let rock = Rock::new(make, &mut chance);
    let mut growth = (of.0)("crystals");
    let bunches = bunches(look, tail, radius, rich, &mut growth);
    let mut crystals: Vec<Crystal> = Vec::new();
    for bunch in &bunches {
        let made = bunch.crystals(centre, rock.reach(bunch.way), &mut growth);
        let at = (centre + bunch.way * (radius * 1.15)).flat();
        canvas.glow(at, bunch.long * 1.5 + radius * 0.35, gleam(&bunch.tones), 0.34 + 0.1 * rich);
        crystals.extend(made);
    }
    crystals.sort_by(|one, other| one.root.z.total_cmp(&other.root.z).then(other.long.total_cmp(&one.long)));
    let behind = |crystal: &&Crystal| crystal.way.z < -0.05;
    for crystal in crystals.iter().filter(behind) {
        crystal.draw(canvas, &mut growth);
    }
    rock.draw(canvas, &mut chance);
    rock.veins(
        canvas,
        [0, 2, 3, 5].get(crate::draw::number::whole(rich, 3)).copied().unwrap_or(0),
        &look.essence,
        &mut chance,
    );
    for crystal in crystals.iter().filter(|crystal| !behind(crystal)) {
        // It darkens the rock at its foot.
        canvas.dot(crystal.root.flat(), crystal.thick * 1.25, BLACK, 0.22, Over::Cover);
        crystal.draw(canvas, &mut growth);
    }
    for bunch in &bunches {
        let at = (centre + bunch.way * (radius * 1.05)).flat();
        canvas.glow(at, radius * 0.62, gleam(&bunch.tones), 0.2 + 0.07 * rich);
    }
    let mut chance = (of.0)("front");
    for ring in &rings {
        ring.draw(canvas, middle, true, light, &mut chance);
    }
    front(canvas, look, middle, radius, tail, &crystals, &mut chance);
}

/// How rich a tier is, from 0 to 3.
pub(crate) const fn rank(tier: Tier) -> f32 {
    match tier {
        Tier::Legendary => 3.0,
        Tier::Ancient => 2.0,
        Tier::Rare => 1.0,
        Tier::Common => 0.0,
    }
}

/// Where crystals grow: away from where it falls, to the sides, and to who looks.
fn bunches(look: &Look, tail: P, radius: f32, rich: f32, chance: &mut Chance) -> Vec<Bunch> {
    let back = libm::atan2f(tail.y, tail.x);
    let angles = [-0.75, 0.95, -2.2];
    let one = |(tones, angle): (&Tones, f32)| {
        let way = P::towards(back + angle + chance.spread(0.3));
        let up = chance.between(0.25, 0.55);
        let count = 3 + crate::draw::number::whole(rich * 0.7 + chance.unit() * 1.9, 9);
        Bunch {
            way: v(way.x, way.y, up).unit(),
            tones: *tones,
            count,
            long: radius * (0.42 + 0.13 * rich + chance.between(0.0, 0.2)),
            thick: radius * (0.10 + 0.012 * rich + chance.between(0.0, 0.025)),
        }
    };
    look.crystals.iter().zip(angles).map(one).collect()
}

/// A tongue of fire from the rock backwards.
fn tongue(root: P, tail: P, wide: f32, long: f32, bend: f32) -> Option<Path> {
    let side = tail.across();
    let (left, right) = (root + side * wide, root - side * wide);
    let tip = root + tail * long + side * (bend * long);
    let middle = root + tail * (long * 0.45) + side * (bend * long * 0.2);
    let mut path = PathBuilder::new();
    path.move_to(left.x, left.y);
    let (a, b) = (middle + side * (wide * 0.8), middle - side * (wide * 0.8));
    path.quad_to(a.x, a.y, tip.x, tip.y);
    path.quad_to(b.x, b.y, right.x, right.y);
    let round = root - tail * wide;
    path.quad_to(round.x, round.y, left.x, left.y);
    path.close();
    path.finish()
}

fn trail(canvas: &mut Canvas, look: &Look, middle: P, radius: f32, tail: P, chance: &mut Chance) {
    let rich = rank(look.tier);
    let [light, air, _] = look.air;
    let [burning, ember, _] = look.essence;
    let side = tail.across();
    let long = 92.0 + 18.0 * rich;
    let broad = [(1.02, 0.16, ember.mix(air, 0.4)), (0.8, 0.26, ember), (0.55, 0.4, burning.mix(light, 0.4))];
    for (share, alpha, tone) in broad {
        let path = tongue(middle, tail, radius * share, long * (1.35 - share * 0.3), chance.spread(0.03));
        let stops = [
            (0.0, tone, alpha * (0.75 + 0.06 * rich)),
            (0.3, tone, alpha * (0.5 + 0.05 * rich)),
            (1.0, tone, 0.0),
        ];
        canvas.shape(path, middle, middle + tail * (long * 1.2), &stops, Over::Light);
    }
    let count = 7 + crate::draw::number::whole(rich * 3.0, 20);
    for _ in 0..count {
        let off = chance.spread(0.95);
        let root = middle + side * (off * radius) + tail * (radius * (0.9 - off * off).max(0.0) * 0.5);
        let far = long * chance.between(0.45, 1.25) * (1.1 - 0.5 * off * off);
        let wide = radius * chance.between(0.015, 0.10);
        let tone = burning.mix(light, chance.unit()).mix(WHITE, 0.25 * chance.unit());
        let stops =
            [(0.0, tone, 0.0), (0.18, tone, chance.between(0.25, 0.6)), (1.0, tone.mix(ember, 0.5), 0.0)];
        let path = tongue(root, tail, wide, far, chance.spread(0.05));
        canvas.shape(path, root, root + tail * far, &stops, Over::Light);
    }
    // Chips of rock and sparks in the tail.
    for _ in 0..(5 + count / 2) {
        let at = middle + tail * (radius * chance.between(1.1, 3.2)) + side * (radius * chance.spread(0.95));
        let size = chance.between(0.7, 2.3);
        let turn = chance.turn();
        let corners: Vec<P> = (0..5)
            .map(|k| {
                at + P::towards(turn + real(k) * 1.256)
                    * (size * (0.65 + 0.35 * libm::sinf(turn * 3.0 + real(k) * 2.0)))
            })
            .collect();
        let stone = shade(&look.rock, 0.25 + 0.3 * chance.unit());
        canvas.polygon(&corners, stone.plus(burning.lit(0.2)), 1.0, Over::Cover);
        canvas.line(&corners, 0.25, burning, 0.5, Over::Light);
    }
    for _ in 0..(12 + 2 * count) {
        let away = chance.unit();
        let at =
            middle + tail * (radius * (0.6 + 4.0 * away)) + side * (radius * chance.spread(0.7 + 0.6 * away));
        let tone = burning.mix(light, chance.unit());
        let size = chance.between(0.2, 0.75) * (1.2 - 0.5 * away);
        canvas.dot(at, size, tone.mix(WHITE, 0.3), chance.between(0.4, 1.0), Over::Light);
    }
}

/// A ring of shards and light around the rock.
pub(crate) struct Ring {
    /// Half its width and half its height (units), and how it leans.
    wide: f32,
    high: f32,
    lean: P,
    beads: usize,
}

pub(crate) fn rings(tier: Tier, radius: f32, chance: &mut Chance) -> Vec<Ring> {
    let sizes: &[(f32, f32, usize)] = match tier {
        Tier::Legendary => &[(1.72, 0.40, 46), (2.02, 0.34, 60)],
        Tier::Ancient => &[(1.68, 0.36, 40)],
        Tier::Rare | Tier::Common => &[],
    };
    let lean = chance.between(0.25, 0.62);
    let one = |(at, (wide, high, beads)): (usize, &(f32, f32, usize))| Ring {
        wide: radius * wide,
        high: radius * wide * high * chance.between(0.8, 1.1),
        lean: P::towards(lean - real(at) * chance.between(0.7, 1.15)),
        beads: *beads,
    };
    sizes.iter().enumerate().map(one).collect()
}

impl Ring {
    fn at(&self, middle: P, around: P) -> P {
        middle + self.lean * (around.x * self.wide) + self.lean.across() * (around.y * self.high)
    }

    /// Its half in front of the rock or the one behind.
    pub(crate) fn draw(&self, canvas: &mut Canvas, middle: P, front: bool, light: Tone, chance: &mut Chance) {
        let from = if front { 0.0 } else { core::f32::consts::PI };
        let points: Vec<P> = (0..=40)
            .map(|k| self.at(middle, P::towards(from + core::f32::consts::PI * real(k) / 40.0)))
            .collect();
        let strong = if front { 1.0 } else { 0.5 };
        for (width, alpha) in [(4.0, 0.07), (1.6, 0.2), (0.45, 0.8)] {
            canvas.line(&points, width, light, alpha * strong, Over::Light);
        }
        for _ in 0..self.beads / 2 {
            let at = from + core::f32::consts::PI * chance.unit();
            let place = self.at(middle, P::towards(at) * chance.between(0.95, 1.06));
            let size = chance.between(0.25, 1.0) * mix(0.7, 1.0, strong);
            let bead = [p(0.0, -size), p(size * 0.7, 0.0), p(0.0, size), p(size * -0.7, 0.0)]
                .map(|corner| place + corner);
            canvas.polygon(&bead, light.mix(WHITE, chance.unit() * 0.6), 0.85 * strong, Over::Light);
        }
    }
}

/// Light in front of everything.
fn front(
    canvas: &mut Canvas,
    look: &Look,
    middle: P,
    radius: f32,
    tail: P,
    crystals: &[Crystal],
    chance: &mut Chance,
) {
    let rich = rank(look.tier);
    let [light, ..] = look.air;
    // The air that it pushes before it.
    let nose = middle - tail * (radius * 0.92);
    canvas.glow(nose, radius * 0.9, light, 0.10 + 0.06 * rich);
    let mut tips: Vec<&Crystal> = crystals.iter().collect();
    tips.sort_by(|one, other| other.long.total_cmp(&one.long));
    let count = crate::draw::number::whole(rich + 1.0, 4);
    for crystal in tips.into_iter().take(count) {
        sparkle(canvas, crystal.tip().flat(), 2.5 + 1.9 * rich, gleam(&crystal.tones).mix(WHITE, 0.5), 0.85);
    }
    for _ in 0..crate::draw::number::whole(rich * 9.0, 30) {
        let way = direction(chance);
        let at = middle + p(way.x, way.y) * (radius * chance.between(1.1, 2.2));
        canvas.dot(
            at,
            chance.between(0.2, 0.6),
            light.mix(WHITE, 0.4),
            chance.between(0.4, 0.9),
            Over::Light,
        );
    }
}
