import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { bundledPackages, notices } from './lib/bundled.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { isMain } from './lib/isMain.mjs';
import { outDir, repoRoot } from './lib/paths.mjs';

const testStages = ['unit', 'store', 'postgres', 'cli', 'mcp', 'faults', 'host', 'ui'];

/**
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
function extensionOptions(production) {
  return {
    ...commonOptions(production),
    entryPoints: ['src/extension/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
    plugins: [loadOwnBundles(), importVscodeOnce()],
    banner: { js: requireOnce },
  };
}

/** VS Code looks at each `require` of an extension, and asks the disk whose it is; there is one in each of our files. */
const requireOnce = '"use strict";require = ((load, loaded = {}) => (name) => (loaded[name] ??= load(name)))(require);';

/**
 * esbuild copies each property of a namespace that is imported from a module of the other kind, file by file. Of VS Code's
 * there are hundreds, and it made up most of the time that the extension took to load.
 * @returns {import('esbuild').Plugin}
 */
function importVscodeOnce() {
  return {
    name: 'vscode as it is',
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]extension[\\/].*\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = text.replace("import * as vscode from 'vscode';", "import vscode = require('vscode');");
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** What an old Node would otherwise say of the command's own source tells nobody what to do. */
const nodeCheck = [
  'if (parseInt(process.versions.node, 10) < 20) {',
  '  console.error("agent-reservations needs Node 20 or newer; this is " + process.versions.node + ".");',
  '  process.exit(1);',
  '}',
].join('\n');

/**
 * What is loaded by `import()` and is then a bundle of its own, since what loads it would wait for it at each start: by the
 * file or package, the bundle's name.
 */
const ownBundles = {
  'src/tools/tools.ts': 'tools',
  'src/extension/operations.ts': 'operations',
  'src/extension/commands/handlers.ts': 'commands',
  'src/extension/demo/demo.ts': 'demo',
  'src/extension/timeline/timeline.ts': 'timeline',
  'src/mcp/main.ts': 'mcp',
  'src/store/files/doctor/doctor.ts': 'doctor',
  'src/hooks/agentHooks.ts': 'agentHooks',
  'src/hooks/guardInstall.ts': 'guardInstall',
  'src/cli/sharedBy.ts': 'sharedBy',
  'src/cli/verbs/postgres.ts': 'postgresVerb',
  'src/store/postgres/server.ts': 'postgres',
  'proper-lockfile': 'properLockfile',
  diff: 'diff',
  pg: 'pg',
};

/** Of these, what is itself in bundles that are loaded when they are needed, and in more than one. */
const sharedBundles = ['pg'];

/** Of these, what has most in common, which is then in files beside them: nothing that is loaded at a start. */
const alikeBundles = [
  'operations',
  'doctor',
  'postgres',
  'commands',
  'timeline',
  'tools',
  'mcp',
  'agentHooks',
  'guardInstall',
  'postgresVerb',
  'demo',
];

/**
 * Leads each `import()` of such a module to its bundle, and each import of a shared one.
 * @returns {import('esbuild').Plugin}
 */
function loadOwnBundles() {
  return {
    name: 'own bundles',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
        const file = path.startsWith('.')
          ? relative(repoRoot, `${join(resolveDir, path)}.ts`)
              .split(sep)
              .join('/')
          : path;
        const isLed = kind === 'dynamic-import' || (kind === 'import-statement' && sharedBundles.includes(file));
        const name = isLed ? Object.entries(ownBundles).find(([module]) => module === file)?.[1] : undefined;
        return name === undefined ? undefined : { path: `./${name}.js`, external: true };
      });
    },
  };
}

/**
 * The command, and before it what lets Node keep the command compiled: which it can for what is loaded after it was told.
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
function cliOptions(production) {
  return {
    ...commonOptions(production),
    entryPoints: { cli: 'src/cli/start.ts', cliMain: 'src/cli/main.ts' },
    outdir: 'dist',
    external: ['./cliMain.js'],
    banner: { js: `#!/usr/bin/env node\n${nodeCheck}` },
  };
}

/**
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
function ownBundlesOptions(production) {
  return {
    ...commonOptions(production),
    entryPoints: entryPointsOf((name) => !alikeBundles.includes(name)),
    outdir: 'dist',
    alias: { '@modelcontextprotocol/server/_shims': './src/mcp/jsonSchemaValidator.ts' },
    // The first is VS Code's own; the other an optional part of pg that has to be compiled: not ours.
    external: ['vscode', 'pg-native'],
    plugins: [loadOwnBundles(), importVscodeOnce(), styleAsText(production)],
    banner: { js: nodeCheck },
  };
}

/**
 * A style sheet as its text, since it stands in the page itself.
 * @param {boolean} production
 * @returns {import('esbuild').Plugin}
 */
function styleAsText(production) {
  return {
    name: 'style as text',
    setup(build) {
      build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { transform } = await import('esbuild');
        const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: production });
        return { contents: code, loader: 'text' };
      });
    },
  };
}

/**
 * What runs in the page of the timeline, in a browser.
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
function pageOptions(production) {
  return {
    absWorkingDir: repoRoot,
    entryPoints: { timelinePage: 'src/timelinePage/main.ts' },
    outdir: 'dist',
    // Of these, a scale of times needs a line or two.
    alias: {
      'd3-interpolate': './src/timelinePage/d3/interpolate.ts',
      'd3-time-format': './src/timelinePage/d3/timeFormat.ts',
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    minify: production,
    // The page may load no map, as it may load nothing else.
    sourcemap: production ? false : 'inline',
    metafile: true,
    logLevel: 'warning',
  };
}

/**
 * esbuild shares code between modules of the newer kind only: these are built so, and then turned into the older kind, which
 * can be loaded when it is asked for.
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
function alikeBundlesOptions(production) {
  return {
    ...commonOptions(production),
    entryPoints: entryPointsOf((name) => alikeBundles.includes(name)),
    outdir: 'dist',
    format: 'esm',
    supported: {},
    alias: { '@modelcontextprotocol/server/_shims': './src/mcp/jsonSchemaValidator.ts' },
    splitting: true,
    chunkNames: 'shared-[hash]',
    sourcemap: false,
    external: ['vscode'],
    plugins: [loadOwnBundles(), importVscodeOnce(), styleAsText(production), asCommonJs(production)],
    write: false,
  };
}

/**
 * @param {boolean} production
 * @returns {import('esbuild').Plugin}
 */
function asCommonJs(production) {
  return {
    name: 'as CommonJS',
    setup(build) {
      build.onEnd(async ({ outputFiles = [] }) => {
        const { transform } = await import('esbuild');
        for (const { path, text } of plainlyNamed(outputFiles)) {
          const { code } = await transform(text, {
            format: 'cjs',
            platform: 'node',
            target: 'node20',
            supported: { 'dynamic-import': false },
            minify: production,
            charset: 'utf8',
            sourcemap: production ? false : 'inline',
            sourcefile: path,
            banner: nodeCheck,
          });
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, code);
        }
      });
    },
  };
}

/**
 * What is shared is named by a hash, in which the place of the packages is too: by their order it has the same name everywhere.
 * @param {readonly import('esbuild').OutputFile[]} files
 * @returns {{ path: string, text: string }[]}
 */
function plainlyNamed(files) {
  const hashed = /shared-[0-9A-Z]{8}/g;
  const bare = (/** @type {string} */ text) => text.replace(hashed, '');
  const shared = files.filter(({ path }) => basename(path).startsWith('shared-'));
  const names = shared
    .sort((left, right) => (bare(left.text) < bare(right.text) ? -1 : 1))
    .map(({ path }) => basename(path, '.js'));
  const plain = (/** @type {string} */ text) => text.replace(hashed, (name) => `shared-${names.indexOf(name) + 1}`);
  return files.map(({ path, text }) => ({ path: plain(path), text: plain(text) }));
}

/**
 * @param {(name: string) => boolean} isAsked
 * @returns {Record<string, string>} the files of the bundles with such names
 */
function entryPointsOf(isAsked) {
  const asked = Object.entries(ownBundles).filter(([, name]) => isAsked(name));
  return Object.fromEntries(asked.map(([module, name]) => [name, module]));
}

/**
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions}
 */
function commonOptions(production) {
  return {
    absWorkingDir: repoRoot,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    // Some packages are UMD in `main`, of which only the wrapper would be bundled.
    mainFields: ['module', 'main'],
    target: 'node20',
    // As require(): Node's own import() would first load what reads modules of the other kind.
    supported: { 'dynamic-import': false },
    plugins: [loadOwnBundles()],
    minify: production,
    // Quotation marks and the like as they are, and licences in a file of their own (THIRD_PARTY_NOTICES.txt).
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: !production,
    metafile: true,
    logLevel: 'warning',
  };
}

const builds = [extensionOptions, cliOptions, ownBundlesOptions, alikeBundlesOptions, pageOptions];

/**
 * Bundles the extension into dist/extension.js, the command into dist/cli.js, and what they load later into files beside them;
 * beside all of them the licences of the packages that are in them.
 * @param {{ production: boolean }} options
 * @returns {Promise<readonly import('./lib/bundled.mjs').Bundled[]>} these packages
 */
export async function buildExtension({ production }) {
  const { build } = await import('esbuild');
  // A source map left by a development build would name sources that the new bundle does not match.
  await rm(join(repoRoot, 'dist'), { recursive: true, force: true });
  const results = await Promise.all(builds.map((options) => build(options(production))));
  const packages = bundledPackages(results.flatMap(({ metafile }) => metafile ?? []));
  await writeFile(join(repoRoot, 'dist', 'THIRD_PARTY_NOTICES.txt'), notices(packages));
  // npm sees to this for what it installs; a checkout and the package of the extension have nobody else.
  await chmod(join(repoRoot, 'dist', 'cli.js'), 0o755);
  return packages;
}

/**
 * Rebuilds the bundles after every change, until this process ends.
 * @returns {Promise<void>}
 */
async function watchExtension() {
  const { context } = await import('esbuild');
  for (const options of builds) {
    const watcher = await context({ ...options(false), logLevel: 'info' });
    await watcher.watch();
  }
}

/**
 * Bundles every test, the suite that runs inside VS Code, and the helper processes of tests into out/test.
 * @returns {Promise<void>}
 */
export async function buildTests() {
  const files = await listFiles('test');
  const entryPoints = files.filter(
    (file) =>
      file === 'test/host/index.ts' ||
      file.endsWith('.process.ts') ||
      (file.endsWith('.test.ts') && testStages.includes(file.split('/')[1] ?? '')),
  );
  const processes = entryPoints.filter((file) => file.endsWith('.process.ts'));
  const others = entryPoints.filter((file) => !processes.includes(file));
  await rm(join(outDir, 'test'), { recursive: true, force: true });
  await bundleForNode(others, 'test', join(outDir, 'test'), { packages: 'external' });
  // Fault tests start hundreds of these: one file each loads in half the time, and without a map in another third less.
  await bundleForNode(processes, 'test', join(outDir, 'test'), { packages: 'bundle', sourcemap: false });
}

/**
 * Bundles the processes of the demo, if any, into out/demo.
 * @returns {Promise<void>}
 */
export async function buildDemo() {
  const files = await listFiles('scripts/demo');
  const entryPoints = files.filter((file) => file.endsWith('.process.ts'));
  await rm(join(outDir, 'demo'), { recursive: true, force: true });
  await bundleForNode(entryPoints, 'scripts/demo', join(outDir, 'demo'), { packages: 'external' });
}

/**
 * Bundles the benchmarks into out/bench.
 * @returns {Promise<void>}
 */
export async function buildBench() {
  await rm(join(outDir, 'bench'), { recursive: true, force: true });
  const files = await listFiles('bench');
  const entryPoints = files.filter((file) => file === 'bench/main.ts' || /\.(process|suite)\.ts$/.test(file));
  await bundleForNode(entryPoints, 'bench', join(outDir, 'bench'), { packages: 'bundle' });
}

/**
 * @param {string[]} entryPoints
 * @param {string} outbase
 * @param {string} outdir
 * @param {{ packages: 'bundle' | 'external', sourcemap?: 'inline' | false }} options
 */
async function bundleForNode(entryPoints, outbase, outdir, { packages, sourcemap = 'inline' }) {
  if (entryPoints.length === 0) {
    return;
  }
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: repoRoot,
    entryPoints,
    outbase,
    outdir,
    bundle: true,
    packages,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode'],
    loader: { '.css': 'text' },
    sourcemap,
    logLevel: 'warning',
  });
}

/**
 * @param {string} folder relative to the repository
 * @returns {Promise<string[]>} what is below it, relative to the repository, with forward slashes
 */
async function listFiles(folder) {
  const root = join(repoRoot, folder);
  if (!existsSync(root)) {
    return [];
  }
  const names = await readdir(root, { recursive: true });
  return names.map((name) => `${folder}/${name.split(sep).join('/')}`).sort();
}

if (isMain(import.meta.url)) {
  await ensureInstalled();
  if (process.argv.includes('--watch')) {
    await watchExtension();
  } else {
    await buildExtension({ production: process.argv.includes('--production') });
  }
}
