/** One agent's hour: it takes up a task, reserves, edits, releases, tells others; and now and then it dies. */

import type { Random } from '../../test/faults/random';
import type { Answer, Desk, Held, Wanted } from './desk';
import { count, type Holding, type Log, noted } from './log';
import { MINUTE_MS, type SimulatedTime } from './time';
import { drawTask, minutes, type Task, TTL_MINUTES } from './traffic';

/** Within which all begin. */
const ARRIVAL_MINUTES = 2;
/** How long it waits for what another holds before it turns to something else. */
const PATIENCE_MINUTES = 15;
const RENEW_BELOW_MS = (TTL_MINUTES * MINUTE_MS * 2) / 3;

export interface Life {
  readonly agent: string;
  /** Whom it writes to. */
  readonly others: readonly string[];
  readonly random: Random;
  readonly desk: Desk;
  readonly log: Log;
  readonly time: SimulatedTime;
  /** The end of the hour, in simulated ms since the epoch. */
  readonly end: number;
}

export async function live(life: Life): Promise<void> {
  const { random, desk, log, time, end } = life;
  await pause(life, random.next() * ARRIVAL_MINUTES * MINUTE_MS);
  while (!(await call(life, 'register', desk.register)).ok && time.now() < end) {
    await pause(life, MINUTE_MS);
  }
  let unfinished: Task | undefined;
  while (time.now() < end) {
    await pause(life, minutes(random, 3, 0.6));
    await beat(life);
    await readMessages(life);
    if (random.chance(0.5)) {
      const status = await call(life, 'status', desk.status);
      count(log, 'swept', status.ok ? status.data : 0);
    }
    const task = unfinished ?? drawTask(random);
    unfinished = undefined;
    const held = time.now() < end ? await obtain(life, task) : undefined;
    const isAlive = held && (await isOutlived(life, task, held));
    if (time.now() >= end) {
      // Not all at once: nobody leaves because the hour is over.
      break;
    }
    if (held && isAlive) {
      await release(life, held);
      await tell(life, task);
    } else if (held) {
      count(log, 'died');
      // It comes back when its lease is over, to what it was at.
      unfinished = { ...task, diesAfter: undefined };
      await pause(life, TTL_MINUTES * MINUTE_MS + minutes(random, 2, 0.5));
    }
  }
}

/** A reservation, and what is noted of it. */
interface Own {
  held: Held;
  readonly holding: Holding;
}

async function obtain(life: Life, task: Task): Promise<readonly Own[] | undefined> {
  const { desk, log, time, random, end } = life;
  const wanted: Wanted = { scopes: task.places.map(({ scope }) => scope), bead: task.bead };
  const began = time.now();
  const refusals = ['RESERVATION_CONFLICT', 'RESERVATION_STALE_FOUND'];
  let answer = await call(life, 'reserve', () => desk.reserve(wanted), refusals);
  const hasToWait = isRefusedWith(answer, 'RESERVATION_CONFLICT');
  if (hasToWait) {
    count(log, 'refused');
    const { request } = desk;
    if (request && random.chance(0.3)) {
      const { scope } = random.pick(task.places);
      await call(life, 'request', () => request(scope), ['RESERVATION_NOT_FOUND']);
    }
    // How long that takes is not what the call takes.
    const wait = Math.min(PATIENCE_MINUTES * MINUTE_MS, Math.max(0, end - time.now()));
    answer = expected(life, 'wait', await desk.reserve({ ...wanted, wait }), refusals);
  }
  if (isRefusedWith(answer, 'RESERVATION_STALE_FOUND')) {
    count(log, 'stale');
    answer = await call(life, 'reserve', () => desk.reserve({ ...wanted, takeover: true }), refusals);
    count(log, answer.ok ? 'taken over' : 'refused');
  }
  const waited = time.now() - began;
  if (!answer.ok) {
    if (hasToWait && time.now() < end) {
      log.givenUp.push(waited);
    }
    return undefined;
  }
  count(log, 'granted');
  if (hasToWait) {
    log.waits.push(waited);
  }
  return answer.data.map((held) => {
    const { id, scope, ends } = held;
    const holding: Holding = { id, scope, agent: life.agent, from: time.now(), to: ends, released: false };
    log.holdings.push(holding);
    return { held, holding };
  });
}

/** Whether it lives to see the end of its work. */
async function isOutlived(life: Life, task: Task, own: readonly Own[]): Promise<boolean> {
  const { desk, log, time, random, end } = life;
  for (const [index, ms] of task.edits.entries()) {
    const { file } = random.pick(task.places);
    const others = await call(life, 'check', () => desk.check(file));
    if (others.ok && others.data > 0 && own.every(({ held }) => held.ends > time.now())) {
      log.failures.push(`check: ${file} is held by another beside ${life.agent}`);
    }
    await pause(life, ms);
    if (task.diesAfter === index) {
      return false;
    }
    if (time.now() >= end) {
      break;
    }
    for (const one of own.filter(({ held }) => held.ends - time.now() < RENEW_BELOW_MS)) {
      await renew(life, one);
    }
  }
  return true;
}

async function renew(life: Life, one: Own): Promise<void> {
  const { desk, time, log } = life;
  const { renew } = desk;
  if (!renew) {
    return;
  }
  const answer = await noted(log, 'renew', () => renew(one.held));
  if (answer.ok) {
    one.held = { ...one.held, ends: answer.data };
    one.holding.to = answer.data;
  } else {
    overdue(life, 'renew', answer, time.now() >= one.held.ends);
  }
}

async function release(life: Life, own: readonly Own[]): Promise<void> {
  const { desk, time, log } = life;
  const asked = time.now();
  for (const { holding } of own) {
    holding.to = Math.min(holding.to, asked);
  }
  const answer = await noted(log, 'release', () => desk.release(own.map(({ held }) => held)));
  if (!answer.ok) {
    overdue(
      life,
      'release',
      answer,
      own.some(({ held }) => time.now() >= held.ends),
    );
    return;
  }
  for (const { holding } of own) {
    holding.released = true;
  }
}

/** Who comes too late is refused rightly. */
function overdue(life: Life, what: string, answer: Answer<unknown>, isLate: boolean): void {
  expected(life, what, answer, isLate ? ['RESERVATION_NOT_FOUND', 'RELEASE_FORBIDDEN', 'RENEW_FORBIDDEN'] : []);
  count(life.log, 'too late');
}

async function beat(life: Life): Promise<void> {
  const { heartbeat } = life.desk;
  if (heartbeat) {
    await call(life, 'heartbeat', heartbeat);
  }
}

async function readMessages(life: Life): Promise<void> {
  const { inbox, ack } = life.desk;
  if (!inbox || !ack) {
    return;
  }
  const waiting = await call(life, 'inbox', inbox);
  for (const id of waiting.ok ? waiting.data : []) {
    const answer = await call(life, 'ack', () => ack(id));
    if (answer.ok) {
      life.log.acked.push(id);
    }
  }
}

async function tell(life: Life, { tells, bead }: Task): Promise<void> {
  const { desk, log, random, others } = life;
  if (!tells) {
    return;
  }
  const answer = await call(life, 'send', () => desk.send(random.pick(others), tells, bead));
  if (answer.ok) {
    log.sent.push(answer.data);
  }
}

/** Notes how long the call took, and as a failure what was not to be expected. */
async function call<T>(
  life: Life,
  what: string,
  ask: () => Promise<Answer<T>>,
  refusals: readonly string[] = [],
): Promise<Answer<T>> {
  return expected(life, what, await noted(life.log, what, ask), refusals);
}

function expected<T>({ log }: Life, what: string, answer: Answer<T>, refusals: readonly string[]): Answer<T> {
  if (!answer.ok && !refusals.includes(answer.code)) {
    log.failures.push(`${what}: ${answer.code}: ${answer.message}`);
  }
  return answer;
}

function isRefusedWith(answer: Answer<unknown>, code: string): boolean {
  return !answer.ok && answer.code === code;
}

async function pause({ time, end }: Life, ms: number): Promise<void> {
  await time.pass(Math.max(0, Math.min(ms, end - time.now())));
}
