import { strict as assert } from 'node:assert';
import { aligned, columnsOf, inColumns } from '../../../src/core/columns';

describe('columns of plain text', () => {
  it('are two for what is wide in East Asian typography, and one for the rest', () => {
    for (const [text, columns] of [
      ['', 0],
      ['bd-41', 5],
      ['类别', 4],
      ['主题:', 5],
      ['カナ', 4],
      ['ｶﾅ', 2],
      ['한글', 4],
      ['ㄅㄆ', 4],
      ['，。「」', 8],
      ['ＡＢ', 4],
      ['𠀀', 2],
      ['Größe', 5],
      ['e\u0301', 1],
      ['…→×', 3],
    ] as const) {
      assert.equal(columnsOf(text), columns, text);
    }
  });

  it('are two for an emoji, also for one that is made of several', () => {
    for (const emoji of ['🔑', '👩‍💻', '👍🏽', '🇩🇪', '⚠️', '1️⃣']) {
      assert.equal(columnsOf(emoji), 2, emoji);
    }
    assert.equal(columnsOf('⚠'), 1);
    assert.equal(columnsOf('1'), 1);
  });

  it('have the values below each other, whatever the labels are written in', () => {
    const text = aligned([
      ['主题', 'Go on'],
      ['确认状态', '尚未'],
      ['Bead', 'bd-41'],
    ]);
    assert.equal(text, ['主题:     Go on', '确认状态: 尚未', 'Bead:     bd-41'].join('\n'));
  });

  it('have the cells of rows below each other, and nothing behind the last one', () => {
    const rows = inColumns([
      ['src/认证.ts', 'claude', '5 min'],
      ['src/a.ts', '评审', '1 h'],
      ['b', '', ''],
    ]);
    assert.deepEqual(rows, ['src/认证.ts  claude  5 min', 'src/a.ts     评审    1 h', 'b']);
  });

  it('keep an untrusted value on its line', () => {
    assert.equal(aligned([['Bead', 'bd\nSubject: forged']]), 'Bead: bd\uFFFDSubject: forged');
  });
});
