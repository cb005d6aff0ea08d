/** What is in .github: what a workflow may do and what it runs, and forms that GitHub can show. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repoRoot } from '../support/paths';
import { importScript } from '../support/scripts';

type Stages = typeof import('../../scripts/lib/stages.mjs');

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: { readonly include?: readonly { readonly stages: string }[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly {
    readonly type: string;
    readonly id?: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
}

const folder = join(repoRoot, '.github');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const workflows = readdirSync(join(folder, 'workflows'));

describe('the workflows', () => {
  it('use actions by their full hash, with the version beside it', () => {
    const uses = workflows.flatMap((name) => read(`workflows/${name}`).match(/uses: .*/g) ?? []);
    assert.ok(uses.length > 5);
    assert.deepEqual(
      uses.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
      [],
    );
    // One action, one hash.
    assert.equal(new Set(uses).size, new Set(uses.map((line) => line.split('@')[0])).size);
  });

  for (const name of workflows) {
    it(`may only read, unless a job says otherwise, and are not there twice: ${name}`, () => {
      const { permissions, concurrency, jobs } = parse(read(`workflows/${name}`)) as Workflow;
      assert.deepEqual(permissions, { contents: 'read' });
      assert.ok(concurrency);
      const more = Object.entries(jobs).filter(([, job]) => Object.values(job.permissions ?? {}).includes('write'));
      assert.deepEqual(
        more.map(([job]) => job),
        name === 'release.yml' ? ['attach'] : [],
      );
    });
  }

  it('run stages and scripts that there are', async () => {
    const { stages } = await importScript<Stages>('lib/stages.mjs');
    const { scripts } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8'));
    const jobs = workflows.flatMap((name) => Object.values((parse(read(`workflows/${name}`)) as Workflow).jobs));
    const runs = jobs.flatMap(({ steps }) => steps.map(({ run }) => run ?? ''));
    const named = runs.flatMap((run) => /scripts\/test\.mjs ([a-z ]+)$/.exec(run)?.[1]?.split(' ') ?? []);
    const inMatrix = jobs.flatMap((job) => job.strategy?.matrix.include ?? []).flatMap((one) => one.stages.split(' '));
    const asked = [...named, ...inMatrix].filter((stage) => stage !== '');
    assert.ok(asked.includes('host'));
    assert.deepEqual(
      asked.filter((stage) => !(stage in stages)),
      [],
    );
    const ran = runs.flatMap((run) => /^npm run (\S+)/.exec(run)?.[1] ?? []);
    assert.deepEqual(
      ran.filter((script) => !(script in scripts)),
      [],
    );
  });

  it('publish by hand only', () => {
    const { jobs } = parse(read('workflows/release.yml')) as Workflow;
    const publishing = Object.entries(jobs).filter(([, { steps }]) =>
      steps.some(({ run }) => run?.includes('publish')),
    );
    assert.deepEqual(
      publishing.map(([name]) => name),
      ['publish'],
    );
    assert.match(jobs['publish']?.if ?? '', /workflow_dispatch.*inputs\.publish/);
  });
});

describe('the forms of issues', () => {
  const forms = readdirSync(join(folder, 'ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');
  for (const name of forms) {
    it(`have what GitHub wants: ${name}`, () => {
      const form = parse(read(`ISSUE_TEMPLATE/${name}`)) as Form;
      assert.ok(form.name && form.description && form.body.length > 0);
      const ids = form.body.flatMap(({ id }) => id ?? []);
      assert.equal(new Set(ids).size, ids.length);
      for (const { type, id, attributes } of form.body) {
        assert.ok(['markdown', 'textarea', 'input', 'dropdown', 'checkboxes'].includes(type), type);
        assert.ok(type === 'markdown' ? attributes['value'] : id && attributes['label'], type);
        assert.equal(type === 'dropdown', Array.isArray(attributes['options']));
      }
    });
  }
});
