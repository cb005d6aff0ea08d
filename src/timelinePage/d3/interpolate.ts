/**
 * What d3-scale takes from d3-interpolate, for numbers alone: a scale of times goes from numbers to numbers, and the rest (colours,
 * texts, transformations) would be a tenth of the page's script. scripts/build.mjs puts it in its place.
 */

export function interpolateNumber(from: number, to: number): (part: number) => number {
  return (part) => from * (1 - part) + to * part;
}

export const interpolate = interpolateNumber;

export function interpolateRound(from: number, to: number): (part: number) => number {
  const between = interpolateNumber(from, to);
  return (part) => Math.round(between(part));
}

/** Of scales with a middle, which are not used. */
export function piecewise(): never {
  throw new Error('Scales with a middle are not in this page.');
}
