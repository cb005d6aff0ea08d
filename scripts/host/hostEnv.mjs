/**
 * What a VS Code started from here must not inherit: it would take itself for part of the one whose terminal this is,
 * or for the agent that this terminal belongs to.
 * @returns {string[]} names of this process's environment variables
 */
export function foreignEnvNames() {
  return Object.keys(process.env).filter((name) => /^VSCODE_|^ELECTRON_RUN_AS_NODE$|^BB_AGENT$/.test(name));
}

/**
 * @param {NodeJS.ProcessEnv} [additions]
 * @returns {NodeJS.ProcessEnv} this process's environment without {@link foreignEnvNames}
 */
export function cleanHostEnv(additions = {}) {
  const env = { ...process.env };
  for (const name of foreignEnvNames()) {
    delete env[name];
  }
  return { ...env, ...additions };
}
