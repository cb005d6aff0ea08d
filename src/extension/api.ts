/** What `activate` returns: the operations and an event, for other extensions and for tests. */

import type * as vscode from 'vscode';
import type { Coordination } from '../coordination/coordination';
import type { Overview } from '../core/overview';

export interface AgentReservationsApi extends Coordination {
  /** Grows when something here is removed or changes its meaning. */
  readonly apiVersion: 1;
  /** Fires when what the view shows has changed, whoever changed it. */
  readonly onDidChange: vscode.Event<Overview>;
  /** What the view shows now. */
  overview(): Overview;
}
