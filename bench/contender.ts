/** What is compared: stores that can grant a scope, end it, and say what is held, each on a folder of its own. */

export interface Contender {
  /** Grants the scope and releases it again. */
  cycle(scope: string): Promise<void>;
  /** Grants the scope. */
  reserve(scope: string): Promise<void>;
  close(): void | Promise<void>;
}

export type Kind = 'ours' | 'bb' | 'lockfile' | 'sqliteFull' | 'sqliteNormal' | 'floor' | ServerKind;

/** These are on a database instead of a folder. */
export type ServerKind = 'postgres' | 'postgresFloor' | 'postgresFloorLocked';

export const AGENT = 'bench-agent';
export const BEAD = 'bd-1';
export const TTL_MINUTES = 120;

/** An entry as all of them keep it: the same bytes for each. */
export function entryFor(scope: string, now = new Date()) {
  return {
    reservation_id: `res_${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}_${tail()}`,
    scope,
    agent_id: AGENT,
    bead_id: BEAD,
    state: 'active',
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + TTL_MINUTES * 60_000).toISOString(),
    released_at: null as string | null,
  };
}

export type Entry = ReturnType<typeof entryFor>;

function tail(): string {
  return Math.floor(Math.random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');
}
