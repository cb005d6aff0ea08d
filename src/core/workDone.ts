/** When the work that a reservation was made for is done: its files were changed, and are as they were committed again. */

export interface Observed {
  /** The commit that is checked out. */
  readonly head: string | undefined;
  /** Whether a file that the reservation covers is not as it was committed. */
  readonly changed: boolean;
}

/** What is known of one reservation: where its files were last seen changed. */
export interface Seen {
  readonly changedAt: string | undefined;
}

/** Another commit is checked out since: a change that was merely taken back, or stashed, is no work done. */
export function observe(
  seen: Seen | undefined,
  { head, changed }: Observed,
): { seen: Seen | undefined; done: boolean } {
  if (changed) {
    return { seen: { changedAt: head }, done: false };
  }
  const done = seen !== undefined && head !== undefined && head !== seen.changedAt;
  return { seen: done ? undefined : seen, done };
}
