import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { importScript } from '../support/scripts';

type AgentsDoc = typeof import('../../scripts/agentsDoc.mjs');
type McpDoc = typeof import('../../scripts/mcpDoc.mjs');

describe('docs/agents.md', () => {
  it('shows every tool as it is: "node scripts/mcpDoc.mjs" writes it anew', async () => {
    const { agentsDoc, withExamples } = await importScript<AgentsDoc>('agentsDoc.mjs');
    const { mcpExamples, mcpMarks } = await importScript<McpDoc>('mcpDoc.mjs');
    const page = readFileSync(agentsDoc, 'utf8');
    const text = await mcpExamples();
    assert.equal(withExamples(text, page, mcpMarks), page);
    const tools = [...text.matchAll(/^\| (\w+_\w+) \|/gm)].map(([, tool]) => tool);
    const called = [...text.matchAll(/^> (\w+) /gm)].map(([, tool]) => tool);
    assert.equal(tools.length, 10);
    assert.deepEqual([...new Set(called)].toSorted(), tools.toSorted());
  });
});
