/**
 * Changing JSON as text: what is added stands on lines of its own, and taking it out again is the exact reverse. Everything
 * else stays, comments too, wherever they are; `modify` of jsonc-parser formats what is beside a change, and drops some.
 */

import { applyEdits, findNodeAtLocation, type JSONPath, type Node, parseTree, visit } from 'jsonc-parser';

/** Adds a value at the end of the list, or a member of that name at the end of the object, that the path leads to. */
export function appended(text: string, path: JSONPath, value: unknown, name?: string): string {
  const container = nodeAt(text, path);
  if (!container) {
    return text;
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const unit = /^\t/m.test(text) ? '\t' : (/^( +)\S/m.exec(text)?.[1] ?? '  ');
  const last = container.children?.at(-1);
  const own = indentOf(text, container.offset);
  const indent = last && startsLine(text, last.offset) ? indentOf(text, last.offset) : own + unit;
  const key = name === undefined ? '' : `${JSON.stringify(name)}: `;
  const lines = (key + JSON.stringify(value, null, unit)).split('\n');
  const close = container.offset + container.length - 1;
  const end = endBefore(text, close);
  const closing = last || end < close ? '' : newline + own;
  return applyEdits(text, [
    ...(last ? [{ offset: last.offset + last.length, length: 0, content: ',' }] : []),
    { offset: end, length: 0, content: lines.map((line) => newline + indent + line).join('') + closing },
  ]);
}

/** Takes out the element or member that the path leads to, and one comma with it. */
export function without(text: string, path: JSONPath): string {
  const value = nodeAt(text, path);
  const child = value?.parent?.type === 'property' ? value.parent : value;
  const siblings = child?.parent?.children ?? [];
  if (!child?.parent) {
    return text;
  }
  const index = siblings.indexOf(child);
  const before = siblings[index - 1];
  const start = endBefore(text, child.offset);
  const end = child.offset + child.length;
  const { offset, length } = child.parent;
  if (siblings.length === 1 && endBefore(text, offset + length - 1) === end && start === offset + 1) {
    return applyEdits(text, [{ offset: start, length: length - 2, content: '' }]);
  }
  const comma = before ? commaAfter(text, before.offset + before.length) : commaAfter(text, end);
  const cuts = [
    { offset: start, length: end - start, content: '' },
    ...(siblings.length > 1 ? [{ offset: comma, length: 1, content: '' }] : []),
  ];
  return applyEdits(text, cuts);
}

/** Puts another value in the place of the one that the path leads to. */
export function replaced(text: string, path: JSONPath, value: unknown): string {
  const node = nodeAt(text, path);
  return node ? applyEdits(text, [{ offset: node.offset, length: node.length, content: JSON.stringify(value) }]) : text;
}

function nodeAt(text: string, path: JSONPath): Node | undefined {
  const root = parseTree(text);
  return root && findNodeAtLocation(root, path);
}

/** Where the blanks and line ends before a place begin. */
function endBefore(text: string, offset: number): number {
  return text.slice(0, offset).trimEnd().length;
}

function startsLine(text: string, offset: number): boolean {
  return /(?:^|\n)[ \t]*$/.test(text.slice(0, offset));
}

/** The blanks that the line of a place begins with. */
function indentOf(text: string, offset: number): string {
  return /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, offset))?.[1] ?? '';
}

function commaAfter(text: string, offset: number): number {
  const commas: number[] = [];
  visit(text, {
    onSeparator: (sign, at) => {
      if (sign === ',' && at >= offset) {
        commas.push(at);
      }
    },
  });
  return commas[0] ?? offset;
}
