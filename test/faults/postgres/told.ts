/** What a client was told of one call: beside what the tables hold in the end, this is all that the judge goes by. */

export interface Told {
  readonly what: 'reserve' | 'release';
  readonly agent: string;
  readonly scope: string;
  /** Of the attempt to reserve, or of the one whose grant is to be released: no two attempts have the same. */
  readonly bead: string;
  /** `ok`, the code of a refusal, or the cause of a failure. */
  readonly code: string;
  /** Of what was granted or released. */
  readonly id?: string | undefined;
  readonly ms: number;
}

/** What a failure may be called while the server is away; each says whether the change was made, but the last. */
export const FAILURES: readonly string[] = ['STORE_UNREACHABLE', 'STORE_LOCKED', 'OUTCOME_UNKNOWN'];
