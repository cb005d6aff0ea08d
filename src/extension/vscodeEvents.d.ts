import type { Disposable } from 'vscode';

declare module 'vscode' {
  /**
   * The types of VS Code let a listener return anything, so one that returns a promise would pass unseen, and with it a failure
   * that nobody hears of. Here a listener returns nothing, and the linter finds those that do.
   */
  type Event<T> = (listener: (event: T) => void, thisArgs?: unknown, disposables?: Disposable[]) => Disposable;
}
