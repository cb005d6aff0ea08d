/** What the doctor finds in a store, and what became of a repair, named so that every surface can say the same about it. */

export const FINDING_KINDS = [
  /** The lock of an owner that is proven dead. */
  'DEAD_LOCK',
  /** A lock whose owner cannot be proven dead from here: of another host or pid namespace, or no lock of anybody's. */
  'FOREIGN_LOCK',
  /** A lock that a living process has held for more than a minute. */
  'HELD_LOCK',
  /** A temporary, ready or claim file that nobody works with any more. */
  'LEFTOVER_FILE',
  /** A file that cannot be understood as a whole. */
  'UNREADABLE_FILE',
  /** One entry of the active reservations, or lines of an inbox stream, that cannot be understood. */
  'BAD_ENTRY',
  /** A file that was put aside earlier, for a person to look at. */
  'PUT_ASIDE',
  /** Lines of the history that cannot be read. */
  'TORN_HISTORY',
  /** Reservations that the history closes more than once in the same way. */
  'DUPLICATE_HISTORY',
  /** Reservations or an inbox of an agent that has no file. */
  'UNKNOWN_AGENT',
  /** A message that is in its recipient's inbox stream only. */
  'UNINDEXED_MESSAGE',
  /** Messages that were sent and whose files could not be written yet. */
  'UNDELIVERED_MESSAGE',
  /** Folders or files that others than this user may read or write. */
  'WRONG_MODE',
  /** A symbolic link in the place of a file or folder. */
  'SYMBOLIC_LINK',
  /** The store is not on a disk of this machine. */
  'NETWORK_FILE_SYSTEM',
  /** Something could not be looked at: access denied, a file in the place of a folder, a failing disk. */
  'OUT_OF_REACH',
] as const;

/** The same for a store on a server; OUT_OF_REACH and BAD_ENTRY are found there too. */
export const SERVER_FINDING_KINDS = [
  /** The server is older than what we work with. */
  'SERVER_TOO_OLD',
  /** Its tables are of another version than this program. */
  'OTHER_SCHEMA',
  /** The clocks of this machine and of the server differ by more than a few seconds. */
  'CLOCK_DIFFERENCE',
  /** What goes between here and another machine is not encrypted. */
  'NOT_ENCRYPTED',
  /** The role that we connect with may do far more than it needs. */
  'POWERFUL_ROLE',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number] | (typeof SERVER_FINDING_KINDS)[number];

export interface Finding {
  /** The same for the same thing at every look: the kind, and a path below the root or an identity. */
  readonly id: string;
  readonly kind: FindingKind;
  /** The file or folder that is wrong, as the system names it; or the server. */
  readonly path: string;
  /** English: what is wrong, and what follows from it. */
  readonly message: string;
  /** English: what repairing would do; null where only a person can. */
  readonly repair: string | null;
  /** Whether something may be lost by the repair: it is done only where it is named, never with all the others. */
  readonly risky: boolean;
  /** More facts for programs; the keys belong to the kind. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Repaired {
  readonly id: string;
  /**
   * REPAIRED: it is done. GONE: it is not there any more, or never was. NO_REPAIR: only a person can. FAILED: it could
   * not be done, and the store is as it was.
   */
  readonly outcome: 'REPAIRED' | 'GONE' | 'NO_REPAIR' | 'FAILED';
  /** English: what was done, or why not. */
  readonly message: string;
  /**
   * More for programs: `aside` is the file in which what was taken out is kept. Of what FAILED, `cause` is the kind of the
   * problem, with the problem's own facts beside it; BUSY where another process was at work there just then; or UNDELIVERED
   * with the number of `messages` that still are.
   */
  readonly facts?: Readonly<Record<string, unknown>>;
}
