/**
 * Who holds a lock, told so exactly that a later reader can prove the owner dead, and how that is proven.
 * A pid alone proves nothing: pids are reused, and mean another process on another host or in another pid namespace.
 */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import * as v from 'valibot';
import { errno } from '../problem';

/** What Linux shows in /proc on every architecture, whatever the kernel counts in. */
const MS_PER_TICK = 10;
/** Uptime and ticks are rounded, and the clock is slewed: a start within this time of a moment is not after it. */
const START_PRECISION_MS = 2_000;

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** Identifies the machine, since names like `localhost` do not; '' where the system does not tell. */
  readonly machine: string;
  /** Identifies one boot of the machine; '' where the system does not tell. */
  readonly boot: string;
  /** Identifies the pid namespace; '' where there is no such thing. */
  readonly namespace: string;
  /** When the process started, in the system's own unit; '' where it does not tell. */
  readonly started: string;
  /** Random: tells this very taking of the lock from every other. */
  readonly token: string;
  /** When the lock was asked for, UTC ISO-8601: for people only, since clocks jump. */
  readonly at: string;
}

const ownerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  host: v.string(),
  machine: v.string(),
  boot: v.string(),
  namespace: v.string(),
  started: v.string(),
  token: v.pipe(v.string(), v.minLength(1)),
  at: v.string(),
});

/** This process as an owner. */
export function thisOwner(token: string): LockOwner {
  ownStart ??= startOf(process.pid);
  return { ...here(), pid: process.pid, started: ownStart, token, at: new Date().toISOString() };
}

/** One line of JSON: never a bare number, which beadboard would take for one of its own pids. */
export function serializeOwner(owner: LockOwner): string {
  return `${JSON.stringify(owner)}\n`;
}

/** The owner that a lock file names, or undefined: then it is not one of ours. */
export function parseOwner(text: string): LockOwner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return v.is(ownerSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * True only where the owner cannot possibly run any more: same host and pid namespace, and either another boot, or no
 * such process, or one that has ended, or one that started at another time. Whatever we cannot tell counts as alive.
 */
export function isProvenDead(owner: LockOwner): boolean {
  if (!isFromHere(owner)) {
    return false;
  }
  const us = here();
  if (owner.boot !== us.boot) {
    // Another boot of this machine is over; where the machine has no id, it may be another machine.
    return owner.machine !== '' && owner.boot !== '' && us.boot !== '';
  }
  if (hasEnded(owner.pid)) {
    return true;
  }
  const started = startOf(owner.pid);
  return owner.started !== '' && started !== '' && started !== owner.started;
}

/** Whether the owner's pid means the same process here: same host and pid namespace, of whatever boot. */
export function isFromHere(owner: LockOwner): boolean {
  const us = here();
  return owner.host === us.host && owner.machine === us.machine && owner.namespace === us.namespace;
}

/** Whether no process of that pid works here any more. */
export function hasEnded(pid: number): boolean {
  return !isRunning(pid) || isZombie(pid);
}

/**
 * Whether the process of that pid started after that moment (ms since the epoch), by the clock as it is set now; false
 * where the system does not tell.
 */
export function startedAfter(pid: number, moment: number): boolean {
  const ticks = Number(startOf(pid));
  const upMs = uptime() * 1000;
  return ticks > 0 && Date.now() - upMs + ticks * MS_PER_TICK > moment + START_PRECISION_MS;
}

/** Whether a process of that pid runs here. EPERM says that it does, and belongs to somebody else. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errno(error) !== 'ESRCH';
  }
}

/** Identifies this boot of the machine; '' where the system does not tell. */
export function bootId(): string {
  ownBoot ??= read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  return ownBoot;
}

type Here = Pick<LockOwner, 'host' | 'machine' | 'boot' | 'namespace'>;

let ownHere: Here | undefined;
let ownStart: string | undefined;
let ownBoot: string | undefined;

/** Read once: none of it changes while a process runs. */
function here(): Here {
  ownHere ??= {
    host: hostname(),
    machine: read(() => readFileSync('/etc/machine-id', 'utf8').trim()),
    boot: bootId(),
    namespace: read(() => readlinkSync('/proc/self/ns/pid')),
  };
  return ownHere;
}

/**
 * Whether the process has ended and only its parent has not asked for its exit code, which in a container without an
 * init may never happen. Its first thread ends before the others: as long as one of them is there, it may still write.
 */
function isZombie(pid: number): boolean {
  const [state] = statFields(pid);
  return state === 'Z' && read(() => readdirSync(`/proc/${pid}/task`).join()) === String(pid);
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot. */
function startOf(pid: number): string {
  return statFields(pid)[19] ?? '';
}

/** The fields of /proc/PID/stat from the third on, after the last ')', since names may hold anything. */
function statFields(pid: number): readonly string[] {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(get: () => string): string {
  try {
    return get();
  } catch {
    return '';
  }
}
