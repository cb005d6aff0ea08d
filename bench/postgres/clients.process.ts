/** Some of the clients of a row: each thinks, looks, reserves, perhaps renews and tells somebody, and releases. */

import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../../test/faults/random';
import { serve } from '../processes';
import { type Desk, type DeskKind, openDesk } from './desk';

export interface Work {
  readonly kind: DeskKind;
  readonly url: string;
  readonly ms: number;
  readonly agents: readonly string[];
  readonly seed: number;
}

export interface Done {
  /** ms of each step that changes something, and of each that only looks. */
  readonly changes: readonly number[];
  readonly looks: readonly number[];
  readonly refused: number;
  /** How often each failure came, and how often a step was tried again for one. */
  readonly errors: Readonly<Record<string, number>>;
  readonly retries: number;
}

/** Between two steps, at most. */
const THINK_MS = 400;
/** One grant in four is of what others want as well. */
const SHARED = 20;
const MOST_RETRIES = 3;

async function work({ kind, url, ms, agents, seed }: Work): Promise<Done> {
  const done = { changes: [] as number[], looks: [] as number[], refused: 0, retries: 0 };
  const errors: Record<string, number> = {};
  const end = performance.now() + ms;

  async function client(agent: string, number: number): Promise<void> {
    const random = seeded(seed + number);
    const desk = openDesk(kind, url, agent);
    const step = async (what: keyof Omit<Desk, 'close'>, scope: string): Promise<boolean> => {
      await sleep(random.below(THINK_MS));
      const started = performance.now();
      let code = await desk[what](scope);
      for (let again = 0; code !== 'ok' && code !== 'refused' && again < MOST_RETRIES; again++) {
        errors[code] = (errors[code] ?? 0) + 1;
        done.retries++;
        code = await desk[what](scope);
      }
      done[what === 'check' ? 'looks' : 'changes'].push(performance.now() - started);
      done.refused += code === 'refused' ? 1 : 0;
      return code === 'ok';
    };
    for (let cycle = 0; performance.now() < end; cycle++) {
      const scope = random.chance(0.25) ? `shared/${random.below(SHARED)}` : `src/${agent}/file-${cycle}.ts`;
      await step('check', scope);
      if (await step('reserve', scope)) {
        if (random.chance(0.25)) {
          await step('renew', scope);
        }
        if (random.chance(0.125)) {
          await step('send', scope);
        }
        await step('release', scope);
      }
    }
    await desk.close();
  }

  await Promise.all(agents.map(client));
  return { ...done, errors };
}

serve(work);
