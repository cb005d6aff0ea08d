/** What the person wants to see of the view, and in which order: kept per workspace. */

import * as vscode from 'vscode';
import { FILTERS, type Filter, GROUPINGS, type Grouping } from '../../core/arrangement';
import { setContext } from '../contextKeys';
import { CONTEXT_KEYS } from '../contributions';

const FILTER = 'view.filter';
const GROUPING = 'view.grouping';

export class Arrangement implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly memory: vscode.Memento) {
    this.publish();
  }

  get filter(): Filter {
    return oneOf(FILTERS, this.memory.get(FILTER));
  }

  get grouping(): Grouping {
    return oneOf(GROUPINGS, this.memory.get(GROUPING));
  }

  async setFilter(filter: Filter): Promise<void> {
    await this.memory.update(FILTER, filter);
    this.publish();
  }

  async setGrouping(grouping: Grouping): Promise<void> {
    await this.memory.update(GROUPING, grouping);
    this.publish();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private publish(): void {
    setContext(CONTEXT_KEYS.filter, this.filter);
    setContext(CONTEXT_KEYS.grouping, this.grouping);
    this.changed.fire();
  }
}

/** What was kept may be of another version; the first is the default. */
function oneOf<T extends string>(known: readonly [T, ...T[]], kept: unknown): T {
  return known.find((value) => value === kept) ?? known[0];
}
