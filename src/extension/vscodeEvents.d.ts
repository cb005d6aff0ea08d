import type { Disposable } from 'vscode';

declare module 'vscode' {
  /**
   * The types of VS Code let a listener return anything, so one that returns a promise would pass unseen, and with it a failure
   * that nobody hears of. Here a listener returns nothing, and the linter finds those that do.
   */
  interface Event<T> {
    // biome-ignore lint/style/useShorthandFunctionType: only an interface is merged with the one of VS Code.
    (listener: (event: T) => void, thisArgs?: unknown, disposables?: Disposable[]): Disposable;
  }
}
