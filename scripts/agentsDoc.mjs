// Writes the examples of docs/agents.md: a session of the built command on a store of its own, as it went.
// Usage: node scripts/agentsDoc.mjs [URL of an empty database, for the examples over a server]
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildExtension } from './build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { repoRoot } from './lib/paths.mjs';
import { makeTempDir, removeTempDir } from './lib/processes.mjs';

const cli = join(repoRoot, 'dist', 'cli.js');
export const agentsDoc = join(repoRoot, 'docs', 'agents.md');
const marks = ['<!-- examples: node scripts/agentsDoc.mjs -->', '<!-- end of examples -->'];
export const serverMarks = [
  '<!-- examples: node scripts/agentsDoc.mjs URL -->',
  '<!-- end of examples over a server -->',
];
/** The moment at which every example begins. */
const epoch = Date.parse('2026-02-13T22:09:00.000Z');
const minuteMs = 60_000;

/** @typedef {{ say: string, as?: string, input?: string }} Step */

/**
 * The calls, in the order of the page. {message} is the last message's id.
 * @type {Record<string, readonly Step[]>}
 */
const session = {
  register: [
    { say: 'register --name amber-otter --role backend' },
    { say: 'register --name cobalt-harbor --role ui --display "Cobalt Harbor"' },
  ],
  list: [{ say: 'list' }],
  show: [{ say: 'show', as: 'amber-otter' }],
  heartbeat: [{ say: 'heartbeat', as: 'amber-otter' }],
  reserve: [
    { say: "reserve --scope 'src/auth/**' --scope test/auth --bead bd-41 --ttl 60", as: 'amber-otter' },
    { say: 'reserve --scope src/auth/login.ts --bead bd-42', as: 'cobalt-harbor' },
    { say: 'reserve --scope docs --scope src/auth/login.ts --bead bd-42 --wait 1', as: 'cobalt-harbor' },
  ],
  check: [{ say: 'check src/auth/login.ts docs/guide.md', as: 'cobalt-harbor' }],
  request: [{ say: 'request --scope src/auth/login.ts --reason "A fix for bd-42"', as: 'cobalt-harbor' }],
  status: [{ say: 'status' }, { say: 'status --bead bd-41 --json' }],
  renew: [{ say: "renew --scope 'src/auth/**' --ttl 90", as: 'amber-otter' }],
  inbox: [{ say: 'inbox --state unread', as: 'amber-otter' }],
  read: [{ say: 'read --message {message}', as: 'amber-otter' }],
  ack: [{ say: 'ack --message {message}', as: 'amber-otter' }],
  release: [
    { say: 'release --scope test/auth', as: 'amber-otter' },
    { say: 'release --all', as: 'amber-otter' },
  ],
  history: [{ say: 'history --since 12h --limit 10' }],
  send: [
    { say: "reserve --scope 'src/auth/**' --bead bd-41", as: 'amber-otter' },
    {
      say: 'send --to cobalt-harbor --bead bd-41 --category HANDOFF --subject "Login is yours" --body "Half done." --all',
      as: 'amber-otter',
    },
    { say: 'ack --message {message} --take', as: 'cobalt-harbor' },
  ],
  doctor: [{ say: 'doctor' }],
  mcp: [{ say: 'mcp --help' }],
  hooks: [
    { say: 'hooks install --for claude-code' },
    { say: "reserve --scope 'src/auth/**' --bead bd-41", as: 'amber-otter' },
    {
      say: 'hooks run --for claude-code',
      as: 'cobalt-harbor',
      input: '{"session_id":"8c35adc1","tool_name":"Edit","tool_input":{"file_path":"src/auth/login.ts"}}',
    },
  ],
  guard: [{ say: 'guard install --pre-push' }, { say: 'guard uninstall' }],
  postgres: [{ say: 'postgres --help' }],
};

/**
 * The calls over a server: what a store on files held is brought there, and is seen in a clone.
 * @type {readonly Step[]}
 */
const serverSession = [
  { say: 'postgres migrate' },
  { say: 'postgres import /projects/store' },
  { say: 'status' },
  { say: 'reserve --scope src/auth/login.ts --bead bd-42', as: 'cobalt-harbor' },
  { say: 'postgres export /projects/copy' },
  { say: 'postgres prune --before 90' },
];

/**
 * What stands between the marks for a server.
 * @param {string} url of an empty database
 * @returns {Promise<string>}
 */
export async function serverExamples(url) {
  const root = await makeTempDir('agents-doc');
  try {
    const files = newSession(root);
    execFileSync('git', ['remote', 'add', 'origin', 'git@github.com:acme/shop.git'], {
      cwd: files.folder,
      env: files.env,
    });
    await call(files, ['register', '--name', 'amber-otter', '--role', 'backend']);
    await call(files, ['register', '--name', 'cobalt-harbor', '--role', 'ui']);
    await call(files, wordsOf("reserve --scope 'src/auth/**' --bead bd-41 --ttl 60"), 'amber-otter');
    const at = { ...files, env: { ...files.env, AGENT_RESERVATIONS_STORE: url } };
    const shown = [];
    for (const step of serverSession) {
      // The number grows with the tables, and says nothing here.
      shown.push((await shownCall(at, step)).replace(/of version \d+/, 'of version 2'));
    }
    const where = '$ export AGENT_RESERVATIONS_STORE=postgres://dana@db.example.org/agents';
    return `\`\`\`console\n${[where, ...shown].join('\n')}\n\`\`\`\n`;
  } finally {
    removeTempDir(root);
  }
}

/**
 * What stands between the marks of docs/agents.md.
 * @returns {Promise<string>}
 */
export async function examples() {
  const root = await makeTempDir('agents-doc');
  try {
    const at = newSession(root);
    const parts = [await verbTable(at)];
    for (const [verb, steps] of Object.entries(session)) {
      const shown = [];
      for (const step of steps) {
        shown.push(await shownCall(at, step));
      }
      parts.push(section(verb, shown));
    }
    parts.push(section('watch', [await shownWatch(at)]));
    return `${parts.join('\n\n')}\n`;
  } finally {
    removeTempDir(root);
  }
}

/**
 * A session in a project of its own.
 * @param {string} root
 * @returns {Session}
 */
export function newSession(root) {
  const folder = join(root, 'shop');
  const git = { GIT_CONFIG_GLOBAL: join(root, 'gitconfig'), GIT_CONFIG_NOSYSTEM: '1' };
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...git, AGENT_RESERVATIONS_STORE: join(root, 'store'), BB_AGENT: '' };
  // A busy machine is no reason for the page to show a commit that the guard did not check.
  env['AGENT_RESERVATIONS_GUARD_TIMEOUT'] = '60';
  execFileSync('git', ['init', '--quiet', folder], { env });
  return { folder, env, root, started: Date.now(), ids: new Map(), fences: new Set() };
}

/** @typedef {{ folder: string, env: NodeJS.ProcessEnv, root: string, started: number, ids: Map<string, string>, fences: Set<string> }} Session */

/**
 * @param {string} verb
 * @param {string[]} shown
 */
function section(verb, shown) {
  return `### ${verb}\n\n\`\`\`console\n${shown.join('\n')}\n\`\`\``;
}

/** @param {Session} at */
async function verbTable(at) {
  const { out } = await call(at, ['--help']);
  const rows = [...out.matchAll(/^ {2}(\w+) +(.+)$/gm)].map(([, verb, what]) => `| [${verb}](#${verb}) | ${what} |`);
  return ['| verb | what it does |', '| --- | --- |', ...rows].join('\n');
}

/**
 * @param {Session} at
 * @param {Step} step
 */
async function shownCall(at, { say, as, input }) {
  const message = [...at.ids.keys()].filter((id) => id.startsWith('msg_')).at(-1) ?? '';
  const words = wordsOf(say.replace('{message}', message).replaceAll('/projects/', `${at.root}/`));
  const { out, err, code } = await call(at, words, as, input);
  const written = say.replace('{message}', at.ids.get(message) ?? '');
  const given = input === undefined ? '' : `echo '${input}' | `;
  const prompt = `$ ${given}${as ? `BB_AGENT=${as} ` : ''}agent-reservations ${written}`;
  const end = code === 0 ? [] : [`(exit code ${code})`];
  return [prompt, ...lines(steady(at, out + err)), ...end].join('\n');
}

/**
 * Two lines of what goes on until it is interrupted: what is there, and what happens then.
 * @param {Session} at
 */
async function shownWatch(at) {
  const child = start(at, ['watch', '--bead', 'bd-43']);
  let out = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  const until = async (/** @type {number} */ count) => {
    while (out.split('\n').length <= count) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await until(1);
  await call(at, ['reserve', '--scope', 'docs', '--bead', 'bd-43'], 'amber-otter');
  await until(2);
  child.kill('SIGINT');
  await once(child, 'close');
  return ['$ agent-reservations watch --bead bd-43', ...lines(steady(at, out)), '^C'].join('\n');
}

/**
 * @param {Session} at
 * @param {string[]} args
 * @param {string} [as]
 * @param {string} [input]
 */
async function call(at, args, as, input) {
  const child = start(at, args, as);
  child.stdin?.end(input);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    err += text;
  });
  const [code] = await once(child, 'close');
  return { out, err, code };
}

/**
 * @param {Session} at
 * @param {string[]} args
 * @param {string} [as]
 */
function start({ folder, env }, args, as) {
  const own = as === undefined ? {} : { BB_AGENT: as };
  const node = process.env['AGENT_RESERVATIONS_TEST_NODE'] ?? process.execPath;
  return spawn(node, [cli, ...args], { cwd: folder, env: { ...env, ...own }, stdio: 'pipe' });
}

/** @param {string} text */
function wordsOf(text) {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three ?? '');
}

/** @param {string} text */
function lines(text) {
  return text.replace(/\n$/, '').split('\n');
}

/**
 * The same at every run: ids in their order, times by their distance in minutes from the start, the project's folder.
 * @param {Session} at
 * @param {string} text
 */
export function steady({ root, started, ids, fences }, text) {
  return text
    .replaceAll(root, '/projects')
    .replace(/\b(res|msg)_\d{8}_\d{6}_[0-9a-f]{8}\b/g, (id, kind) => {
      const known = ids.get(id) ?? `${kind}_20260213_220900_${String(ids.size + 1).padStart(8, '0')}`;
      ids.set(id, known);
      return known;
    })
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (iso) => {
      const minutes = Math.floor((Date.parse(iso) - started) / minuteMs);
      return new Date(epoch + minutes * minuteMs).toISOString();
    })
    .replace(/(?<="fence": ?)\d+/g, (fence) => {
      fences.add(fence);
      return String(epoch + [...fences].indexOf(fence));
    });
}

/**
 * The page with these examples in it.
 * @param {string} text
 * @param {string} page
 * @param {readonly string[]} [between] the marks around them
 */
export function withExamples(text, page, between = marks) {
  const [begin = '', end = ''] = between;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`${agentsDoc} has lost the marks around its examples: ${between.join(' … ')}`);
  }
  return `${page.slice(0, from + begin.length)}\n\n${text}\n${page.slice(to)}`;
}

if (isMain(import.meta.url)) {
  await ensureInstalled();
  await buildExtension({ production: true });
  const url = process.argv[2];
  const page = withExamples(await examples(), readFileSync(agentsDoc, 'utf8'));
  writeFileSync(agentsDoc, url === undefined ? page : withExamples(await serverExamples(url), page, serverMarks));
}
