/**
 * A message that is being written, as a text: headers, an empty line, and what it says. So nothing of it is anywhere else, and
 * an editor that keeps its text keeps all of the draft. The names of the headers are the same in every language.
 */

import { granted, type Outcome, refused } from './envelope';
import { quoted } from './input';

export interface Draft {
  readonly to: string;
  readonly category: string;
  readonly bead: string;
  readonly subject: string;
  readonly thread?: string | undefined;
  /** Ids of reservations that are handed over. */
  readonly handOver?: readonly string[] | undefined;
  readonly body: string;
}

const HEADERS = ['To', 'Category', 'Bead', 'Subject', 'Thread', 'Hand-Over'] as const;
type Header = (typeof HEADERS)[number];
const HEADER = /^([A-Za-z-]+):(.*)$/;

/** Without `thread` and `handOver` where they are not given. What is in them has to be of one line. */
export function draftText(draft: Draft): string {
  const rows: readonly (readonly [Header, string | undefined])[] = [
    ['To', draft.to],
    ['Category', draft.category],
    ['Bead', draft.bead],
    ['Subject', draft.subject],
    ['Thread', draft.thread],
    ['Hand-Over', draft.handOver?.join(' ')],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value.replace(/\s+/g, ' ')}`],
  );
  return `${lines.join('\n')}\n\n${draft.body}`;
}

/** INVALID_MESSAGE names the line that is no header; what is missing, the rule of sending tells. */
export function parseDraft(text: string): Outcome<Draft> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const empty = lines.findIndex((line) => line.trim() === '');
  const head = empty < 0 ? lines : lines.slice(0, empty);
  const values = new Map<Header, string>();
  for (const [index, line] of head.entries()) {
    const [, given = '', value = ''] = HEADER.exec(line) ?? [];
    const name = HEADERS.find((one) => one.toLowerCase() === given.toLowerCase());
    if (!name || values.has(name)) {
      return refused(
        'INVALID_MESSAGE',
        `Line ${index + 1}, ${quoted(line)}, is not one of the headers ${HEADERS.join(', ')}, each once. An empty line ends them.`,
        { line: index + 1, headers: HEADERS },
      );
    }
    values.set(name, value.trim());
  }
  const thread = values.get('Thread');
  const handOver = values.get('Hand-Over')?.split(/\s+/).filter(Boolean);
  return granted({
    to: values.get('To') ?? '',
    category: (values.get('Category') ?? '').toUpperCase(),
    bead: values.get('Bead') ?? '',
    subject: values.get('Subject') ?? '',
    ...(thread ? { thread } : {}),
    ...(handOver && handOver.length > 0 ? { handOver } : {}),
    body:
      empty < 0
        ? ''
        : lines
            .slice(empty + 1)
            .join('\n')
            .trim(),
  });
}

/** Whether it has what only drafts begin with: the four headers that each of them needs. */
export function isDraftText(text: string): boolean {
  const draft = text.startsWith('To: ') ? parseDraft(text) : undefined;
  return (
    draft?.ok === true && [draft.data.category, draft.data.bead, draft.data.subject].every((value) => value !== '')
  );
}
