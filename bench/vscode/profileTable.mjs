/**
 * Prints what a CPU profile of the extension host says: `node bench/vscode/profileTable.mjs FILE [CHANGES]`, in ms for each of so
 * many changes. What Node does is counted for whoever called it.
 */

import { readFileSync } from 'node:fs';

/** @typedef {{ id: number, callFrame: { functionName: string, url: string, lineNumber: number }, children?: number[] }} ProfileNode */

const MOST = 40;
const [file = '', count = '1'] = process.argv.slice(2);
/** @type {{ nodes: ProfileNode[], samples: number[], timeDeltas: number[], collections: { kind: number, ms: number }[] }} */
const { nodes, samples, timeDeltas, collections } = JSON.parse(readFileSync(file, 'utf8'));
const changes = Number(count);

const byId = new Map(nodes.map((node) => [node.id, node]));
/** @type {Map<number, number>} */
const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
const whose = /** @type {Map<string, number>} */ (new Map());
const self = /** @type {Map<string, number>} */ (new Map());
const whole = /** @type {Map<string, number>} */ (new Map());

for (const [index, id] of samples.entries()) {
  const ms = (timeDeltas[index] ?? 0) / 1_000 / changes;
  const stack = stackOf(id);
  const [top] = stack;
  if (top && top.callFrame.functionName !== '(idle)') {
    add(whose, ownerOf(stack), ms);
    add(self, nameOf(top), ms);
    for (const name of new Set(stack.map(nameOf))) {
      add(whole, name, ms);
    }
  }
}
print('by whose it is', whose);
print('by self', self);
print('with what it calls', whole);
print(
  'collections of garbage (1 scavenge, 2 minor, 4 mark and sweep, 8 incremental, 16 weak callbacks)',
  collections.reduce((sums, { kind, ms }) => add(sums, String(kind), ms / changes), new Map()),
);

/** @param {number | undefined} id @returns {ProfileNode[]} from the inside out, without the root */
function stackOf(id) {
  const stack = [];
  for (let at = id; at !== undefined; at = parents.get(at)) {
    const node = byId.get(at);
    if (node && node.callFrame.functionName !== '(root)') {
      stack.push(node);
    }
  }
  return stack;
}

/** @param {ProfileNode[]} stack */
function ownerOf(stack) {
  const [top] = stack;
  if (top && /^\((garbage|program)/.test(top.callFrame.functionName)) {
    return top.callFrame.functionName;
  }
  const url = stack.map(({ callFrame }) => callFrame.url).find((one) => one !== '' && !one.startsWith('node:')) ?? '';
  if (url.includes('/extension/dist/')) {
    return 'ours';
  }
  return url.includes('/bench/') ? 'the benchmark' : url === '' ? 'Node' : 'VS Code';
}

/** @param {ProfileNode} node */
function nameOf({ callFrame: { functionName, url, lineNumber } }) {
  return `${functionName || '(anonymous)'} ${url.split('/').at(-1)}:${lineNumber + 1}`;
}

/** @param {Map<string, number>} sums @param {string} name @param {number} ms */
function add(sums, name, ms) {
  return sums.set(name, (sums.get(name) ?? 0) + ms);
}

/** @param {string} title @param {Map<string, number>} sums */
function print(title, sums) {
  console.log(`\n${title}`);
  for (const [name, ms] of [...sums].sort(([, left], [, right]) => right - left).slice(0, MOST)) {
    console.log(`${ms.toFixed(2).padStart(9)} ms  ${name}`);
  }
}
