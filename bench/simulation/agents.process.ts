/** One of the processes of a simulation: lives the hours of its agents, then says what they have seen. */

import { seeded } from '../../test/faults/random';
import { serve } from '../processes';
import { bb } from './bb';
import { live } from './life';
import { emptyLog, type Log } from './log';
import { ours, oursAlone } from './ours';
import { MINUTE_MS, type Pace, simulatedTime } from './time';

const DESKS = { ours, oursAlone, bb };

export interface Crew {
  readonly kind: keyof typeof DESKS;
  readonly root: string;
  /** All agents of the simulation, and those of this process. */
  readonly agents: readonly string[];
  readonly own: readonly string[];
  readonly pace: Pace;
  readonly minutes: number;
  readonly seed: number;
}

async function run({ kind, root, agents, own, pace, minutes, seed }: Crew): Promise<Log> {
  const time = simulatedTime(pace);
  const end = pace.began + minutes * MINUTE_MS;
  const log = emptyLog();
  await time.pass(Math.max(0, (pace.began - Date.now()) * pace.speed));
  await Promise.all(
    own.map((agent) => {
      const random = seeded(seed + 1_000 * agents.indexOf(agent));
      const others = agents.filter((one) => one !== agent);
      return live({ agent, others, random, desk: DESKS[kind]({ root, agent, time }), log, time, end });
    }),
  );
  return log;
}

serve(run);
