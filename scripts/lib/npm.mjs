import { spawnTree } from './processes.mjs';

/**
 * The environment for a nested npm: what an outer `npm run` says about its own package would mislead it.
 * @returns {NodeJS.ProcessEnv}
 */
function nestedNpmEnv() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_(?:package|lifecycle)_|^npm_config_local_prefix$/i.test(name)) {
      delete env[name];
    }
  }
  return env;
}

/**
 * Runs npm silently. Its output is shown only inside the error of a failed run.
 * @param {string[]} args plain words: on Windows they pass through a shell
 * @param {string} cwd
 * @returns {Promise<void>}
 */
export function runNpm(args, cwd) {
  return new Promise((resolve, reject) => {
    // npm is a .cmd file on Windows, which only a shell can start.
    const shell = process.platform === 'win32';
    const child = spawnTree('npm', args, { cwd, shell, env: nestedNpmEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    /** @param {Buffer} chunk */
    const collect = (chunk) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => reject(new Error(`npm could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`"npm ${args.join(' ')}" ended with ${code ?? signal}:\n${output.trim()}`));
      }
    });
  });
}
