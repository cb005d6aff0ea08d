/** What a coding agent wants, drawn from a seed: which files, for how long, and how it goes on. */

import type { Random } from '../../test/faults/random';
import { MINUTE_MS } from './time';

/** A scope, and a file in it that the agent edits. */
export interface Place {
  readonly scope: string;
  readonly file: string;
}

export interface Task {
  readonly bead: string;
  readonly places: readonly Place[];
  /** Simulated ms from one edit to the next; as many edits as there are. */
  readonly edits: readonly number[];
  /** After which edit the agent stops without a word, if it does. */
  readonly diesAfter: number | undefined;
  /** Whether it tells somebody of its work when it is done, and whether that is to be acknowledged. */
  readonly tells: 'HANDOFF' | 'INFO' | undefined;
}

/** Short, so that within an hour some who die are outlived; renewed at a third of it. */
export const TTL_MINUTES = 20;

/** What is shared by all work. */
const HOT_FILES = ['package.json', 'src/routes.ts', 'CHANGELOG.md', 'src/config.ts', 'README.md', 'docs/api.md'];
const FOLDERS = 120;
const FILES = 25;
const BEADS = 40;
/** The share of the second folder beside the first is 1 to 2 to this power, and so on. */
const SKEW = 0.8;

export function drawTask(random: Random): Task {
  const places = new Map<string, Place>();
  for (let wanted = 1 + random.below(3); wanted > 0; wanted--) {
    const place = drawPlace(random);
    places.set(place.scope, place);
  }
  const edits = Array.from({ length: 3 + random.below(12) }, () => minutes(random, 0.6, 0.7));
  return {
    bead: `bd-${1 + random.below(BEADS)}`,
    places: [...places.values()],
    edits,
    diesAfter: random.chance(0.03) ? random.below(edits.length) : undefined,
    tells: random.chance(0.3) ? (random.chance(0.5) ? 'HANDOFF' : 'INFO') : undefined,
  };
}

function drawPlace(random: Random): Place {
  if (random.chance(0.07)) {
    const file = HOT_FILES[rank(random, HOT_FILES.length)] ?? '';
    return { scope: file, file };
  }
  const folder = `src/part-${rank(random, FOLDERS)}`;
  const file = `${folder}/file-${rank(random, FILES)}.ts`;
  const kind = random.next();
  if (kind < 0.75) {
    return { scope: file, file };
  }
  return kind < 0.93 ? { scope: `${folder}/**`, file } : { scope: `${folder}/*.test.ts`, file: `${folder}/a.test.ts` };
}

/** By Zipf: the first is wanted most. */
function rank(random: Random, count: number): number {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -SKEW);
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  return Math.max(
    0,
    weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    }),
  );
}

/** Simulated ms, log-normal: most are short, a few are long. */
export function minutes(random: Random, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return median * MINUTE_MS * Math.exp(sigma * normal);
}
