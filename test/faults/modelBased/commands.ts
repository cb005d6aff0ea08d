/** What a run is made of: steps that fast-check puts together, shrinks and repeats. */

import fc from 'fast-check';
import {
  foreignDrops,
  foreignOutdates,
  foreignReleases,
  foreignReserves,
  foreignRevivals,
  foreignRewrites,
} from './foreignSteps';
import { inboxes, marks, registers, sends } from './messageSteps';
import { MINUTE } from './model';
import {
  bursts,
  checks,
  contests,
  forceReleases,
  releases,
  renewals,
  requests,
  reserves,
  statuses,
} from './reservationSteps';
import { type Command, step } from './step';

/** Whole and half minutes, so that the very instants at which reservations end are met. */
const passes = fc.constantFrom(0.5, 1, 5, 7, 24 * 60).map((minutes) =>
  step(`${minutes} minutes pass`, (model, system) => {
    model.now += minutes * MINUTE;
    system.now = model.now;
  }),
);

const restarts = fc.constant(step('restart', (_model, system) => system.restart()));

export const aRun: fc.Arbitrary<Iterable<Command>> = fc.commands(
  [
    reserves,
    releases,
    renewals,
    forceReleases,
    requests,
    checks,
    contests,
    bursts,
    statuses,
    registers,
    sends,
    inboxes,
    marks,
    passes,
    restarts,
    foreignReserves,
    foreignReleases,
    foreignRewrites,
    foreignDrops,
    foreignRevivals,
    foreignOutdates,
  ],
  { maxCommands: 40, size: 'max' },
);
