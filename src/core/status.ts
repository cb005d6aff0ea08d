/** The rule of looking at what is reserved. */

import { agentNotFound } from './agent';
import { granted, type Outcome } from './envelope';
import { trimmed } from './input';
import { isOfProject } from './meeting';
import type { Reservation } from './reservation';

export interface StatusInput {
  readonly bead?: string | undefined;
  readonly agent?: string | undefined;
  /** Leaves out what is of another project; what names none stays. */
  readonly project?: string | undefined;
}

export interface StatusRequest {
  readonly bead: string;
  readonly agent: string;
  readonly project?: string;
}

/** All filters are optional; only an agent that is named has to be registered. */
export function checkStatus(input: StatusInput, agentRegistered: boolean): Outcome<StatusRequest> {
  const agent = trimmed(input.agent);
  if (agent && !agentRegistered) {
    return agentNotFound(agent);
  }
  const project = trimmed(input.project);
  return granted({ agent, bead: trimmed(input.bead), ...(project ? { project } : {}) });
}

/** Whether a reservation passes the filters of a status request. */
export function matchesStatus(entry: Reservation, request: StatusRequest): boolean {
  return (
    (!request.bead || entry.bead_id === request.bead) &&
    (!request.agent || entry.agent_id === request.agent) &&
    isOfProject(entry, request.project)
  );
}
