import { strict as assert } from 'node:assert';
import { listed } from '../../../src/core/listed';

describe('names inside of a sentence', () => {
  it('are listed as the language does it', () => {
    const names = ['claude', 'codex', 'dana'];
    assert.equal(listed(names, 'en'), 'claude, codex, dana');
    assert.equal(listed(names, 'de'), 'claude, codex und dana');
    assert.equal(listed(names, 'zh-cn'), 'claude、codex、dana');
    assert.equal(listed(names.slice(0, 2), 'zh-cn'), 'claude、codex');
  });

  it('are themselves where there is only one, and nothing where there is none', () => {
    assert.equal(listed(['src/**'], 'de'), 'src/**');
    assert.equal(listed([], 'zh-cn'), '');
  });

  it('are listed in a language that VS Code has and nobody else knows', () => {
    assert.equal(listed(['a', 'b'], 'qps-ploc'), 'a, b');
  });
});
