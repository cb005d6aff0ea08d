/** Taking over what a message hands over, and acknowledging it then. */

import { granted, type Outcome } from '../core/envelope';
import type { AckInput, Message, MessageActionRequest } from '../core/message';
import type { Reservation } from '../core/reservation';
import { checkTake, decideTake, interruptedTakes, type Taken } from '../core/take';
import { instant } from '../core/time';
import type { Store } from '../store/store';
import { when } from './answers';
import { Notices, type Telling, telling } from './notices';

/**
 * The scopes change hands in one transaction. Then the message is acknowledged: where a crash comes in between, taking again
 * finds them taken, and acknowledges it.
 */
export async function takeOver(
  store: Store,
  random: () => string,
  request: MessageActionRequest,
  input: AckInput,
  acked: () => Promise<Outcome<Message>>,
): Promise<Outcome<Message & Taken & Telling>> {
  const message = await store.readMessage(request.message);
  const sentAt = instant(message?.created_at ?? '');
  return when(checkTake(message, request, input), async (take) => {
    const randoms = take.scopes.map(() => random());
    let closed: readonly Reservation[] = [];
    const attempt = (interrupted: readonly Reservation[] = []) =>
      store.transactReservations((active, context) => {
        const decision = decideTake(active, take, context, randoms, interrupted);
        closed = [...closed, ...decision.closed];
        return decision;
      });
    const first = await attempt();
    const isShort = first.ok && first.data.not_taken.length > 0;
    const interrupted = isShort ? interruptedTakes(await store.readClosed(new Date(sentAt)), take) : [];
    const taken = interrupted.length > 0 ? await attempt(interrupted) : first;
    const told = await new Notices(store, random).freed(closed, { by: take.agent, takenBy: take.agent });
    return when(taken, async (result) =>
      telling(await when(await acked(), async (letter) => granted({ ...letter, ...result })), told),
    );
  });
}
