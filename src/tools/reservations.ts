/** The tools that change reservations. */

import * as z from 'zod/mini';
import type { Telling } from '../coordination/notices';
import { oneLine } from '../core/display';
import { MAX_TTL_MINUTES, MIN_TTL_MINUTES } from '../core/reservation';
import { ON_OVERLAP, type OnOverlap, type Reserved } from '../core/reserve';
import { MAX_WAIT_SECONDS } from '../core/wait';
import { refuseElsewhere, scopeFromRoot } from '../project/names';
import type { Here } from '../project/place';
import { AGENT, FOLDER, flag, oneOf, SCOPES_ARE, text, texts, wholeNumber } from './schema';
import { actor, defineTool, placeFor } from './tool';

const TTL = z.optional(
  wholeNumber(
    'For how many minutes; 120 unless given. Nobody else can have it meanwhile.',
    MIN_TTL_MINUTES,
    MAX_TTL_MINUTES,
  ),
);

export const reserveScope = defineTool({
  name: 'reserve_scope',
  command: 'agent reserve',
  title: 'Reserve scopes',
  description:
    'Reserves files for you before you edit them, so that no other agent does: all scopes that are named, or none. Use it once ' +
    'before the first edit, as narrow as the work is. Not for reading, and not for what you hold already (renew_scope). ' +
    `If it is refused, do not edit. ${SCOPES_ARE} Release with release_scope as soon as the work is committed.`,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    scopes: texts('What to reserve.', { minItems: 1 }),
    bead: text('The issue (bead) that the work is for, such as "bd-41".'),
    ttl: TTL,
    wait: z.optional(
      wholeNumber(
        'Seconds to wait for what others hold; 0 unless given. Keep it below the time that your client waits for a tool.',
        0,
        MAX_WAIT_SECONDS,
      ),
    ),
    takeover_stale: z.optional(
      flag("Take the place of another agent's expired reservation. Read its files again first."),
    ),
    on_overlap: z.optional(
      oneOf(ON_OVERLAP, 'Refuse what overlaps what others hold (deny, unless given), or grant it and tell (warn).'),
    ),
    agent: AGENT,
    folder: FOLDER,
  }),
  run: async (input, surroundings) => {
    const { coordination, signal } = surroundings;
    const agent = actor(input.agent, surroundings);
    const here = await placeFor(input.folder, surroundings);
    const scopes = await fromRoot(here, input.scopes);
    await refuseElsewhere(here, scopes);
    const envelope = await coordination.reserveAll({
      agent,
      scopes,
      bead: input.bead,
      ttl: input.ttl,
      wait: input.wait,
      takeoverStale: input.takeover_stale,
      takeoverOwn: true,
      onOverlap: input.on_overlap as OnOverlap | undefined,
      ...placeOf(here),
      worktree: here.worktree,
      signal,
    });
    if (envelope.ok && signal.aborted) {
      // Whoever asked has gone away and will never know that it holds them.
      const reservations = envelope.data.reservations.map(({ reservation_id }) => reservation_id);
      await coordination.releaseAll({ agent, reservations });
    }
    return envelope;
  },
  lines: ({ reservations, ...told }) => [...reservations.flatMap(grantLines), ...untoldLines(told)],
});

export const renewScope = defineTool({
  name: 'renew_scope',
  command: 'agent renew',
  title: 'Renew a scope',
  description:
    'Lets a reservation that you hold end later. Use it when the work takes longer than the time that is left. What has ended ' +
    'cannot be renewed: reserve it again, and read its files again first.',
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    scope: text('The scope, as you reserved it.'),
    ttl: TTL,
    agent: AGENT,
    folder: FOLDER,
  }),
  run: async (input, surroundings) => {
    const here = await placeFor(input.folder, surroundings);
    return await surroundings.coordination.renew({
      agent: actor(input.agent, surroundings),
      scope: await scopeFromRoot(here, input.scope),
      ttl: input.ttl,
      ...placeOf(here),
    });
  },
  lines: ({ scope, expires_at }) => [`Renewed ${oneLine(scope)}: yours until ${oneLine(expires_at)}.`],
});

export const releaseScope = defineTool({
  name: 'release_scope',
  command: 'agent release',
  title: 'Release scopes',
  description:
    'Ends reservations of yours, so that others can work there: by scope, by id, or all that you hold in the project. Use it as ' +
    "soon as the work is committed or given up. Other agents' reservations cannot be released: see request_release.",
  hints: { readOnly: false, destructive: true, idempotent: true },
  input: z.strictObject({
    scopes: z.optional(texts('What to release, by its scope as you reserved it.')),
    reservations: z.optional(texts('What to release, by the id of the reservation (res_…).')),
    all: z.optional(flag('Release all that you hold in this project.')),
    agent: AGENT,
    folder: FOLDER,
  }),
  run: async (input, surroundings) => {
    const here = await placeFor(input.folder, surroundings);
    return await surroundings.coordination.releaseAll({
      agent: actor(input.agent, surroundings),
      scopes: await fromRoot(here, input.scopes ?? []),
      reservations: input.reservations,
      all: input.all,
      ...placeOf(here),
    });
  },
  lines: ({ released, ...told }) => [
    ...(released.length === 0 ? ['Nothing to release.'] : released.map(({ scope }) => `Released ${oneLine(scope)}.`)),
    ...untoldLines(told),
  ],
});

export const requestRelease = defineTool({
  name: 'request_release',
  command: 'agent request',
  title: 'Ask to release a scope',
  description:
    'Asks every agent whose reservation is in the way of a scope to release it, by a message that waits for its ' +
    'acknowledgement. Use it after reserve_scope was refused and nothing else can be done meanwhile. Each holder is asked once ' +
    'for each reservation; when it ends, you get a message.',
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    scope: text('What you want to reserve.'),
    reason: text('Why, in a sentence for the holder.'),
    bead: z.optional(text('The issue (bead) that you want it for.')),
    agent: AGENT,
    folder: FOLDER,
  }),
  run: async (input, surroundings) => {
    const here = await placeFor(input.folder, surroundings);
    const scope = await scopeFromRoot(here, input.scope);
    await refuseElsewhere(here, [scope]);
    return await surroundings.coordination.request({
      from: actor(input.agent, surroundings),
      scope,
      reason: input.reason,
      bead: input.bead,
      ...placeOf(here),
    });
  },
  lines: ({ requests, already }) => [
    already ? 'They had been asked before:' : 'Asked:',
    ...requests.map(
      ({ agent_id, scope, expires_at, message_id }) =>
        `- ${oneLine(agent_id)}, who holds ${oneLine(scope)} until ${oneLine(expires_at)} (${oneLine(message_id ?? 'not asked: too many wait for it')})`,
    ),
  ],
});

export function placeOf({ project, foldCase }: Here): Pick<Here, 'project' | 'foldCase'> {
  return { project, foldCase };
}

function fromRoot(here: Here, scopes: readonly string[]): Promise<readonly string[]> {
  return Promise.all(scopes.map((scope) => scopeFromRoot(here, scope)));
}

function grantLines({ scope, reservation_id, expires_at, conflicts, contested }: Reserved): readonly string[] {
  return [
    `Reserved ${oneLine(scope)} until ${expires_at} (${oneLine(reservation_id)}).`,
    ...(contested ? [oneLine(contested.message)] : []),
    ...(conflicts ?? []).map(
      (one) => `It overlaps ${oneLine(one.scope)}, held by ${oneLine(one.agent_id)} until ${oneLine(one.expires_at)}.`,
    ),
  ];
}

function untoldLines({ untold }: Telling): readonly string[] {
  return untold ? [oneLine(`Done, but ${untold.agents.join(', ')} could not be told: ${untold.message}`)] : [];
}
