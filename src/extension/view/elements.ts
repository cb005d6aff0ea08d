/**
 * The objects by which VS Code knows what is in the tree: for each section and item the same one for as long as it is
 * there, with what it says now. Only so can one of them be shown anew without all the others.
 */

import { itemKey } from '../../core/arrangement';
import type { Node } from './nodes';

/** What is not listed here comes and goes as a whole with what it stands in. */
export type ReservationsElement = Exclude<Node, { kind: 'problem' | 'more' | 'drift' | 'driftMore' }>;

export class Elements<Element extends object> {
  private readonly known = new Map<string, Element>();

  constructor(private readonly keyOf: (node: Element) => string) {}

  /** The object of a section or item, which from now on says what the node says. */
  of<N extends Element>(node: N): N {
    const key = this.keyOf(node);
    const known = this.known.get(key);
    if (known) {
      return Object.assign(known, node) as N;
    }
    const element = { ...node };
    this.known.set(key, element);
    return element;
  }

  /** The same where VS Code has been given it; else it has nothing to show anew. */
  given<N extends Element>(node: N): N | undefined {
    return this.known.has(this.keyOf(node)) ? this.of(node) : undefined;
  }

  /** Forgets those with these keys. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      this.known.delete(key);
    }
  }

  /** Forgets all but those. */
  keep(nodes: readonly Element[]): void {
    const keys = new Set(nodes.map(this.keyOf));
    for (const key of this.known.keys()) {
      if (!keys.has(key)) {
        this.known.delete(key);
      }
    }
  }
}

/** Tells the sections and items of the Reservations view apart. */
export function nodeKey(node: ReservationsElement): string {
  switch (node.kind) {
    case 'section':
      return `section:${node.key}`;
    case 'driftSection':
      return 'section of drift';
    default:
      return itemKey(node);
  }
}
