/**
 * Thins points that are in order to about `most`, for a chart: of each stretch the lowest and the highest stay, in their order, and the
 * very first and last. What an eye sees of the line stays as it is.
 */
export function thin<Point>(
  points: readonly Point[],
  heightOf: (point: Point) => number,
  most: number,
): Point[] {
  if (points.length <= most) return [...points];
  const stretch = Math.ceil(points.length / (most / 2));
  const kept: Point[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    const to = Math.min(from + stretch, points.length);
    let [low, high] = [from, from];
    for (let at = from; at < to; at++) {
      if (value(points, at, heightOf) < value(points, low, heightOf)) low = at;
      if (value(points, at, heightOf) > value(points, high, heightOf)) high = at;
    }
    const chosen = new Set([low, high]);
    if (from === 0) chosen.add(0);
    if (to === points.length) chosen.add(to - 1);
    for (const at of [...chosen].sort((a, b) => a - b)) {
      const point = points[at];
      if (point !== undefined) kept.push(point);
    }
  }
  return kept;
}

function value<Point>(points: readonly Point[], at: number, heightOf: (point: Point) => number): number {
  const point = points[at];
  return point === undefined ? Number.NaN : heightOf(point);
}
