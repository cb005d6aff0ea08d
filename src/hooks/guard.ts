/**
 * What the guard says of a commit or a push. It refuses only what it knows to be held by another than the agent that acts:
 * whatever it cannot find out in time goes on, with a warning.
 */

import type { Coordination } from '../coordination/coordination';
import { isAgentId } from '../core/agent';
import { guardText } from '../core/refusalText';
import { findProject } from '../project/findProject';
import { pushedFiles, stagedFiles } from './git';
import { filesOfWorktree, heldByOthers } from './heldByOthers';
import type { GitHook } from './shell';

/** Names the variable that replaces {@link DEFAULT_TIMEOUT_SECONDS} on a machine where git or the disk is slow. */
export const GUARD_TIMEOUT = 'AGENT_RESERVATIONS_GUARD_TIMEOUT';
const DEFAULT_TIMEOUT_SECONDS = 2;
const LONGEST_TIMEOUT_SECONDS = 600;

export interface GuardCall {
  readonly hook: GitHook;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What git wrote to the hook; read for pre-push only. */
  input(): Promise<string>;
  readonly coordination: Pick<Coordination, 'check'>;
}

export interface GuardAnswer {
  readonly isRefused: boolean;
  /** For a person or agent to read; '' where there is nothing to say. */
  readonly text: string;
  /** Whether something may still be waiting for a disk or for git. */
  readonly isLate?: true;
}

const NOTHING: GuardAnswer = { isRefused: false, text: '' };

/**
 * Never rejects, and answers before the time limit.
 * @param elapsedMs how much of the time limit has passed already
 */
export async function answerGuard(call: GuardCall, elapsedMs: number): Promise<GuardAnswer> {
  if (call.env['AGENT_RESERVATIONS_BYPASS'] === '1') {
    return NOTHING;
  }
  const seconds = timeoutSeconds(call.env[GUARD_TIMEOUT]);
  if (seconds === undefined) {
    return notChecked(`${GUARD_TIMEOUT} must be a number of seconds, 1 to ${LONGEST_TIMEOUT_SECONDS}.`);
  }
  const late = new AbortController();
  const timeout = new Promise<GuardAnswer>((resolve) => {
    setTimeout(
      () => {
        late.abort();
        const why = `That would have taken longer than ${seconds} s. Set ${GUARD_TIMEOUT} to wait longer.`;
        resolve({ ...notChecked(why), isLate: true });
      },
      Math.max(0, seconds * 1_000 - elapsedMs),
    ).unref();
  });
  const answer = lookUp(call, late.signal).catch((error: unknown) =>
    notChecked(error instanceof Error ? error.message : String(error)),
  );
  return await Promise.race([answer, timeout]);
}

/** @returns undefined for a value that is no valid time limit */
function timeoutSeconds(value: string | undefined): number | undefined {
  const text = value?.trim();
  if (!text) {
    return DEFAULT_TIMEOUT_SECONDS;
  }
  const seconds = Number(text);
  return Number.isFinite(seconds) && seconds >= 1 && seconds <= LONGEST_TIMEOUT_SECONDS ? seconds : undefined;
}

async function lookUp({ hook, env, cwd, input, coordination }: GuardCall, signal: AbortSignal): Promise<GuardAnswer> {
  const named = env['BB_AGENT']?.trim();
  const agent = named && isAgentId(named) ? named : undefined;
  const options = { cwd, signal };
  const files = hook === 'pre-commit' ? await stagedFiles(options) : await pushedFiles(await input(), options);
  if (files.length === 0) {
    return NOTHING;
  }
  const found = await heldByOthers(coordination, agent, filesOfWorktree(await findProject(cwd), files));
  if (!found.ok) {
    return notChecked(found.error.message);
  }
  if (found.held.length === 0) {
    return NOTHING;
  }
  // Without an agent it may be a person, who is told and not stopped.
  const isRefused = agent !== undefined && env['AGENT_RESERVATIONS_GUARD'] !== 'warn';
  const action = hook === 'pre-commit' ? 'commit' : 'push';
  return { isRefused, text: guardText(found.held, { action, agent, isRefused }) };
}

function notChecked(why: string): GuardAnswer {
  return { isRefused: false, text: `agent-reservations: what others hold was not checked, and git goes on. ${why}` };
}
