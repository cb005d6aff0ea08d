import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { importScript } from '../support/scripts';
import { useDatabase } from '../support/sharedPostgres';

interface AgentsDoc {
  readonly agentsDoc: string;
  readonly serverMarks: readonly string[];
  serverExamples(url: string): Promise<string>;
  withExamples(text: string, page: string, between: readonly string[]): string;
}

describe('docs/agents.md on a server', () => {
  const database = useDatabase({ tables: false });

  it('shows it as it is: "node scripts/agentsDoc.mjs URL" writes it anew', async () => {
    const { agentsDoc, serverExamples, serverMarks, withExamples } = await importScript<AgentsDoc>('agentsDoc.mjs');
    const page = readFileSync(agentsDoc, 'utf8');
    assert.equal(withExamples(await serverExamples(database().url), page, serverMarks), page);
  });
});
