/** What the demo store holds when the curtain rises, and who works in it: all by the real operations, as these agents. */

import type { Coordination } from '../../coordination/coordination';
import type { Envelope } from '../../core/envelope';
import type { Place } from '../../core/reservation';
import type { Role } from './agentAtWork';

/** With fewer files there would be nothing left to work on. */
const FEWEST = 4;

/** As whom the person acts in it. */
export const YOU = 'you';

/** Where no folder is open, or too little is in it: files of a shop that is nowhere. */
const SHOP = [
  'src/auth/session.ts',
  'src/app/router.ts',
  'src/shared/clock.ts',
  'src/auth/tokens.ts',
  'src/api/routes.ts',
  'src/api/limits.ts',
  'docs/api.md',
  'docs/install.md',
  'CHANGELOG.md',
  'docs/guide.md',
];

export interface Scene {
  readonly roles: readonly Role[];
  /** What another agent holds as long as the demo lasts: where the person meets a conflict. */
  readonly held: string;
  /** What the person holds, and is asked for. */
  readonly own: string;
  /** What somebody has left behind. */
  readonly left: string;
}

/** The parts for these files, the first of which is another's: of a shop's, where they are too few. */
export function sceneOf(files: readonly string[]): Scene {
  const given = files.length >= FEWEST ? files : SHOP;
  const [held = '', own = '', shared = '', ...rest] = given;
  const [left = '', ...others] = rest.toReversed();
  const share = (part: number) => [...others.filter((_, index) => index % 3 === part).slice(0, 4), shared];
  return {
    held,
    own,
    left,
    roles: [
      { id: 'claude-auth', role: 'backend', bead: 'bd-41', scopes: share(0) },
      { id: 'codex-api', role: 'backend', bead: 'bd-44', scopes: share(1) },
      { id: 'copilot-docs', role: 'docs', bead: 'bd-47', scopes: share(2) },
    ],
  };
}

/** `open` gives the operations as they would have been so many minutes ago. Rejects where one is refused. */
export async function raise(
  { roles, held, own, left }: Scene,
  place: Place & { readonly worktree?: string | undefined },
  open: (minutesAgo: number) => Coordination,
): Promise<void> {
  const now = open(0);
  const [claude = '', codex = '', copilot = ''] = roles.map(({ id }) => id);
  for (const { id, role } of [...roles, { id: YOU, role: 'person' }]) {
    await done(now.register({ name: id, role }));
  }
  await done(open(155).reserve({ agent: copilot, scope: left, bead: 'bd-47', ttl: 120, ...place }));
  await done(open(75).reserve({ agent: YOU, scope: own, bead: 'bd-52', ttl: 240, ...place }));
  await done(open(20).reserve({ agent: claude, scope: held, bead: 'bd-41', ttl: 240, ...place }));
  await done(
    open(12).send({
      from: claude,
      to: YOU,
      bead: 'bd-41',
      category: 'HANDOFF',
      subject: 'The tests are yours to review',
      body: `They pass. Please look at them before I go on with ${held}.\nAcknowledging says that you have read this.`,
    }),
  );
  await done(now.request({ from: codex, scope: own, reason: 'Two lines of it are in the way of bd-44.', ...place }));
}

async function done(operation: Promise<Envelope<unknown>>): Promise<void> {
  const { ok, error } = await operation;
  if (!ok) {
    throw new Error(`${error.code}: ${error.message}`);
  }
}
