/** What windows of this workspace have told or made, so that it is told or offered once. */

import type * as vscode from 'vscode';
import { demo } from '../demo/state';

/** More are not remembered: the oldest are over for long. */
const MOST = 500;

/** A list of keys that outlives the window. */
export class Remembered {
  constructor(
    private readonly memory: vscode.Memento,
    private readonly name: string,
  ) {}

  get isEmpty(): boolean {
    return this.keys.length === 0;
  }

  has(key: string): boolean {
    return this.keys.includes(key);
  }

  async add(keys: readonly string[]): Promise<void> {
    const added = keys.filter((key) => !this.has(key));
    if (added.length > 0) {
      await this.memory.update(this.name, [...this.keys, ...added].slice(-MOST));
    }
  }

  /** Forgets those that do not pass. What the demo shows says nothing about what else there is. */
  async keep(passes: (key: string) => boolean): Promise<void> {
    if (demo()) {
      return;
    }
    const kept = this.keys.filter(passes);
    if (kept.length < this.keys.length) {
      await this.memory.update(this.name, kept);
    }
  }

  private get keys(): readonly string[] {
    const kept = this.memory.get<unknown>(this.name);
    return Array.isArray(kept) ? kept.filter((key) => typeof key === 'string') : [];
  }
}
