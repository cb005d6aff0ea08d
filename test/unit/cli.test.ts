import assert from 'node:assert/strict';
import { EXIT, exitCodeOfError } from '../../src/cli/exitCode';
import { createPage, isColoured, safeJson, table } from '../../src/cli/page';
import { ERROR_CODES } from '../../src/core/envelope';

describe('the exit codes', () => {
  it('of every error', () => {
    const codes = (exit: number) => ERROR_CODES.filter((code) => exitCodeOfError(code) === exit);
    assert.deepEqual(codes(EXIT.conflict), [
      'RESERVATION_CONFLICT',
      'RESERVATION_STALE_FOUND',
      'RELEASE_FORBIDDEN',
      'RENEW_FORBIDDEN',
      'READ_FORBIDDEN',
      'ACK_FORBIDDEN',
    ]);
    assert.deepEqual(codes(EXIT.failed).toSorted(), [
      'AGENT_NOT_FOUND',
      'DUPLICATE_AGENT_ID',
      'INTERNAL_ERROR',
      'MESSAGE_NOT_FOUND',
      'RESERVATION_NOT_FOUND',
      'UNKNOWN_RECIPIENT',
      'UNKNOWN_SENDER',
    ]);
    assert.ok(codes(EXIT.usage).every((code) => /^(?:INVALID|MISSING)_/.test(code)));
  });
});

describe('colour', () => {
  it('is for terminals, where nobody has said no', () => {
    assert.ok(isColoured({ isTTY: true }, { TERM: 'xterm' }));
    for (const [stream, env] of [
      [{}, { TERM: 'xterm' }],
      [{ isTTY: false }, {}],
      [{ isTTY: true }, { NO_COLOR: '1' }],
      [{ isTTY: true }, { TERM: 'dumb' }],
    ] as const) {
      assert.ok(!isColoured(stream, env));
    }
    // Set and empty counts as not set.
    assert.ok(isColoured({ isTTY: true }, { NO_COLOR: '' }));
  });

  it('is put around a text, and nowhere else', () => {
    assert.equal(createPage(() => true).style('bold', 'x'), '\u001B[1mx\u001B[22m');
    assert.equal(createPage(() => false).style('bold', 'x'), 'x');
  });
});

describe('a table', () => {
  it('is aligned, without trailing blanks, and without a column that nobody needs', () => {
    const rows = [
      ['src', '', 'bd-1'],
      ['docs/längeres', '', ''],
    ];
    assert.deepEqual(
      table(
        createPage(() => false),
        ['SCOPE', 'BY', 'BEAD'],
        rows,
      ),
      ['SCOPE          BEAD', 'src            bd-1', 'docs/längeres'],
    );
  });
});

describe('JSON for a terminal', () => {
  it('means the same, and holds nothing that a terminal obeys', () => {
    const value = { text: '\u001B[2J\u009B2J\u007F\u202E\u2028ü\u{1F511}' };
    const text = safeJson(value);
    assert.deepEqual(JSON.parse(text), value);
    assert.match(text, /^[ -~ü\u{1F511}]+$/u);
  });
});
