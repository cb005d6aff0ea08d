/** What this process knows of the active rows of a namespace, so that only what has changed since has to be read. */

import type { Reservation } from '../../core/reservation';
import { misfit, reservationSchema } from '../files/schema';
import { StoreProblem } from '../problem';
import type { Records } from '../store';

/** A row as it comes from the server: numbers that may be large come as text. */
export interface ActiveRow {
  readonly seq: string;
  /** Null for what is not active any more. */
  readonly record: unknown;
}

export interface ChangedRow {
  readonly seq: number;
  /** Null for what is not active any more. */
  readonly entry: Reservation | null;
}

export class ActiveList {
  /** The namespace's version that the list is of; -1 where nothing is known. */
  version = -1;
  private entries = new Map<number, Reservation>();
  private places = new WeakMap<Reservation, number>();
  private wrong = new Map<number, StoreProblem>();
  private listed: readonly Reservation[] | undefined;

  constructor(private readonly place: string) {}

  get records(): Records<Reservation> {
    this.listed ??= [...this.entries.values()];
    return { records: this.listed, problems: [...this.wrong.values()] };
  }

  /** The number of the row of an entry of the list, or undefined for one that is new. */
  seqOf(entry: Reservation): number | undefined {
    return this.places.get(entry);
  }

  forget(): void {
    this.version = -1;
    this.entries = new Map();
    this.wrong = new Map();
    this.listed = undefined;
  }

  /**
   * Takes over what was read: all active rows, or all that changed since `since`. What is older than what is known is
   * left.
   *
   * @returns whether it is known now: not where what was known has been forgotten meanwhile
   */
  read(version: number, since: number, rows: readonly ActiveRow[]): boolean {
    if (version < this.version) {
      return true;
    }
    if (this.version < since) {
      return false;
    }
    const isWhole = since < 0;
    if (isWhole) {
      this.forget();
    }
    for (const { seq, record } of rows) {
      this.set(Number(seq), record);
    }
    if (isWhole || rows.length > 0) {
      this.listed = undefined;
    }
    this.version = version;
    return true;
  }

  /**
   * Takes over what was committed here on what was known then: the new list, and what of it is new or another object.
   */
  commit(since: number, version: number, list: readonly Reservation[], rows: readonly ChangedRow[]): void {
    if (this.version !== since) {
      this.forget();
      return;
    }
    for (const { seq, entry } of rows) {
      if (entry) {
        this.entries.set(seq, entry);
        this.places.set(entry, seq);
      } else {
        this.entries.delete(seq);
      }
    }
    this.listed = list;
    this.version = version;
  }

  private set(seq: number, record: unknown): void {
    this.wrong.delete(seq);
    if (record === null) {
      this.entries.delete(seq);
      return;
    }
    const reason = misfit(reservationSchema, record);
    if (reason === undefined) {
      const entry = record as Reservation;
      this.entries.set(seq, entry);
      this.places.set(entry, seq);
    } else {
      this.entries.delete(seq);
      this.wrong.set(seq, wrongRow(this.place, seq, reason));
    }
  }
}

function wrongRow(place: string, seq: number, reason: string): StoreProblem {
  return new StoreProblem(
    'BAD_ENTRY',
    place,
    `Row ${seq} of agent_reservations.reservation in ${place} is wrong (${reason}); it is passed over. Mend or close it there.`,
    { facts: { entry: seq, reason } },
  );
}
