import assert from 'node:assert/strict';
import { filesOfCommand, filesOfPatch } from '../../../src/core/patch';

function patch(...lines: readonly string[]): string {
  return ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');
}

const CHANGE = ['@@', '-old', '+new'];

/** What Codex 0.171.0 did with each, given to its program `apply_patch`; what it refused is unclear here. */
const PATCHES: readonly {
  readonly what: string;
  readonly text: string;
  readonly paths: readonly string[];
  readonly unclear?: RegExp;
}[] = [
  { what: 'a file that is changed', text: patch('*** Update File: a', ...CHANGE), paths: ['a'] },
  { what: 'blanks before the first header', text: patch('  *** Update File: a', ...CHANGE), paths: ['a'] },
  { what: 'blanks around the marks', text: ` *** Begin Patch \n*** Delete File: a\t\n  *** End Patch  `, paths: ['a'] },
  {
    what: 'blanks before a header behind an added file',
    text: patch('*** Add File: x', '+new', '   *** Delete File: b'),
    paths: ['x', 'b'],
  },
  {
    what: 'a header as context, which is no header',
    text: patch('*** Update File: c', '@@', ' *** Update File: b', ...CHANGE.slice(1)),
    paths: ['c'],
  },
  { what: 'a header that is added', text: patch('*** Add File: a', '+*** Add File: b'), paths: ['a'] },
  { what: 'a file that is moved', text: patch('*** Update File: a', '*** Move to: m', ...CHANGE), paths: ['a', 'm'] },
  { what: 'a carriage return in a name', text: patch('*** Add File: x\ry', '+new'), paths: ['x\ry'] },
  { what: 'a line separator in a name', text: patch('*** Add File: x\u2028y', '+new'), paths: ['x\u2028y'] },
  { what: 'a next-line mark in a name', text: patch('*** Add File: x\u0085y', '+new'), paths: ['x\u0085y'] },
  {
    what: 'line ends of Windows',
    text: patch('*** Add File: x', '+new', '*** Update File: a', ...CHANGE).replaceAll('\n', '\r\n'),
    paths: ['x', 'a'],
  },
  { what: 'a name that begins with a blank', text: patch('*** Add File:  x', '+new'), paths: [' x'] },
  {
    what: 'blanks of Unicode at the end of a name',
    text: patch('*** Add File: x\u00A0\u0085\u3000', '+n'),
    paths: ['x'],
  },
  { what: 'an environment', text: patch('*** Environment ID: local', '*** Add File: x', '+new'), paths: ['x'] },
  { what: 'the marks of a here-document', text: `<<'EOF'\n${patch('*** Add File: x', '+n')}\nEOF`, paths: ['x'] },
  {
    what: 'the end of a file, and a header behind it',
    text: patch('*** Update File: a', ...CHANGE, '*** End of File', '*** Add File: y', '+z'),
    paths: ['a', 'y'],
  },
  {
    what: 'empty lines',
    text: patch('', '*** Update File: a', '@@', '', '-old', '', '*** Delete File: b'),
    paths: ['a', 'b'],
  },
  { what: 'no change', text: patch(), paths: [] },
  { what: 'the same file twice', text: patch('*** Delete File: a', '*** Add File: a', '+n'), paths: ['a'] },
  { what: 'two patches', text: `${patch('*** Delete File: a')}\n${patch('*** Delete File: b')}`, paths: ['a', 'b'] },

  { what: 'no patch', text: 'no patch', paths: [], unclear: /no "\*\*\* Begin Patch"/ },
  {
    what: 'a byte order mark before a header',
    text: patch('\uFEFF*** Add File: x'),
    paths: [],
    unclear: /not understood/,
  },
  { what: 'an unknown header', text: patch('*** Frob File: y'), paths: [], unclear: /"\*\*\* Frob File: y"/ },
  {
    what: 'an unknown header behind a known one',
    text: patch('*** Add File: x', '+n', '*** Frob File: y'),
    paths: ['x'],
    unclear: /Frob/,
  },
  { what: 'what is not added', text: patch('*** Add File: x', '+n', 'junk'), paths: ['x'], unclear: /"junk"/ },
  {
    what: 'a move that comes late',
    text: patch('*** Update File: a', '', '*** Move to: m', ...CHANGE),
    paths: ['a'],
    unclear: /Move to/,
  },
  { what: 'an empty name', text: patch('*** Add File: ', '+n'), paths: [], unclear: /not understood/ },
  { what: 'no end', text: '*** Begin Patch\n*** Add File: x\n+n\n', paths: ['x'], unclear: /no "\*\*\* End Patch"/ },
];

describe('the files of a patch', () => {
  for (const { what, text, paths, unclear } of PATCHES) {
    it(`with ${what}`, () => {
      const found = filesOfPatch(text);
      assert.deepEqual(found.paths, paths);
      assert.equal(found.unclear !== undefined, unclear !== undefined, found.unclear);
      assert.match(found.unclear ?? '', unclear ?? /^$/);
    });
  }
});

const PATCH = patch('*** Update File: src/a.ts', ...CHANGE);
const BOTH = patch('*** Delete File: a', '*** Add File: /b', '+n');

const COMMANDS: readonly {
  readonly command: string;
  /** Undefined where it applies no patch. */
  readonly paths: readonly string[] | undefined;
  readonly unclear?: RegExp;
}[] = [
  { command: `apply_patch <<'EOF'\n${PATCH}\nEOF`, paths: ['src/a.ts'] },
  { command: `apply_patch <<EOF\n${PATCH}\nEOF\n`, paths: ['src/a.ts'] },
  { command: `applypatch <<"PATCH"\n${PATCH}\nPATCH`, paths: ['src/a.ts'] },
  { command: `apply_patch '${PATCH}'`, paths: ['src/a.ts'] },
  { command: `bash -lc "apply_patch <<'EOF'\n${PATCH}\nEOF"`, paths: ['src/a.ts'] },
  { command: `cd web && apply_patch <<'EOF'\n${BOTH}\nEOF`, paths: ['web/a', '/b'] },
  { command: `cd 'the web/' && apply_patch <<'EOF'\n${PATCH}\nEOF`, paths: ['the web/src/a.ts'] },
  { command: `cd "the web" && cd ..; apply_patch <<'EOF'\n${PATCH}\nEOF`, paths: ['the web/../src/a.ts'] },
  { command: `cd /other && cd web && apply_patch <<'E'\n${PATCH}\nE`, paths: ['/other/web/src/a.ts'] },
  { command: `cd $HOME && apply_patch <<'EOF'\n${PATCH}\nEOF`, paths: ['$HOME/src/a.ts'], unclear: /"\$HOME"/ },
  { command: `cd ~/x && apply_patch <<'EOF'\n${PATCH}\nEOF`, paths: ['~/x/src/a.ts'], unclear: /"~\/x"/ },
  { command: `echo one; apply_patch <<'EOF'\n${PATCH}\nEOF\ngit status`, paths: ['src/a.ts'] },
  { command: `cat <<'EOF' | apply_patch\n${PATCH}\nEOF`, paths: ['src/a.ts'] },
  {
    command: `apply_patch <<'E'\n${PATCH}\nE\ncd web\napply_patch <<'E'\n${BOTH}\nE`,
    paths: ['src/a.ts', 'web/a', '/b'],
  },
  { command: '/opt/codex/apply_patch < a.patch', paths: [], unclear: /not part of it/ },
  { command: `apply_patch <<'EOF'\n${patch('*** Frob File: a')}\nEOF`, paths: [], unclear: /Frob/ },
  { command: 'ls', paths: undefined },
  { command: '', paths: undefined },
  { command: 'git log --grep apply_patch', paths: undefined },
  { command: 'which apply_patch', paths: undefined },
  { command: './apply_patch_all.sh', paths: undefined },
  { command: `cat > a.patch <<'EOF'\n${PATCH}\nEOF`, paths: undefined },
];

describe('the files of a command of the shell', () => {
  for (const { command, paths, unclear } of COMMANDS) {
    it(JSON.stringify(command.replace(/\*\*\* Begin Patch[\s\S]+?End Patch/g, 'PATCH')), () => {
      const found = filesOfCommand(command);
      assert.deepEqual(found?.paths, paths);
      assert.match(found?.unclear ?? '', unclear ?? /^$/);
    });
  }
});
