/** What keeps a window from its server, by what the person can do about it: each has a welcome text in package.json. */

import { type ProblemKind, SERVER_PROBLEM_KINDS, StoreProblem } from '../../store/problem';
import { serverOf } from './url';

export const SERVER_TROUBLES = [
  /** It wants a password that nobody has given, or has refused the one that it was given. */
  'PASSWORD',
  'PASSWORD_IN_URL',
  'NO_NAMESPACE',
  'UNREACHABLE',
  'SCHEMA_TOO_OLD',
  'SCHEMA_TOO_NEW',
  /** The user may not do this. */
  'NO_ACCESS',
  /** What the settings say cannot be used. */
  'ADDRESS',
  'OTHER',
] as const;

export type ServerTrouble = (typeof SERVER_TROUBLES)[number];

const ADDRESS_FACT = 'address';

export function serverTrouble({ kind, facts }: Pick<StoreProblem, 'kind' | 'facts'>): ServerTrouble {
  switch (kind) {
    case 'STORE_UNREACHABLE':
      return 'UNREACHABLE';
    case 'SCHEMA_TOO_OLD':
    case 'SCHEMA_TOO_NEW':
      return kind;
    case 'ACCESS_DENIED':
      return isPasswordMissing(facts) || isPasswordRefused(facts) ? 'PASSWORD' : 'NO_ACCESS';
    case 'INVALID_CONNECTION':
      return (facts[ADDRESS_FACT] as ServerTrouble | undefined) ?? 'ADDRESS';
    case 'INSECURE_CONNECTION':
      return 'ADDRESS';
    default:
      return 'OTHER';
  }
}

/** Whether it is a server's: a file may be denied too. */
export function isOfServer({ kind, path, facts }: Pick<StoreProblem, 'kind' | 'path' | 'facts'>): boolean {
  const kinds: readonly ProblemKind[] = SERVER_PROBLEM_KINDS;
  return kinds.includes(kind) || /^postgres(?:ql)?:/i.test(path) || 'namespace' in facts;
}

/** The driver says so in words alone. */
export function isPasswordMissing(facts: StoreProblem['facts']): boolean {
  return /password must be/.test(String(facts['reason']));
}

/** By the server's code for it. */
export function isPasswordRefused(facts: StoreProblem['facts']): boolean {
  return facts['sqlState'] === '28P01';
}

export function passwordInUrl(url: string): StoreProblem {
  return wrongAddress(
    url,
    'PASSWORD_IN_URL',
    'The setting agentReservations.postgres.url holds a password, and is not used. Move it to the secret storage, or take it out.',
  );
}

export function noNamespace(url: string): StoreProblem {
  return wrongAddress(
    url,
    'NO_NAMESPACE',
    'Nothing says whose reservations are meant: the first folder is of no repository with a remote. Set agentReservations.namespace.',
  );
}

function wrongAddress(url: string, trouble: ServerTrouble, message: string): StoreProblem {
  return new StoreProblem('INVALID_CONNECTION', `postgres://${serverOf(url)}`, message, {
    facts: { [ADDRESS_FACT]: trouble },
  });
}
