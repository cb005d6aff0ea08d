/** What the notices of what others do have in common: when they look, and for whom. */

import type * as vscode from 'vscode';
import type { CommandContext } from '../commands/context';
import { configuredAgent } from '../settings';

/**
 * Looks now and at each change, while the store can be read and the person acts as an agent: one look after another, so that
 * none tells what the one before is just telling.
 *
 * @param look told whom the person acts as; a failure goes to the log
 */
export function lookAtEachChange(
  { live, log }: Pick<CommandContext, 'live' | 'log'>,
  look: (me: string) => Promise<void>,
): vscode.Disposable {
  let looking: Promise<void> = Promise.resolve();
  const next = () => {
    looking = looking
      .then(async () => {
        const me = configuredAgent();
        if (me && live.state.kind === 'readable') {
          await look(me);
        }
      })
      .catch((error) => log.error(error));
  };
  const subscription = live.onDidChange(next);
  next();
  return subscription;
}
