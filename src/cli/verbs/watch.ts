/** Following the store until interrupted. */

import type { Watched } from '../../coordination/watching';
import { type Envelope, envelope, granted } from '../../core/envelope';
import { safeJson } from '../page';
import { type Told, told, type Verb } from '../verb';
import { projectIf } from './views';

export const watch: Verb = {
  name: 'watch',
  command: 'agent watch',
  summary: 'Print each event as a line of JSON, until interrupted.',
  options: {
    bead: { value: 'BEAD', help: 'Only what is for this bead.' },
    agent: { value: 'ID', help: 'Only what this agent holds, and all messages to it.' },
    project: { value: 'DIR', help: 'Only what is, or may be, of the project of this folder.' },
  },
  notes: [
    'The first line (watching) holds what is there. Then come reserved, renewed, wanted, released, expired, gone; sent, read,',
    'acked; and failing, where the store cannot be read. Without --agent, messages are those that wait for an',
    'acknowledgement.',
  ],
  example: 'watch --project .',
  run: async (given, surroundings): Promise<Told> => {
    const { coordination, out, interrupted } = surroundings;
    const say = (line: object) => out(`${safeJson(line)}\n`);
    // Events may come before the first line has been written.
    const early: object[] = [];
    let tell = (line: object): void => {
      early.push(line);
    };
    const watched: Envelope<Watched> = await coordination.watch({
      bead: given.text('bead'),
      agent: given.text('agent'),
      project: await projectIf(given.text('project'), surroundings),
      onEvent: (event) => tell(event),
    });
    if (!watched.ok) {
      return told(watched, () => []);
    }
    const { reservations, messages } = watched.data;
    say({ event: 'watching', at: surroundings.page.now().toISOString(), reservations, messages });
    early.forEach(say);
    tell = say;
    await interrupted();
    watched.data.dispose();
    return { envelope: envelope('agent watch', granted(null)), lines: () => [], isWritten: true };
  },
};
