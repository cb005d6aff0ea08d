/**
 * Patches of the form `*** Begin Patch`, of which coding agents send one for several files at once. They are read as Codex reads
 * them. What Codex would refuse is said to be unclear, since another tool may not refuse it.
 */

/** What a patch, or a command that applies patches, is about to change. */
export interface PatchedFiles {
  /** In their order, each once; both names of a file that is moved. */
  readonly paths: readonly string[];
  /** What of it was not understood, in a sentence. There may be files in that. */
  readonly unclear?: string;
}

const BEGIN = '*** Begin Patch';
const END = '*** End Patch';
const FILE = /^\*\*\* (Add|Update|Delete) File: (.+)$/su;
const MOVE = '*** Move to: ';
const ENVIRONMENT = '*** Environment ID: ';

/** What blank is at the ends of a line, as Rust trims it: U+0085 too, but not U+FEFF, other than JavaScript does. */
const BLANK = '[\\t-\\r \\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000]';
const BLANK_ENDS = new RegExp(`^${BLANK}+|${BLANK}+$`, 'g');

type Part = 'before' | 'begun' | 'Add' | 'Update' | 'Delete' | 'after';

/** The files of a patch that is handed over as such. What is around it, as the marks of a here-document, is not looked at. */
export function filesOfPatch(patch: string): PatchedFiles {
  const paths = new Set<string>();
  let part: Part = 'before';
  let unclear: string | undefined;
  let isMovable = false;
  // A carriage return alone, or a line separator of Unicode, may be part of a name.
  for (const line of patch.split('\n').map((one) => one.replace(/\r$/, ''))) {
    const trimmed = line.replace(BLANK_ENDS, '');
    if (part === 'before' || part === 'after') {
      part = trimmed === BEGIN ? 'begun' : part;
      continue;
    }
    // Within an update, what does not begin with the mark is context, whatever it says.
    const isHeader = part !== 'Update' || line.startsWith('*');
    const [, action, path] = (isHeader && FILE.exec(trimmed)) || [];
    if (isHeader && trimmed === END) {
      part = 'after';
    } else if (path !== undefined) {
      paths.add(path);
      part = action as Part;
      isMovable = action === 'Update';
    } else if (isMovable && line.startsWith(MOVE)) {
      paths.add(line.slice(MOVE.length));
      isMovable = false;
    } else if (isContent(part, line, trimmed)) {
      isMovable = false;
    } else {
      isMovable = false;
      unclear ??= `The patch has a line that was not understood: ${JSON.stringify(trimmed)}.`;
    }
  }
  if (part === 'before') {
    unclear = `There is no "${BEGIN}" in the patch.`;
  } else if (part !== 'after') {
    unclear ??= `There is no "${END}" in the patch.`;
  }
  return { paths: [...paths], ...(unclear === undefined ? {} : { unclear }) };
}

function isContent(part: Part, line: string, trimmed: string): boolean {
  if (trimmed === '') {
    return true;
  }
  switch (part) {
    case 'begun':
      return trimmed.startsWith(ENVIRONMENT);
    case 'Add':
      return line.startsWith('+');
    case 'Update':
      return /^[ +-]/.test(line) || /^@@(?: |$)/.test(line) || line === '*** End of File';
    default:
      return false;
  }
}

/** Where a command may begin: also within the quotes of `bash -lc "…"`. */
const COMMAND = String.raw`(?:^|[\n;&|({"'\`])[ \t]*`;
const APPLY = new RegExp(String.raw`${COMMAND}(?:\S*/)?apply_?patch(?=[\s<"']|$)`);
const CHANGE_FOLDER = new RegExp(
  String.raw`${COMMAND}cd[ \t]+(?:--[ \t]+)?(?:"(?<double>[^"\n]*)"|'(?<single>[^'\n]*)'|(?<word>[^\s;&|"']+))`,
  'g',
);

/**
 * The files of the patches that a command of a shell applies by Codex's `apply_patch`: Codex takes
 * `apply_patch <<'EOF'`, also behind `cd FOLDER &&`, for an edit, and its shell has a program of that name. Undefined for any other
 * command.
 */
export function filesOfCommand(command: string): PatchedFiles | undefined {
  if (!APPLY.test(command)) {
    return undefined;
  }
  const paths: string[] = [];
  let unclear: string | undefined;
  let folder = '';
  // Each piece but the first begins with a patch, and ends with what stands before the next one.
  const [before = '', ...patches] = command.split(/(?=\*\*\* Begin Patch)/);
  const follow = (text: string) => {
    for (const { groups = {} } of text.matchAll(CHANGE_FOLDER)) {
      const named = groups['double'] ?? groups['single'] ?? groups['word'] ?? '';
      const isExpanded = groups['single'] === undefined && /[$`*?]|^~/.test(named);
      unclear = isExpanded ? `Only a shell can tell which folder ${JSON.stringify(named)} is.` : unclear;
      folder = joined(folder, named);
    }
  };
  follow(before);
  for (const text of patches) {
    const end = text.indexOf(END);
    const patch = end < 0 ? text : text.slice(0, end + END.length);
    const found = filesOfPatch(patch);
    paths.push(...found.paths.map((path) => joined(folder, path)));
    unclear ??= found.unclear;
    follow(text.slice(patch.length));
  }
  if (patches.length === 0) {
    unclear = 'The command applies a patch that is not part of it.';
  }
  return { paths: [...new Set(paths)], ...(unclear === undefined ? {} : { unclear }) };
}

function joined(folder: string, path: string): string {
  return folder === '' || /^(?:[\\/]|[A-Za-z]:)/.test(path) ? path : `${folder.replace(/\/+$/, '')}/${path}`;
}
