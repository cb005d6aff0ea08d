/** Questions in the quick input, one step after another, with a way back. */

import * as vscode from 'vscode';
import { inBackground } from '../util/background';

export const BACK = Symbol('back');
/** An answer, the wish to go back, or undefined: given up. */
export type Answer<T> = T | typeof BACK | undefined;

export interface Place {
  readonly step: number;
  readonly totalSteps: number;
}

export interface TextQuestion extends Partial<Place> {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  /** What is wrong with the text, asked at every key; undefined where nothing is. */
  readonly validate: (text: string) => string | undefined;
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export interface PickQuestion<T> extends Partial<Place> {
  readonly title: string;
  readonly placeholder: string;
  /** The choices for what has been typed so far. */
  readonly choices: (typed: string) => readonly Choice<T>[];
  readonly isActive?: (value: T) => boolean;
  /** Where text that is no choice is an answer too: what it stands for. */
  readonly free?: (typed: string) => T | undefined;
}

/** Enter so soon after a key means the text: the choices for it may not have reached the screen yet. */
const SETTLED_MS = 300;

/** Trimmed text that passes `validate`. */
export function askText(question: TextQuestion): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  input.title = question.title;
  input.prompt = question.prompt;
  input.value = question.value ?? '';
  input.placeholder = question.placeholder ?? '';
  input.ignoreFocusOut = true;
  const check = () => {
    const wrong = question.validate(input.value.trim());
    input.validationMessage = wrong;
    return wrong === undefined;
  };
  return show(input, question, (finish) => [
    input.onDidChangeValue(check),
    input.onDidAccept(() => {
      if (check()) {
        finish(input.value.trim());
      }
    }),
  ]);
}

export function askPick<T>(question: PickQuestion<T>): Promise<Answer<T>> {
  const pick = vscode.window.createQuickPick<Choice<T>>();
  pick.title = question.title;
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = question.choices('');
  const active = pick.items.find(({ value }) => question.isActive?.(value) ?? false);
  if (active) {
    pick.activeItems = [active];
  }
  let typedAt = Number.NEGATIVE_INFINITY;
  return show(pick, question, (finish) => [
    pick.onDidChangeValue((typed) => {
      typedAt = performance.now();
      pick.items = question.choices(typed.trim());
    }),
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      const free = question.free?.(pick.value.trim());
      const isSettled = performance.now() - typedAt > SETTLED_MS;
      const value = free !== undefined && !(chosen && isSettled) ? free : chosen?.value;
      if (value !== undefined) {
        finish(value);
      }
    }),
  ]);
}

export interface FactsQuestion extends Partial<Place> {
  readonly title: string;
  readonly placeholder: string;
  /** What is shown at once. */
  readonly first: readonly vscode.QuickPickItem[];
  /** What is shown below it as soon as it is known. */
  readonly rest: Promise<readonly vscode.QuickPickItem[]>;
}

/** Shows facts; Enter on any of them goes on, and need not wait for the rest. */
export function askToGoOn(question: FactsQuestion): Promise<Answer<true>> {
  const pick = vscode.window.createQuickPick();
  pick.title = question.title;
  pick.placeholder = question.placeholder;
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = true;
  pick.items = question.first;
  pick.busy = true;
  let isOver = false;
  const showRest = (rest: readonly vscode.QuickPickItem[]) => {
    if (!isOver) {
      pick.busy = false;
      pick.items = [...question.first, ...rest];
    }
  };
  // What cannot be told is left out: the person can go on without it.
  inBackground(question.rest.then(showRest), () => showRest([]));
  return show<true>(pick, question, (finish) => [
    pick.onDidAccept(() => finish(true)),
    {
      dispose: () => {
        isOver = true;
      },
    },
  ]);
}

export interface ManyChoice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export interface ManyQuestion<T> {
  readonly title: string;
  readonly placeholder: string;
  /** Each under its heading; empty ones are left out. */
  readonly groups: readonly { readonly label: string; readonly choices: readonly ManyChoice<T>[] }[];
  /** What is chosen to begin with. */
  readonly isChosen: (value: T) => boolean;
  /** What is not only there to look at. */
  readonly canChoose: (value: T) => boolean;
  readonly onButton: (value: T) => unknown;
}

/** What was chosen of many, perhaps nothing; undefined: given up. */
export async function askMany<T>(question: ManyQuestion<T>): Promise<readonly T[] | undefined> {
  const pick = vscode.window.createQuickPick<ManyChoice<T> | (vscode.QuickPickItem & { readonly value?: never })>();
  pick.title = question.title;
  pick.placeholder = question.placeholder;
  pick.canSelectMany = true;
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = question.groups.flatMap(({ label, choices }) =>
    choices.length > 0 ? [{ label, kind: vscode.QuickPickItemKind.Separator }, ...choices] : [],
  );
  const isOf = (wanted: (value: T) => boolean) => (item: (typeof pick.items)[number]) =>
    item.value !== undefined && wanted(item.value);
  pick.selectedItems = pick.items.filter(isOf(question.isChosen));
  const answer = await show<readonly T[]>(pick, {}, (finish) => [
    // VS Code draws a box before every item: one that cannot be chosen is taken back at once.
    pick.onDidChangeSelection((selected) => {
      const choosable = selected.filter(isOf(question.canChoose));
      if (choosable.length < selected.length) {
        pick.selectedItems = choosable;
      }
    }),
    pick.onDidTriggerItemButton(({ item }) => item.value !== undefined && question.onButton(item.value)),
    pick.onDidAccept(() =>
      finish(
        pick.selectedItems
          .filter(isOf(question.canChoose))
          .map(({ value }) => value)
          .filter((value) => value !== undefined),
      ),
    ),
  ]);
  return answer === BACK ? undefined : answer;
}

/** Asks the steps in order. A step is given its place and answers its value; what was answered is in its closure. */
export async function askInSteps(steps: readonly ((place: Place) => Promise<Answer<unknown>>)[]): Promise<boolean> {
  for (let index = 0; index < steps.length; ) {
    const answer = await steps[index]?.({ step: index + 1, totalSteps: steps.length });
    if (answer === undefined) {
      return false;
    }
    index += answer === BACK ? -1 : 1;
  }
  return true;
}

function show<T>(
  input: vscode.QuickInput & {
    buttons: readonly vscode.QuickInputButton[];
    onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
  },
  place: Partial<Place>,
  listen: (finish: (answer: Answer<T>) => void) => readonly vscode.Disposable[],
): Promise<Answer<T>> {
  const isOneOfSeveral = (place.totalSteps ?? 1) > 1;
  input.step = isOneOfSeveral ? place.step : undefined;
  input.totalSteps = isOneOfSeveral ? place.totalSteps : undefined;
  input.buttons = (place.step ?? 1) > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise((resolve) => {
    const disposables: vscode.Disposable[] = [input];
    const finish = (answer: Answer<T>) => {
      resolve(answer);
      vscode.Disposable.from(...disposables).dispose();
    };
    disposables.push(
      input.onDidTriggerButton((button) => {
        if (button === vscode.QuickInputButtons.Back) {
          finish(BACK);
        }
      }),
      input.onDidHide(() => finish(undefined)),
      ...listen(finish),
    );
    input.show();
  });
}
