/**
 * Whether a recorded history is linearizable: whether each operation can be given one instant between its call and its
 * return so that a sequential model explains every answer.
 *
 * A depth-first search in the way of Wing and Gong, with the memory of Lowe: of two ways to the same set of operations
 * done and the same state, only one is followed. An operation that nobody saw return may take effect at any instant
 * after its call, or never; so may what an operation does besides (`optional`).
 */

export interface Step<O> {
  readonly op: O;
  /** In one clock that all processes share; only the order matters. */
  readonly invoked: number;
  /** Infinity where it never returned. */
  readonly returned: number;
  /** May also never have happened. */
  readonly optional: boolean;
}

export interface Model<S, O> {
  readonly initial: S;
  /** The state after the operation, or undefined where its answer cannot have come from this state. */
  apply(state: S, op: O): S | undefined;
  /** Equal for equal states, and for them only. */
  key(state: S): string;
}

export type Verdict<S, O> =
  | { readonly kind: 'linearizable'; readonly nodes: number }
  | { readonly kind: 'violation'; readonly nodes: number; readonly stuck: Stuck<S, O> }
  /** The search was given up: nothing is known. Whoever asked must count that as a failure. */
  | { readonly kind: 'undecided'; readonly nodes: number };

/** The furthest that any order came: the state there, and the operations of which none could be next. */
export interface Stuck<S, O> {
  readonly explained: number;
  readonly state: S;
  readonly next: readonly Step<O>[];
}

/** Enough for thousands of operations with a few at a time; a model or a recording that is wrong runs into it. */
const MOST_NODES = 2_000_000;

interface Node<S> {
  readonly state: S;
  /** The first operation, in order of their calls, that is not done yet and still can or must be. */
  readonly low: number;
  /** The last one that is done. */
  readonly high: number;
  /** When the last of the operations that are done was called: none that returned before can follow. */
  readonly latestCall: number;
  readonly candidates: readonly number[];
  tried: number;
  /** The operation that led here. */
  readonly via: number;
}

export function check<S, O>(
  history: readonly Step<O>[],
  model: Model<S, O>,
  mostNodes: number = MOST_NODES,
): Verdict<S, O> {
  const byCall = history.toSorted((left, right) => left.invoked - right.invoked);
  const isEndless = (step: Step<O>) => step.optional && step.returned === Infinity;
  const bounded = byCall.filter((step) => !isEndless(step));
  // Behind the others: what may happen at any later time must not keep the rest from being done with.
  const steps = [...bounded, ...byCall.filter(isEndless)];
  const mandatory = steps.filter((step) => !step.optional).length;
  const done = new Array<boolean>(steps.length).fill(false);
  const seen = new Set<string>();
  const at = (index: number) => steps[index] as Step<O>;
  const isDead = (index: number, latestCall: number) => at(index).optional && at(index).returned < latestCall;

  function enter(state: S, via: number, from: Pick<Node<S>, 'low' | 'high' | 'latestCall'>): Node<S> {
    const latestCall = via < 0 ? from.latestCall : Math.max(from.latestCall, at(via).invoked);
    const high = via < bounded.length ? Math.max(from.high, via) : from.high;
    let low = from.low;
    while (low < bounded.length && (done[low] || isDead(low, latestCall))) {
      low++;
    }
    // Nothing can come before something that returned before it was called.
    let firstReturn = Infinity;
    const must: number[] = [];
    const may: number[] = [];
    for (let index = low; index < bounded.length && at(index).invoked <= firstReturn; index++) {
      if (!done[index] && !isDead(index, latestCall)) {
        (at(index).optional ? may : must).push(index);
        firstReturn = at(index).optional ? firstReturn : Math.min(firstReturn, at(index).returned);
      }
    }
    for (let index = bounded.length; index < steps.length && at(index).invoked <= firstReturn; index++) {
      if (!done[index]) {
        may.push(index);
      }
    }
    // The way without the optional ones first: it is the likely one.
    const candidates = [...must, ...may].filter((index) => at(index).invoked <= firstReturn);
    return { state, low, high, latestCall, candidates, tried: 0, via };
  }

  /** The same key, the same future: what is done of the operations that still matter, and the state. */
  function keyOf({ low, high, latestCall, state }: Node<S>): string {
    const ahead: number[] = [];
    const note = (from: number, to: number) => {
      for (let index = from; index < to; index++) {
        if (done[index] && !isDead(index, latestCall)) {
          ahead.push(index);
        }
      }
    };
    note(low, high + 1);
    note(bounded.length, steps.length);
    return `${low}|${ahead.join()}|${model.key(state)}`;
  }

  const path: Node<S>[] = [enter(model.initial, -1, { low: 0, high: -1, latestCall: -Infinity })];
  let explained = 0;
  let nodes = 0;
  let stuck: Stuck<S, O> = { explained: 0, state: model.initial, next: path[0]?.candidates.map(at) ?? [] };
  while (explained < mandatory) {
    const node = path.at(-1);
    if (!node) {
      return { kind: 'violation', nodes, stuck };
    }
    const chosen = node.candidates[node.tried++];
    if (chosen === undefined) {
      path.pop();
      if (node.via >= 0) {
        done[node.via] = false;
        explained -= at(node.via).optional ? 0 : 1;
      }
      continue;
    }
    const state = model.apply(node.state, at(chosen).op);
    if (state === undefined) {
      continue;
    }
    if (++nodes > mostNodes) {
      return { kind: 'undecided', nodes };
    }
    done[chosen] = true;
    const next = enter(state, chosen, node);
    const key = keyOf(next);
    if (seen.has(key)) {
      done[chosen] = false;
      continue;
    }
    seen.add(key);
    explained += at(chosen).optional ? 0 : 1;
    path.push(next);
    if (explained > stuck.explained) {
      stuck = { explained, state, next: next.candidates.map(at).filter((step) => !step.optional) };
    }
  }
  return { kind: 'linearizable', nodes };
}
