/** All fault scenarios, by the name that `npm run soak -- --only NAME` takes. */

import { crashAtEveryCall } from './crash';
import { errorAtEveryCall } from './errors';
import { fuzz } from './fuzz/fuzz';
import { hostileStore } from './hostileStore';
import {
  historyBattered,
  historyKilled,
  historyMixed,
  historyOurs,
  historyPeerSweep,
  historyRepaired,
} from './linearizable/scenarios';
import { modelBased } from './modelBased/modelBased';
import { pausedHolder } from './pausedHolder';
import { postgresCut } from './postgres/cut';
import { postgresFull } from './postgres/full';
import { postgresClocks, postgresKilled, postgresStopped } from './postgres/load';
import { postgresNaive } from './postgres/naive';
import { powerCut } from './powerCut';
import type { Scenario } from './scenario';
import { staleLock } from './staleLock';
import { thousandsAtOnce } from './thousandsAtOnce';

export interface Entry {
  readonly scenario: Scenario;
  /** Its part of a soak run's time, against the parts of the others. */
  readonly share: number;
  /** How many known faults of other stores it has to find at least. */
  readonly controls: number;
}

export const SCENARIOS: Readonly<Record<string, Entry>> = {
  historyOurs: { scenario: historyOurs, share: 3, controls: 0 },
  historyMixed: { scenario: historyMixed, share: 2, controls: 0 },
  historyKilled: { scenario: historyKilled, share: 5, controls: 0 },
  historyPeerSweep: { scenario: historyPeerSweep, share: 1, controls: 1 },
  historyBattered: { scenario: historyBattered, share: 2, controls: 0 },
  historyRepaired: { scenario: historyRepaired, share: 2, controls: 0 },
  staleLock: { scenario: staleLock, share: 2, controls: 3 },
  crashAtEveryCall: { scenario: crashAtEveryCall, share: 6, controls: 2 },
  modelBased: { scenario: modelBased, share: 2, controls: 0 },
  fuzz: { scenario: fuzz, share: 3, controls: 0 },
  hostileStore: { scenario: hostileStore, share: 2, controls: 1 },
  thousandsAtOnce: { scenario: thousandsAtOnce, share: 2, controls: 1 },
  errorAtEveryCall: { scenario: errorAtEveryCall, share: 5, controls: 1 },
  powerCut: { scenario: powerCut, share: 4, controls: 2 },
  pausedHolder: { scenario: pausedHolder, share: 2, controls: 1 },
  postgresKilled: { scenario: postgresKilled, share: 4, controls: 0 },
  postgresCut: { scenario: postgresCut, share: 4, controls: 0 },
  postgresStopped: { scenario: postgresStopped, share: 2, controls: 0 },
  postgresClocks: { scenario: postgresClocks, share: 1, controls: 0 },
  postgresFull: { scenario: postgresFull, share: 2, controls: 0 },
  postgresNaive: { scenario: postgresNaive, share: 1, controls: 1 },
};
