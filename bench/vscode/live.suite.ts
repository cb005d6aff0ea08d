/** Runs inside VS Code, beside the packaged extension: what a change of the store by another process costs there. */

import { appendFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Internals, TestedApi } from '../../src/extension/extension';
import { type Counted, countReads, countWakeUps } from '../../test/support/counting';
import type { Figures, Line, Refresh } from './figures';
import { profiled } from './profile';
import { startWriter, type Writer } from './writer';

const CHANGES = 60;
const REFRESHES = 9;
/** VS Code gathers changes of a tree for 200 ms before it looks at them. */
const SETTLED_MS = 500;
const HEARTBEATS = 30;
const IDLE_SECONDS = Number(process.env['AGENT_RESERVATIONS_BENCH_IDLE_SECONDS']);

const store = (name: string) => join(homedir(), 'stores', name);

export async function run(): Promise<void> {
  const found = vscode.extensions.getExtension<TestedApi>('agent-reservations.agent-reservations');
  const internals = (await found?.activate())?.internals;
  if (!internals) {
    throw new Error('The extension does not know that it is measured.');
  }
  const counted = countReads(join(homedir(), 'stores'));
  const writer = await startWriter();
  try {
    // In a remote window VS Code looks for ports to forward each two seconds, for some 40 ms: that is not what is measured.
    await vscode.workspace
      .getConfiguration('remote')
      .update('autoForwardPortsSource', 'output', vscode.ConfigurationTarget.Global);
    // The view is in sight for all that follows but the last.
    await vscode.commands.executeCommand('agentReservations.focus');
    if (process.env['AGENT_RESERVATIONS_BENCH_CHANGES']) {
      tell({ refresh: await measureRefresh(internals, writer, counted) });
      return;
    }
    const delays = await measureDelays(internals, writer);
    const heartbeats = await measureHeartbeats(internals, writer, counted);
    const refresh = await measureRefresh(internals, writer, counted);
    await vscode.commands.executeCommand('workbench.view.explorer');
    countWakeUps(counted, process.env['AGENT_RESERVATIONS_BENCH_EXTENSION'] ?? '');
    const idle = await measureIdle(internals, writer, counted);
    tell({ live: { delays, heartbeats, refresh, idle } });
  } finally {
    writer.stop();
  }
}

function tell(line: Line): void {
  appendFileSync(process.env['AGENT_RESERVATIONS_BENCH_FIGURES'] ?? '', `${JSON.stringify(line)}\n`);
}

/** Shows the store of that name, and waits until all of it is there. */
async function show({ live }: Internals, name: string, active: number): Promise<void> {
  const shown = new Promise<void>((resolve) => {
    const listening = live.onDidChange(() => {
      if (live.location === store(name) && live.overview.active.length === active) {
        listening.dispose();
        resolve();
      }
    });
  });
  await vscode.workspace
    .getConfiguration('agentReservations')
    .update('storePath', store(name), vscode.ConfigurationTarget.Global);
  await shown;
  await sleep(2 * SETTLED_MS);
}

/** Resolves with the moment at which the tree had it, once the view has told that it changed. */
function untilInTree({ view }: Internals, scope: string): Promise<number> {
  return new Promise((resolve) => {
    const listening = view.onDidChangeTreeData(() => {
      const [active] = view.getChildren();
      const node = view.getChildren(active).find((one) => 'reservation' in one && one.reservation.scope === scope);
      if (node) {
        view.getTreeItem(node);
        listening.dispose();
        resolve(Date.now());
      }
    });
  });
}

async function measureDelays(internals: Internals, writer: Writer): Promise<readonly number[]> {
  await writer.carryOut({ do: 'fill', root: store('thousand'), active: 1_000, messages: 0 });
  await show(internals, 'thousand', 1_000);
  const delays: number[] = [];
  for (let change = 0; change < CHANGES; change++) {
    const scope = `docs/${change}.md`;
    const inTree = untilInTree(internals, scope);
    const { at } = await writer.carryOut({ do: 'reserve', scope });
    delays.push((await inTree) - at);
    await sleep(20);
  }
  return delays;
}

async function measureHeartbeats(
  { view }: Internals,
  writer: Writer,
  counted: Counted,
): Promise<Figures['heartbeats']> {
  await sleep(SETTLED_MS);
  let refreshes = 0;
  const listening = view.onDidChangeTreeData(() => refreshes++);
  const before = counted.paths.length;
  await writer.carryOut({ do: 'heartbeats', count: HEARTBEATS, everyMs: 100 });
  await sleep(SETTLED_MS);
  listening.dispose();
  return { count: HEARTBEATS, refreshes, reads: counted.paths.length - before };
}

async function measureRefresh(internals: Internals, writer: Writer, counted: Counted): Promise<Refresh> {
  await writer.carryOut({ do: 'fill', root: store('large'), active: 10_000, messages: 10_000 });
  await show(internals, 'large', 10_000);
  await sleep(3_000);
  const profile = process.env['AGENT_RESERVATIONS_BENCH_PROFILE'];
  const changes = await profiled(profile && `${profile}.changes.cpuprofile`, () =>
    measureChanges(internals, writer, counted),
  );
  const comeOrGone = await profiled(profile && `${profile}.comeOrGone.cpuprofile`, () =>
    measureComeOrGone(internals, writer),
  );
  return { ...changes, comeOrGone };
}

async function measureChanges(
  internals: Internals,
  writer: Writer,
  counted: Counted,
): Promise<Omit<Refresh, 'comeOrGone'>> {
  const busy: number[] = [];
  const quiet: number[] = [];
  const itemsFired: number[] = [];
  const reads: number[] = [];
  const delays: number[] = [];
  for (let change = 0; change < REFRESHES; change++) {
    quiet.push(await busyDuring(() => sleep(SETTLED_MS)));
    const readBefore = counted.paths.length;
    let fired = 0;
    const listening = internals.view.onDidChangeTreeData((nodes: unknown) => {
      fired += Array.isArray(nodes) ? nodes.length : 1;
    });
    // Among those that the view lists.
    const scope = `src/pkg-0/file-${100 * (change + 1)}.ts`;
    busy.push(
      await busyDuring(async () => {
        const told = untilTold(internals);
        const { at } = await writer.carryOut({ do: 'renew', scope, ttl: 200 + change });
        delays.push((await told) - at);
        await sleep(SETTLED_MS);
      }),
    );
    listening.dispose();
    itemsFired.push(fired);
    reads.push(counted.paths.length - readBefore);
  }
  return { busy, quiet, itemsFired, reads, delays };
}

async function measureComeOrGone(internals: Internals, writer: Writer): Promise<readonly number[]> {
  const comeOrGone: number[] = [];
  for (let change = 0; change < 4; change++) {
    comeOrGone.push(
      await busyDuring(async () => {
        const told = untilTold(internals);
        await writer.carryOut({ do: change % 2 === 0 ? 'reserve' : 'release', scope: 'docs/new.md' });
        await told;
        await sleep(2 * SETTLED_MS);
      }),
    );
  }
  return comeOrGone;
}

function untilTold({ live }: Internals): Promise<number> {
  return new Promise((resolve) => {
    const listening = live.onDidChange(() => {
      listening.dispose();
      resolve(Date.now());
    });
  });
}

/** How long the thread was at work, in ms: all of the extension host, whoever caused it. */
async function busyDuring(work: () => Promise<unknown>): Promise<number> {
  const before = performance.eventLoopUtilization();
  await work();
  return performance.eventLoopUtilization(before).active;
}

async function measureIdle(internals: Internals, writer: Writer, counted: Counted): Promise<Figures['idle']> {
  const endsInMs = (IDLE_SECONDS / 2) * 1_000;
  await writer.carryOut({ do: 'fill', root: store('idle'), active: 100, messages: 0, endsInMs });
  await show(internals, 'idle', 100);
  const { wakeUps } = counted;
  const reads = counted.paths.length;
  await sleep(IDLE_SECONDS * 1_000);
  return {
    seconds: IDLE_SECONDS,
    wakeUps: counted.wakeUps - wakeUps,
    due: 100 - internals.live.overview.active.length,
    reads: counted.paths.length - reads,
  };
}
