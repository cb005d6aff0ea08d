/** Reservations: reserve, renew, release, request. */

import type { Telling } from '../../coordination/notices';
import { oneLine } from '../../core/display';
import type { Envelope } from '../../core/envelope';
import type { Reservation } from '../../core/reservation';
import { ON_OVERLAP, type OnOverlap, type Reserved } from '../../core/reserve';
import { refuseElsewhere, scopeFromRoot } from '../../project/names';
import type { Here } from '../../project/place';
import { count, type Page, table, timeBetween, timeLeft } from '../page';
import { type Given, type Surroundings, told, UsageError, type Verb } from '../verb';

const AGENT = { value: 'ID', help: 'Who you are; BB_AGENT unless told.' };
const TTL = { value: 'MINUTES', help: 'For how long, 5 to 1440; 120 unless told.' };
export const PLACE = {
  project: { value: 'DIR', help: 'A folder of the project that is meant; that of the folder you are in unless told.' },
  worktree: { value: 'DIR', help: 'Act as if called in this folder.' },
};
const SCOPES_ARE = [
  'A scope is a path or pattern from the root of the worktree, wherever you are; one that begins with ./ or ../ is meant',
  'from the folder you are in.',
];

export const reserve: Verb = {
  name: 'reserve',
  command: 'agent reserve',
  summary: 'Reserve scopes: all that are named, or none.',
  options: {
    agent: AGENT,
    scope: { value: 'SCOPE', many: true, help: 'What to reserve: a file, folder or pattern.' },
    bead: { value: 'BEAD', help: 'The bead (issue) that the work is for.' },
    ttl: TTL,
    'takeover-stale': { help: "Take the place of another's expired reservation too." },
    'on-overlap': {
      value: ON_OVERLAP.join('|'),
      help: 'Refuse what overlaps (deny, unless told), or grant it and tell.',
    },
    wait: { value: 'SECONDS', help: 'Wait so long for what is in the way.' },
    ...PLACE,
  },
  notes: SCOPES_ARE,
  example: "reserve --agent amber-otter --scope 'src/auth/**' --scope test/auth --bead bd-41 --ttl 60 --wait 30",
  run: async (given, surroundings) => {
    const here = await surroundings.here();
    const scopes = await fromRoot(here, given.texts('scope'));
    await refuseElsewhere(here, scopes);
    const input = {
      agent: given.actor(),
      bead: given.text('bead') ?? '',
      ttl: given.number('ttl'),
      takeoverStale: given.isSet('takeover-stale'),
      takeoverOwn: true,
      onOverlap: given.text('on-overlap') as OnOverlap | undefined,
      wait: given.number('wait'),
      ...placeOf(here),
      worktree: here.worktree,
    };
    const { coordination, page } = surroundings;
    // One is answered as beadboard answers it.
    return scopes.length > 1
      ? told(await coordination.reserveAll({ ...input, scopes }), ({ reservations, ...rest }) => [
          ...reservations.flatMap((one) => grantLines(page, one)),
          ...untoldLines(page, rest),
        ])
      : told(await coordination.reserve({ ...input, scope: scopes[0] ?? '' }), (one) => [
          ...grantLines(page, one),
          ...untoldLines(page, one),
        ]);
  },
};

export const renew: Verb = {
  name: 'renew',
  command: 'agent renew',
  summary: 'Let what you hold end later.',
  options: { agent: AGENT, scope: { value: 'SCOPE', help: 'The scope that you hold.' }, ttl: TTL, ...PLACE },
  notes: SCOPES_ARE,
  example: "renew --agent amber-otter --scope 'src/auth/**' --ttl 60",
  run: async (given, { coordination, page, here }) => {
    const place = await here();
    return told(
      await coordination.renew({
        agent: given.actor(),
        scope: await scopeFromRoot(place, given.text('scope') ?? ''),
        ttl: given.number('ttl'),
        ...placeOf(place),
      }),
      ({ scope, expires_at, renewed_at = page.now().toISOString() }) => [
        `${oneLine(scope)} is yours for ${timeBetween(renewed_at, expires_at)} more.`,
      ],
    );
  },
};

export const release: Verb = {
  name: 'release',
  command: 'agent release',
  summary: 'Release what you hold.',
  options: {
    agent: AGENT,
    scope: { value: 'SCOPE', many: true, help: 'What to release, by its scope.' },
    id: { value: 'ID', many: true, help: 'What to release, by the id of the reservation.' },
    all: { help: 'Release all that you hold in this project.' },
    ...PLACE,
  },
  notes: SCOPES_ARE,
  example: "release --agent amber-otter --scope 'src/auth/**'",
  run: async (given, surroundings) => await releaseNamed(given, surroundings),
};

async function releaseNamed(given: Given, { coordination, page, here }: Surroundings) {
  const place = await here(true);
  const [scopes, reservations, all] = [
    await fromRoot(place, given.texts('scope')),
    given.texts('id'),
    given.isSet('all'),
  ];
  const input = { agent: given.actor(), ...placeOf(place) };
  const [scope] = scopes;
  if (scope !== undefined && scopes.length === 1 && reservations.length === 0 && !all) {
    // One is answered as beadboard answers it.
    const envelope: Envelope<Reservation & Telling> = await coordination.release({ ...input, scope });
    return told(envelope, (one) => [`Released ${oneLine(one.scope)}.`, ...untoldLines(page, one)]);
  }
  if (scopes.length + reservations.length === 0 && !all) {
    throw new UsageError('Missing --scope, --id or --all: say what to release.');
  }
  return told(await coordination.releaseAll({ ...input, scopes, reservations, all }), ({ released, ...rest }) => [
    ...(released.length === 0 ? ['Nothing to release.'] : released.map((one) => `Released ${oneLine(one.scope)}.`)),
    ...untoldLines(page, rest),
  ]);
}

export const request: Verb = {
  name: 'request',
  command: 'agent request',
  summary: 'Ask whoever is in the way to release.',
  options: {
    from: AGENT,
    scope: { value: 'SCOPE', help: 'What you want.' },
    reason: { value: 'TEXT', help: 'Why.' },
    bead: { value: 'BEAD', help: 'The bead that you want it for.' },
    ...PLACE,
  },
  notes: SCOPES_ARE,
  example: 'request --from cobalt-harbor --scope src/auth/login.ts --reason "A fix for bd-42" --bead bd-42',
  run: async (given, { coordination, page, here }) => {
    const place = await here();
    const scope = await scopeFromRoot(place, given.text('scope') ?? '');
    await refuseElsewhere(place, [scope]);
    return told(
      await coordination.request({
        from: given.actor('from'),
        scope,
        reason: given.text('reason') ?? '',
        bead: given.text('bead'),
        ...placeOf(place),
      }),
      ({ requests, already }) => [
        already ? 'Already asked:' : `Asked ${count(requests.length, 'holder')}:`,
        ...table(
          page,
          ['SCOPE', 'HOLDER', 'BEAD', 'LEFT', 'MESSAGE'],
          requests.map((one) => [
            one.scope,
            one.agent_id,
            one.bead_id,
            timeLeft(page, one.expires_at),
            one.message_id ?? 'not asked: too many wait for it',
          ]),
        ),
      ],
    );
  },
};

export function placeOf({ project, foldCase }: Here): Pick<Here, 'project' | 'foldCase'> {
  return { project, foldCase };
}

export function fromRoot(here: Here, scopes: readonly string[]): Promise<readonly string[]> {
  return Promise.all(scopes.map((scope) => scopeFromRoot(here, scope)));
}

export function grantLines(
  page: Page,
  { scope, reservation_id, created_at, expires_at, conflicts, contested }: Reserved,
): readonly string[] {
  return [
    `Reserved ${oneLine(scope)} for ${timeBetween(created_at, expires_at)} (${oneLine(reservation_id)}).`,
    ...(contested ? [page.style('yellow', oneLine(contested.message))] : []),
    ...(conflicts ?? []).map((one) =>
      page.style(
        'yellow',
        oneLine(`It overlaps ${one.scope}, held by ${one.agent_id} for ${timeLeft(page, one.expires_at)}.`),
      ),
    ),
  ];
}

export function untoldLines(page: Page, { untold }: Telling): readonly string[] {
  return untold
    ? [page.style('yellow', oneLine(`Done, but ${untold.agents.join(', ')} could not be told: ${untold.message}`))]
    : [];
}
