/** What a person should know of scopes before they are reserved. */

import { asConflict, meet, type Wanted } from './meeting';
import type { Reservation } from './reservation';
import { isCovered } from './scope/coverage';
import { OVERLAPS, type Overlap } from './scope/relation';
import type { ScopeOptions } from './scope/scope';

/** More files than this are not counted: nobody means to change as many. */
export const MANY_FILES = 2_000;

/** A reservation that is in the way of a scope. */
export interface Held {
  readonly reservation: Reservation;
  readonly overlap: Overlap;
}

export interface PreviewFile {
  /** From the root that the scope is relative to. */
  readonly path: string;
  /** Not as it was committed. */
  readonly changed: boolean;
  /** Who holds it. */
  readonly holders: readonly string[];
}

export interface Preview {
  /** In the order of their paths; at most {@link MANY_FILES} of them. */
  readonly files: readonly PreviewFile[];
  /** Whether there are, or may be, more than these. */
  readonly more: boolean;
  /** What has to be released before it can be granted. */
  readonly held: readonly Held[];
}

export interface Found {
  /** Paths of files that may be covered. */
  readonly paths: readonly string[];
  /** Whether the search ended before all of them were found. */
  readonly more: boolean;
  readonly changed: (path: string) => boolean;
  /** The live reservations. */
  readonly active: readonly Reservation[];
  /** Who asks: what it holds itself is in its way only where it is the same scope. */
  readonly me: string | undefined;
}

export function preview(wanted: Wanted, found: Found): Preview {
  const options = { foldCase: wanted.foldCase === true };
  const held = heldOf(wanted, found);
  const files = found.paths
    .filter((path) => isCovered(wanted.scope, path, options))
    .sort(byText)
    .slice(0, MANY_FILES)
    .map((path) => ({
      path,
      changed: found.changed(path),
      holders: holdersOf(path, held, options),
    }));
  return { files, more: found.more, held };
}

/** One for several scopes together: a file or reservation that is in more than one of them counts once. */
export function merged(previews: readonly Preview[]): Preview {
  const files = new Map(previews.flatMap((one) => one.files.map((file) => [file.path, file])));
  const held = new Map(previews.flatMap((one) => one.held.map((each) => [each.reservation, each])));
  return {
    files: [...files.values()].slice(0, MANY_FILES),
    more: files.size > MANY_FILES || previews.some(({ more }) => more),
    held: [...held.values()],
  };
}

/** Whether it is likely not what the person means, or will be refused. */
export function isWorthAWarning({ files, more, held }: Preview): boolean {
  return files.length === 0 || more || held.length > 0;
}

/** What stands most in the way first. */
function heldOf(wanted: Wanted, { active, me }: Found): readonly Held[] {
  const { same, overlapping } = meet(active, wanted);
  return [...same, ...overlapping.filter(({ agent_id }) => agent_id !== me)]
    .map((reservation) => ({ reservation, overlap: asConflict(reservation, wanted).overlap }))
    .sort(
      (left, right) =>
        OVERLAPS.indexOf(left.overlap) - OVERLAPS.indexOf(right.overlap) ||
        byText(left.reservation.scope, right.reservation.scope),
    );
}

function holdersOf(path: string, held: readonly Held[], options: ScopeOptions): readonly string[] {
  const holders = held.filter(({ reservation }) => isCovered(reservation.scope, path, options));
  return [...new Set(holders.map(({ reservation }) => reservation.agent_id))];
}

function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
