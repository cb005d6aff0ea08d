/** A store with something in every file, written by the store itself: what the fuzzing starts from. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createCoordination } from '../../../src/coordination/coordination';
import type { Envelope } from '../../../src/core/envelope';
import { FileStore } from '../../../src/store/files/fileStore';
import { grantedData } from '../../support/outcomes';
import { NOW } from '../../support/samples';
import { seedStore } from '../../support/storeFiles';
import { untilIdle } from '../../support/tempFolder';

/** One file of the store by what it is; the path is relative to the store's root. */
export interface Target {
  readonly kind: 'active' | 'history' | 'agent' | 'inbox' | 'message' | 'journal';
  readonly path: string;
}

export interface Template {
  readonly targets: readonly Target[];
  /** Relative to the root. */
  readonly contents: ReadonlyMap<string, Buffer>;
  readonly messages: readonly string[];
}

export async function makeTemplate(folder: string): Promise<Template> {
  const root = seedStore(join(folder, 'template'), { agents: ['agent-a', 'agent-b', 'agent-c'] });
  let ids = 0;
  const clock = () => NOW;
  const operations = createCoordination(new FileStore(root, { clock }), {
    clock,
    random: () => (++ids).toString(16).padStart(8, '0'),
  });
  const must = async <T>(answer: Promise<Envelope<T>>) => grantedData(await answer);
  for (const scope of ['src/app', 'src/*', 'docs', 'naïve “path”', 'old', 'older']) {
    await must(operations.reserve({ agent: 'agent-a', scope, bead: 'bd-1', ttl: 60 }));
  }
  await must(operations.release({ agent: 'agent-a', scope: 'old' }));
  await must(operations.release({ agent: 'agent-a', scope: 'older' }));
  const messages: string[] = [];
  for (const category of ['HANDOFF', 'BLOCKED', 'INFO']) {
    const sent = { from: 'agent-a', to: 'agent-b', bead: 'bd-1', category, subject: 'Über', body: 'one\ntwo' };
    messages.push((await must(operations.send(sent))).message_id);
  }
  await must(operations.read({ agent: 'agent-b', message: messages[1] ?? '' }));
  await untilIdle(root);
  return {
    messages,
    contents: new Map(filesBelow(root).map((path) => [path, readFileSync(join(root, path))])),
    targets: [
      { kind: 'active', path: join('reservations', 'active.json') },
      { kind: 'history', path: join('reservations', 'history.jsonl') },
      { kind: 'agent', path: join('agents', 'agent-a.json') },
      { kind: 'inbox', path: join('messages', 'agent-b.jsonl') },
      { kind: 'message', path: join('messages', 'index', `${messages[0]}.json`) },
      { kind: 'journal', path: join('reservations', '.journal') },
    ],
  };
}

/** The template anew at `root`, with one file damaged. */
export function lay(template: Template, root: string, target: Target, content: Buffer): void {
  for (const path of existsSync(root) ? filesBelow(root) : []) {
    if (!template.contents.has(path)) {
      rmSync(join(root, path));
    }
  }
  for (const [path, whole] of template.contents) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path === target.path ? content : whole);
  }
}

/** Relative to the root. */
export function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
