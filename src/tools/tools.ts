/** All tools of language models, in the order in which they are listed. */

import { acknowledgeMessage, listMessages, registerAgent, sendMessage } from './messages';
import { releaseScope, renewScope, requestRelease, reserveScope } from './reservations';
import type { Tool } from './tool';
import { checkPaths, listReservations } from './views';

export const TOOLS: readonly Tool[] = [
  reserveScope,
  releaseScope,
  renewScope,
  checkPaths,
  listReservations,
  sendMessage,
  listMessages,
  acknowledgeMessage,
  registerAgent,
  requestRelease,
];
