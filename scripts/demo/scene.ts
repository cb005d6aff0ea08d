/** What the demo store holds when the curtain rises: written by the real operations, some of them with an earlier clock. */

import { type Coordination, createCoordination } from '../../src/coordination/coordination';
import type { Envelope } from '../../src/core/envelope';
import type { ReserveInput } from '../../src/core/reserve';
import { MINUTE_MS } from '../../src/core/time';
import type { Role } from '../../src/extension/demo/agentAtWork';
import { randomHex } from '../../src/store/files/durable';
import { FileStore } from '../../src/store/files/fileStore';

export const YOU = 'you';

export const CAST: readonly Role[] = [
  {
    id: 'claude-auth',
    role: 'backend',
    bead: 'bd-41',
    scopes: ['src/auth/session.ts', 'src/auth/tokens.ts', 'test/auth/**', 'src/shared/clock.ts'],
  },
  {
    id: 'codex-api',
    role: 'backend',
    bead: 'bd-44',
    scopes: ['src/api/routes.ts', 'src/api/limits.ts', 'test/api/**', 'src/shared/clock.ts'],
  },
  {
    id: 'copilot-docs',
    role: 'docs',
    bead: 'bd-47',
    scopes: ['docs/api.md', 'docs/install.md', 'CHANGELOG.md'],
  },
];

/** The operations on the demo store, as they would have been `minutesAgo`. */
export function operations(store: string, minutesAgo = 0): Coordination {
  const clock = () => new Date(Date.now() - minutesAgo * MINUTE_MS);
  return createCoordination(new FileStore(store, { clock }), { random: () => randomHex(4), clock });
}

/** @param project whose files the scopes mean; none in particular unless told */
export async function seed(store: string, project?: string): Promise<void> {
  const now = operations(store);
  const reserve = (minutesAgo: number, input: ReserveInput) =>
    done(operations(store, minutesAgo).reserve({ ...input, project }));
  for (const { id, role } of [...CAST, { id: YOU, role: 'person' }]) {
    await done(operations(store, 300).register({ name: id, role }));
  }
  await reserve(290, { agent: 'codex-api', scope: 'src/billing/**', bead: 'bd-38', ttl: 60 });
  await done(operations(store, 200).status({}));
  await reserve(155, { agent: 'copilot-docs', scope: 'docs/guide.md', bead: 'bd-47', ttl: 120 });
  await reserve(75, { agent: YOU, scope: 'src/app/**', bead: 'bd-52', ttl: 240 });
  await reserve(40, { agent: 'claude-auth', scope: 'src/auth/login/**', bead: 'bd-41' });
  await reserve(51, { agent: 'codex-api', scope: 'src/api/v2/**', bead: 'bd-44', ttl: 60 });
  await done(
    operations(store, 22).send({
      from: 'claude-auth',
      to: YOU,
      bead: 'bd-41',
      category: 'HANDOFF',
      subject: 'Login form is yours to review',
      body: 'The form and its tests are done and committed.\nPlease look at src/auth/login before I go on with tokens.',
    }),
  );
  await done(
    operations(store, 6).send({
      from: 'codex-api',
      to: YOU,
      bead: 'bd-44',
      category: 'BLOCKED',
      subject: 'Need src/app/router.ts',
      body: 'The new routes have to be mounted in src/app/router.ts, which you hold. Could you release it or mount them?',
    }),
  );
  await done(
    now.send({
      from: 'copilot-docs',
      to: 'claude-auth',
      bead: 'bd-47',
      category: 'BLOCKED',
      subject: 'Which token lifetime should the docs name?',
      body: 'docs/api.md says 15 minutes, the code says 30.',
    }),
  );
}

async function done(operation: Promise<Envelope<unknown>>): Promise<void> {
  const { ok, error } = await operation;
  if (!ok) {
    throw new Error(`The demo store could not be filled: ${error.code}: ${error.message}`);
  }
}
