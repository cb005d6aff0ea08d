/** Reading the active file again and again: what is as it was is not parsed again, and stays the same object. */

import type { Reservation } from '../../core/reservation';
import { type ActiveFile, NO_ACTIVE_FILE, parseActiveBytes } from './active';
import { fingerprint } from './committed';
import { readSmallFile, withSmallFile } from './json';
import { RememberedList } from './remembered';
import { misfit, reservationSchema } from './schema';
import { fileAsSource } from './source';

export interface ActiveRead {
  readonly file: ActiveFile;
  readonly bytes: Buffer | undefined;
  /** Of the very file that was read, where that is certain. */
  readonly fingerprint: string | undefined;
}

export class ActiveReader {
  /** As beadboard and we write it; entries that are none, and what else there may be, are read the plain way. */
  private readonly list = new RememberedList<Reservation>(
    {
      open: '"reservations": [\n    {',
      between: '\n    },\n    {',
      close: '\n    }\n  ]',
      listOf: (whole) => (isObject(whole) ? whole['reservations'] : undefined),
    },
    (value) => (misfit(reservationSchema, value) === undefined ? (value as Reservation) : undefined),
  );
  private last: { readonly items: readonly Reservation[]; readonly file: ActiveFile } | undefined;

  constructor(private readonly path: string) {}

  /** The file as it stands; without one, nothing is active. The next reading may write over its bytes. @throws StoreProblem */
  read(): ActiveRead {
    const before = fingerprint(this.path);
    const found = this.readRemembered() ?? this.readPlain();
    // Another one may have come into its place meanwhile.
    const isIt = before === fingerprint(this.path);
    return { ...found, fingerprint: isIt ? before : undefined };
  }

  private readRemembered(): Omit<ActiveRead, 'fingerprint'> | undefined {
    const remembered = withSmallFile(this.path, (file, size) => this.list.parse(fileAsSource(file, size)));
    if (!remembered) {
      return undefined;
    }
    const { items, around } = remembered;
    if (this.last?.items !== items) {
      const { reservations: _, ...extra } = around as { readonly reservations: unknown };
      this.last = { items, file: { entries: items, strange: [], extra, problems: [] } };
    }
    return { file: this.last.file, bytes: this.list.bytes };
  }

  private readPlain(): Omit<ActiveRead, 'fingerprint'> {
    const bytes = readSmallFile(this.path);
    return { file: bytes ? parseActiveBytes(bytes, this.path) : NO_ACTIVE_FILE, bytes };
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
