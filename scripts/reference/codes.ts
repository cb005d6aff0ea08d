/** What the codes mean, and what comes next: each code has its line here, or the types do not fit. For docs/reference.md. */

import type { ErrorCode } from '../../src/core/envelope';
import type { ProblemKind } from '../../src/store/problem';

export interface Help {
  readonly meaning: string;
  readonly next: string;
}

export const ERRORS: Readonly<Record<ErrorCode, Help>> = {
  AGENT_NOT_FOUND: {
    meaning: 'No agent is registered under this id, or none was named.',
    next: 'Register it (`register`), or name one that `list` shows.',
  },
  INVALID_ARGS: {
    meaning: 'Something that was given is missing or wrong; the message names it.',
    next: 'Give it as the message says.',
  },
  RESERVATION_CONFLICT: {
    meaning: 'The scope overlaps what is held; `details.conflicts` says by whom, what and until when.',
    next: 'Work on something else, wait (`reserve --wait`), or ask the holder (`request`).',
  },
  RESERVATION_STALE_FOUND: {
    meaning: 'The scope is in nobody’s hands any more, but its last holder has not given it back: the time ran out.',
    next: 'Look for work left half-done, then take it over (`--takeover-stale`).',
  },
  RESERVATION_NOT_FOUND: {
    meaning: 'Nothing that is active has this scope or id: it was never reserved, was released, or has ended.',
    next: 'Look at `status`. Nothing is left to release.',
  },
  RELEASE_FORBIDDEN: {
    meaning: 'Another agent holds it.',
    next: 'Ask for it (`request`). A person can release it by force.',
  },
  RENEW_FORBIDDEN: { meaning: 'Another agent holds it.', next: 'Ask for it (`request`).' },
  INVALID_AGENT_ID: {
    meaning: 'It is no agent id: 3 to 48 lower-case letters and digits, with single hyphens between.',
    next: 'Choose an id of that form.',
  },
  INVALID_ROLE: { meaning: 'No role was given.', next: 'Say what the agent does, such as `backend`.' },
  DUPLICATE_AGENT_ID: {
    meaning: 'An agent is registered under this id already.',
    next: 'Use it if it is you, else choose another; `--force-update` changes its role and name.',
  },
  UNKNOWN_SENDER: { meaning: 'Who sends is not registered.', next: 'Register first (`register`).' },
  UNKNOWN_RECIPIENT: {
    meaning: 'The recipient is not registered, or no other agent has the role.',
    next: 'Name an agent that `list` shows, `role:NAME` or `broadcast`.',
  },
  MISSING_BEAD_ID: { meaning: 'A message belongs to a bead, and none was named.', next: 'Name the bead.' },
  INVALID_CATEGORY: {
    meaning: 'It is no category of messages.',
    next: 'Use `HANDOFF`, `BLOCKED`, `DECISION` or `INFO`.',
  },
  INVALID_MESSAGE: {
    meaning: 'The message lacks a subject or a body, or has nobody to go to.',
    next: 'Give what the message of the error names.',
  },
  INVALID_STATE: { meaning: 'It is no state to filter by.', next: 'Use one that the error names.' },
  INVALID_LIMIT: { meaning: 'The limit is out of its range.', next: 'Use a whole number in the range that is named.' },
  MESSAGE_NOT_FOUND: { meaning: 'There is no message with this id.', next: 'Use an id that `inbox` lists.' },
  INVALID_MESSAGE_ID: {
    meaning: 'It is not a message id: letters, digits, `_`, `-`, `:` and single dots between them, at most 200.',
    next: 'Use an id that `inbox` lists.',
  },
  READ_FORBIDDEN: { meaning: 'The message is for another agent.', next: 'Leave it to its recipient.' },
  ACK_FORBIDDEN: { meaning: 'The message is for another agent.', next: 'Leave it to its recipient.' },
  INVALID_SETTINGS: {
    meaning:
      'A file of another program, such as a tool’s settings or a git hook, is not as it must be. It was left alone.',
    next: 'Mend the file that is named, then try again.',
  },
  INTERNAL_ERROR: {
    meaning: 'The store could not be used; `details.cause` says why (the next table).',
    next: 'Do what the cause says; edit nothing unreserved meanwhile.',
  },
};

export const CAUSES: Readonly<Record<ProblemKind | 'UNEXPECTED', Help>> = {
  EMPTY_FILE: { meaning: 'A file of the store is empty.', next: 'Restore it, or move it away; see the doctor.' },
  BYTE_ORDER_MARK: { meaning: 'A file begins with a byte order mark.', next: 'Save it as UTF-8 without one.' },
  NOT_JSON: { meaning: 'A file is cut short, or was never JSON.', next: 'Mend it, or move it away; see the doctor.' },
  WRONG_SHAPE: { meaning: 'A file does not hold what it should.', next: 'Mend it, or move it away; see the doctor.' },
  BAD_ENTRY: {
    meaning: 'One entry of a file is wrong; the others hold.',
    next: 'Mend it, or let the doctor move it out.',
  },
  MISSING_FILE: {
    meaning: 'A message is in its inbox, and its own file is not there.',
    next: 'Let the doctor write it anew.',
  },
  TOO_LARGE: { meaning: 'A file is larger than 8 MB.', next: 'Take out what nobody needs.' },
  ACCESS_DENIED: {
    meaning: 'The system, or the server, does not let this user read or write.',
    next: 'Give the user access; on a server, see the password and the role.',
  },
  NOT_A_FOLDER: { meaning: 'A file is in the place of a folder, or the other way round.', next: 'Move it away.' },
  SYMBOLIC_LINK: { meaning: 'A link is in the place of a file or folder.', next: 'Put what it leads to in its place.' },
  IO_ERROR: { meaning: 'The disk, the system or the server failed.', next: 'See to it, then try again.' },
  STORE_LOCKED: {
    meaning: 'Another process holds the lock, and did not let go in time.',
    next: 'Try again; if that process is stuck, see the doctor.',
  },
  LOCK_LOST: { meaning: 'The lock went away in the middle; nothing was written.', next: 'Try again.' },
  PUT_ASIDE: {
    meaning: 'A file that could not be understood was put aside, and the last good copy is used.',
    next: 'Look at the file with `.unreadable` in its name.',
  },
  FOREIGN_REWRITE: {
    meaning: 'Another program’s rewrite lost or revived a reservation; that has been undone, or is told.',
    next: 'Nothing, unless it is told that it could not be undone.',
  },
  STORE_UNREACHABLE: { meaning: 'The server does not answer; nothing was changed.', next: 'Try again later.' },
  OUTCOME_UNKNOWN: {
    meaning: 'The connection was lost at the commit, and whether the change was made could not be found out.',
    next: 'Look at `status` before doing it again.',
  },
  SCHEMA_TOO_OLD: {
    meaning: 'The server’s tables are old, or not there.',
    next: 'Run `agent-reservations postgres migrate`.',
  },
  SCHEMA_TOO_NEW: { meaning: 'The server’s tables are newer than this program.', next: 'Update the program.' },
  INVALID_CONNECTION: {
    meaning: 'The server’s address, or the namespace, is wrong.',
    next: 'Mend it as the message says.',
  },
  INSECURE_CONNECTION: {
    meaning: 'The connection would be open to whoever listens, or the server does not prove who it is.',
    next: 'See “The address” in [For teams](teams.md).',
  },
  INVALID_TEXT: { meaning: 'A text holds a NUL, or half of a surrogate pair.', next: 'Take it out.' },
  DUPLICATE_SCOPE: { meaning: 'The server refused a second active reservation of a scope.', next: 'Try again.' },
  UNEXPECTED: { meaning: 'A fault of this program.', next: 'Report it, with the message.' },
};

/** What an exit code of the command tells. */
export const EXITS = {
  done: 'It was done.',
  failed: 'It failed, or was not found.',
  usage: 'Something about the call has to be changed.',
  conflict: 'Somebody else has it.',
};
