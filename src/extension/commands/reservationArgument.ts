/** The reservations that a command is about: callers may pass anything. */

import { record, text } from './context';

/** What is known of a reservation that was named: its id only where it came from the view. */
export interface Named {
  readonly scope: string;
  readonly reservation_id?: string;
  readonly agent_id?: string;
  readonly project?: string;
}

/** Of the items that are selected, else of the one that was clicked, or of `{ scope }`. Other items are passed over. */
export function reservationsOf(argument: unknown, selected: unknown): readonly Named[] {
  const items: readonly unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
  return items.map(named).filter((one) => one !== undefined);
}

function named(item: unknown): Named | undefined {
  const source = record(item)['reservation'] ?? item;
  const scope = text(source, 'scope');
  if (scope === undefined) {
    return undefined;
  }
  const known = ['reservation_id', 'agent_id', 'project'].flatMap((field) => {
    const value = text(source, field);
    return value === undefined ? [] : [[field, value] as const];
  });
  return { scope, ...Object.fromEntries(known) };
}
