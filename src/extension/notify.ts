/** The one place from which notifications come. */

import * as vscode from 'vscode';
import { withoutLinks } from '../core/display';
import type { ErrorBody } from '../core/envelope';
import type { StoreProblem } from '../store/problem';
import { inBackground } from '../util/background';
import { explain } from './errorWording';
import { explainProblem } from './problemWording';

export interface Action {
  readonly title: string;
  readonly run: () => unknown;
}

/**
 * Tells of a refusal or failure, with what can be done about it. Does not wait for the person: the caller has its
 * envelope already.
 */
export function tellError(error: ErrorBody, actions: readonly Action[] = [], text = explain(error)): void {
  const show = error.code === 'INTERNAL_ERROR' ? vscode.window.showErrorMessage : vscode.window.showWarningMessage;
  offer(show(text, ...actions.map(({ title }) => title)), actions);
}

/** Tells of something about the store that a person should look at, also where it set that right by itself. */
export function tellProblem(problem: StoreProblem): void {
  tellWarning(explainProblem(problem));
}

export function tell(text: string, actions: readonly Action[] = []): void {
  offer(vscode.window.showInformationMessage(text, ...actions.map(({ title }) => title)), actions);
}

/** Tells of something that did not work, or that stands against what the person does. */
export function tellWarning(text: string, actions: readonly Action[] = []): void {
  offer(vscode.window.showWarningMessage(text, ...actions.map(({ title }) => title)), actions);
}

/** What an action fails with is told as well: nobody waits for it, and VS Code shows only what commands of menus fail with. */
function offer(answer: Thenable<string | undefined>, actions: readonly Action[]): void {
  const acted = answer.then((title) => actions.find((action) => action.title === title)?.run());
  inBackground(acted, tellFailure);
}

/** Tells what something failed with that nobody waits for. */
export function tellFailure(error: unknown): void {
  const text = withoutLinks(error instanceof Error ? error.message : String(error));
  inBackground(vscode.window.showErrorMessage(text), () => undefined);
}
