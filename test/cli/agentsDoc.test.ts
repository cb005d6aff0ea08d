import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { importScript } from '../support/scripts';

interface AgentsDoc {
  readonly agentsDoc: string;
  examples(): Promise<string>;
  withExamples(text: string, page: string): string;
}

describe('docs/agents.md', () => {
  it('shows every verb as it is: "node scripts/agentsDoc.mjs" writes it anew', async () => {
    const { agentsDoc, examples, withExamples } = await importScript<AgentsDoc>('agentsDoc.mjs');
    const page = readFileSync(agentsDoc, 'utf8');
    const text = await examples();
    assert.equal(withExamples(text, page), page);
    const verbs = [...text.matchAll(/^\| \[(\w+)\]/gm)].map(([, verb]) => verb);
    const shown = [...text.matchAll(/^### (\w+)$/gm)].map(([, verb]) => verb);
    assert.deepEqual(shown.toSorted(), verbs.toSorted());
    assert.equal(verbs.length, 21);
  });
});
