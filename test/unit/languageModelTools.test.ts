import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../support/paths';
import { importScript } from '../support/scripts';

describe('the language model tools of package.json', () => {
  it('are the tools as they are: "node scripts/languageModelTools.mjs" writes them anew', async () => {
    type Script = typeof import('../../scripts/languageModelTools.mjs');
    const { languageModelTools } = await importScript<Script>('languageModelTools.mjs');
    const { contributes } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
    const tools = await languageModelTools();
    assert.equal(tools.length, 10);
    assert.deepEqual(contributes.languageModelTools, tools);
  });
});
