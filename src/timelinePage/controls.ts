/** The page's own controls: a choice with a name, and tabs as assistive technology knows them. */

import { oneLine } from '../core/display';
import { element } from './dom';

export interface Option {
  readonly value: string;
  readonly text: string;
}

export interface Select {
  readonly root: HTMLElement;
  /** Offers these, if they are others than before. What is chosen stays there, though it is not among them any more. */
  offer(options: readonly Option[], chosen: string): void;
}

/** How many there are, so that each has a name of its own. */
let choices = 0;

/** A list of which one is chosen. `onChoose` is told undefined for the one without a value. */
export function choice(name: string, onChoose: (value: string | undefined) => void): Select {
  const id = `choice-${++choices}`;
  const select = element('select', { id });
  const root = element('span', { class: 'group' }, element('label', { for: id }, name), select);
  let known = '';
  select.addEventListener('change', () => onChoose(select.value === '' ? undefined : select.value));
  return {
    root,
    offer(options, chosen) {
      const isThere = options.some(({ value }) => value === chosen);
      const all = isThere ? options : [...options, { value: chosen, text: chosen }];
      const key = JSON.stringify(all);
      // To fill it anew would close it under the person's hand.
      if (key !== known) {
        known = key;
        select.replaceChildren(...all.map(({ value, text }) => element('option', { value }, oneLine(text))));
      }
      select.value = chosen;
    },
  };
}

export interface TabOptions {
  readonly name: string;
  readonly text: string;
  readonly panel: HTMLElement;
}

/** A tab list: arrow keys move along it, and what is chosen is shown. */
export function tabs(
  name: string,
  all: readonly TabOptions[],
  chosen: string,
  onChoose: (name: string) => void,
): { readonly bar: HTMLElement; readonly panels: readonly HTMLElement[] } {
  const buttons = all.map((one) => {
    const tab = element('button', { type: 'button', role: 'tab', id: `tab-${one.name}` }, one.text);
    tab.addEventListener('click', () => choose(one.name));
    return tab;
  });
  const panels = all.map((one) => {
    const panel = element('div', { class: 'panel', role: 'tabpanel', id: `panel-${one.name}` }, one.panel);
    panel.setAttribute('aria-labelledby', `tab-${one.name}`);
    return panel;
  });
  const bar = element('div', { class: 'group', role: 'tablist', 'aria-label': name }, ...buttons);
  for (const [index, one] of all.entries()) {
    buttons[index]?.setAttribute('aria-controls', `panel-${one.name}`);
  }
  bar.addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const here = buttons.indexOf(event.target as HTMLButtonElement);
    const next = all[(here + by + all.length) % all.length];
    if (by !== 0 && next) {
      event.preventDefault();
      choose(next.name);
      buttons[all.indexOf(next)]?.focus();
    }
  });
  const show = (shown: string) => {
    for (const [index, one] of all.entries()) {
      const isShown = one.name === shown;
      buttons[index]?.setAttribute('aria-selected', String(isShown));
      buttons[index]?.setAttribute('tabindex', isShown ? '0' : '-1');
      panels[index]?.toggleAttribute('hidden', !isShown);
    }
  };
  const choose = (shown: string) => {
    show(shown);
    onChoose(shown);
  };
  show(all.some((one) => one.name === chosen) ? chosen : (all[0]?.name ?? ''));
  return { bar, panels };
}
