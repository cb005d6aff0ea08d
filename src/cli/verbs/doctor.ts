/** What is wrong with the store, and its repair. */

import type { DoctorData } from '../../coordination/coordination';
import { oneLine } from '../../core/display';
import type { Page } from '../page';
import { count } from '../page';
import { told, type Verb } from '../verb';

export const doctor: Verb = {
  name: 'doctor',
  command: 'agent doctor',
  summary: 'Say what is wrong with the store; told to, repair it.',
  options: {
    fix: { help: 'Repair everything of which nothing can be lost.' },
    id: { value: 'ID', many: true, help: 'Repair this finding, even where something may be lost.' },
  },
  example: 'doctor --fix',
  run: async (given, { coordination, page }) => {
    const ids = given.texts('id');
    const envelope = await coordination.doctor({ fix: ids.length > 0 ? ids : given.isSet('fix') });
    return {
      ...told(envelope, (data) => report(page, data)),
      hasFailed: envelope.ok && envelope.data.repaired.some(({ outcome }) => outcome === 'FAILED'),
    };
  },
};

function report(page: Page, { findings, repaired }: DoctorData): readonly string[] {
  if (findings.length === 0) {
    return ['Nothing is wrong with the store.'];
  }
  const outcomes = new Map(repaired.map((one) => [one.id, one]));
  return [
    page.style('bold', `${count(findings.length, 'finding')}`),
    ...findings.flatMap(({ id, message, repair, risky }) => {
      const done = outcomes.get(id);
      const remedy = done
        ? `${done.outcome}: ${done.message}`
        : repair === null
          ? 'No repair: only a person can.'
          : `${risky ? 'Repair with care' : 'Repair'}: ${repair}`;
      return [`${oneLine(id)}`, `  ${oneLine(message, LONGEST)}`, `  ${page.style('dim', oneLine(remedy, LONGEST))}`];
    }),
  ];
}

/** A finding names a path, which may be long. */
const LONGEST = 1_000;
