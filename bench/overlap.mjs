// How long the decision about one new scope takes beside 10,000 active reservations. Usage: node bench/overlap.mjs [ROUNDS]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled } from '../scripts/lib/install.mjs';
import { repoRoot } from '../scripts/lib/paths.mjs';

const rounds = Number(process.argv[2] ?? 200);
const active = 10_000;
const now = new Date('2026-01-01T12:00:00.000Z');
const project = '/projects/shop';

await ensureInstalled();
const { decideReserve, checkReserve } = await bundled();

/** What is held, `#` standing for a number, and what is wanted. */
const cases = [
  { name: 'files, one file', held: 'src/#/file-#.ts', wanted: 'src/7/new.ts' },
  { name: 'folders, one file', held: 'src/pkg-#/**', wanted: 'src/new/file.ts' },
  { name: 'folders, one pattern', held: 'src/pkg-#/**', wanted: 'docs/**/*.md' },
  { name: 'patterns, one pattern', held: 'src/**/test-#/*.{ts,tsx}', wanted: 'src/**/*.css' },
  { name: 'patterns that all overlap, refused', held: 'src/**/*-#.ts', wanted: 'src/**/*.ts' },
];

for (const { name, held, wanted } of cases) {
  const entries = Array.from({ length: active }, (_, index) => entry(held.replaceAll('#', String(index)), index));
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    const request = checkReserve({ agent: 'amber-otter', scope: wanted, bead: 'bd-1', project }, true);
    if (request.ok) {
      decideReserve(entries, request.data, { now, hasEnded: () => false, fence: 1 }, '0123abcd');
    }
    return performance.now() - started;
  });
  // The first one finds nothing compiled, as the first one of a process does.
  const first = times.shift()?.toFixed(1).padStart(6);
  times.sort((left, right) => left - right);
  const at = (/** @type {number} */ share) => times[Math.floor(share * (times.length - 1))]?.toFixed(2).padStart(6);
  console.log(`${name.padEnd(36)} median ${at(0.5)} ms   p95 ${at(0.95)} ms   first ${first} ms`);
}

/**
 * @param {string} scope
 * @param {number} index
 * @returns {import('../src/core/reservation').Reservation}
 */
function entry(scope, index) {
  return {
    reservation_id: `res_20260101_000000_${index}`,
    scope,
    agent_id: 'cobalt-harbor',
    bead_id: 'bd-2',
    state: 'active',
    created_at: '2026-01-01T11:00:00.000Z',
    expires_at: '2026-01-01T13:00:00.000Z',
    released_at: null,
    project,
  };
}

/** @returns {Promise<typeof import('../src/core/reserve')>} as it is in the source */
async function bundled() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [join(repoRoot, 'src', 'core', 'reserve.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const folder = mkdtempSync(join(tmpdir(), 'agent-reservations-bench-'));
  try {
    const file = join(folder, 'rules.mjs');
    writeFileSync(file, outputFiles[0]?.contents ?? '');
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
