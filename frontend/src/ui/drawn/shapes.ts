// Shapes as SVG paths, from numbers. Many parts share one path, so that a hundred pictures stay cheap.

/** A point. */
export type Point = readonly [number, number];

const n = (value: number): string => String(Math.round(value * 10) / 10);
const at = ([x, y]: Point): string => `${n(x)} ${n(y)}`;

/** A closed outline with straight sides. */
export function polygon(points: readonly Point[]): string {
  return points.length === 0 ? '' : `M${points.map(at).join('L')}z`;
}

/** A line through points. */
export function line(points: readonly Point[]): string {
  return points.length === 0 ? '' : `M${points.map(at).join('L')}`;
}

/** Dots of the path's stroke width, which needs round caps. */
export function dots(points: readonly Point[]): string {
  return points.map((point) => `M${at(point)}h.01`).join('');
}

/** An ellipse as part of a path. */
export function ellipse(x: number, y: number, rx: number, ry: number): string {
  return `M${n(x - rx)} ${n(y)}a${n(rx)} ${n(ry)} 0 1 0 ${n(2 * rx)} 0a${n(rx)} ${n(ry)} 0 1 0 ${n(-2 * rx)} 0z`;
}

/** Points around the middle: `count` of them, `radius` away, unevenly by `rough` (0 to 1). */
export function ring(count: number, radius: number, rough: number, random: () => number, turn = 0): Point[] {
  return Array.from({ length: count }, (_, i): Point => {
    const angle = turn + ((i + 0.5 * rough * (random() - 0.5)) / count) * 2 * Math.PI;
    const far = radius * (1 + rough * (random() - 0.5));
    return [far * Math.cos(angle), far * Math.sin(angle)];
  });
}

/** The lit and the dark half of a pointed crystal that grows from a place in a direction. */
export function crystal(x: number, y: number, angle: number, long: number, wide: number): readonly [string, string] {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const to = (along: number, across: number): Point => [x + cos * along - sin * across, y + sin * along + cos * across];
  const neck = long - wide * 0.95;
  return [
    polygon([to(0, 0), to(0, -wide / 2), to(neck, -wide / 2), to(long, 0)]),
    polygon([to(0, 0), to(0, wide / 2), to(neck, wide / 2), to(long, 0)]),
  ];
}

/** The lit and the dark half of a cut gem. */
export function gem(x: number, y: number, size: number): readonly [string, string] {
  const to = (dx: number, dy: number): Point => [x + dx * size, y + dy * size];
  return [
    polygon([to(-1, -0.25), to(-0.5, -0.85), to(0.5, -0.85), to(0.35, -0.25), to(0, 1)]),
    polygon([to(0.5, -0.85), to(1, -0.25), to(0, 1), to(0.35, -0.25)]),
  ];
}
