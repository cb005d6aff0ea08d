/**
 * Sequences in which one kind of element stands for any run of others, none included: `**` among the segments of a
 * pattern, `*` among the characters of a segment. The same three questions are asked of both, each in at most
 * length × length steps.
 */

/** What is known of the elements. Only `isRun` is asked of an element that stands for a run. */
export interface Elements<E> {
  isRun(element: E): boolean;
  /** Whether something is matched by both. */
  meets(left: E, right: E): boolean;
  /** Whether all that `inner` matches is matched by `outer`. */
  covers(outer: E, inner: E): boolean;
}

/** Whether the items are one of the things that the sequence stands for. */
export function matchesSequence<E, I>(
  sequence: readonly E[],
  items: readonly I[],
  isRun: (element: E) => boolean,
  matches: (element: E, item: I) => boolean,
): boolean {
  let at = 0;
  let item = 0;
  // The last run, and where it ended so far: only that one ever needs to be made longer.
  let run = -1;
  let runEnd = 0;
  while (item < items.length) {
    const element = sequence[at];
    if (element !== undefined && isRun(element)) {
      run = at++;
      runEnd = item;
    } else if (element !== undefined && matches(element, items[item] as I)) {
      at++;
      item++;
    } else if (run >= 0) {
      at = run + 1;
      item = ++runEnd;
    } else {
      return false;
    }
  }
  while (at < sequence.length && isRun(sequence[at] as E)) {
    at++;
  }
  return at === sequence.length;
}

/** Whether something is matched by both sequences. */
export function sequencesMeet<E>(left: readonly E[], right: readonly E[], elements: Elements<E>): boolean {
  const { isRun, meets } = elements;
  let start = 0;
  let leftEnd = left.length;
  let rightEnd = right.length;
  // Before the first run and behind the last one there is only one way to fit: nearly all pairs part there.
  for (; start < leftEnd && start < rightEnd; start++) {
    const one = left[start] as E;
    const other = right[start] as E;
    if (isRun(one) || isRun(other)) {
      break;
    }
    if (!meets(one, other)) {
      return false;
    }
  }
  for (; start < leftEnd && start < rightEnd; leftEnd--, rightEnd--) {
    const one = left[leftEnd - 1] as E;
    const other = right[rightEnd - 1] as E;
    if (isRun(one) || isRun(other)) {
      break;
    }
    if (!meets(one, other)) {
      return false;
    }
  }
  if (start === leftEnd || start === rightEnd) {
    return left.slice(start, leftEnd).every(isRun) && right.slice(start, rightEnd).every(isRun);
  }
  // Where one side begins with a run and the other ends with one, each takes in all the rest of the other.
  const [leftBegins, leftEnds] = [isRun(left[start] as E), isRun(left[leftEnd - 1] as E)];
  const [rightBegins, rightEnds] = [isRun(right[start] as E), isRun(right[rightEnd - 1] as E)];
  if ((leftBegins && rightEnds) || (rightBegins && leftEnds)) {
    return true;
  }
  return remembering(rightEnd, (i, j, rest) => {
    if (i === leftEnd || j === rightEnd) {
      const alone = i < leftEnd ? left[i] : right[j];
      return (
        (i === leftEnd && j === rightEnd) ||
        (isRun(alone as E) && rest(Math.min(i + 1, leftEnd), Math.min(j + 1, rightEnd)))
      );
    }
    const one = left[i] as E;
    const other = right[j] as E;
    // A run ends here, or takes in the next element of the other side, be it a run itself.
    return isRun(one) || isRun(other) ? rest(i + 1, j) || rest(i, j + 1) : meets(one, other) && rest(i + 1, j + 1);
  })(start, start);
}

/**
 * Whether all that `inner` matches is matched by `outer`. Never claimed wrongly, and not always found: a run of `inner`
 * is only seen to be covered by one run of `outer`.
 */
export function sequenceCovers<E>(outer: readonly E[], inner: readonly E[], elements: Elements<E>): boolean {
  const { isRun, covers } = elements;
  return remembering(inner.length, (i, j, rest) => {
    if (i === outer.length) {
      return j === inner.length;
    }
    const one = outer[i] as E;
    if (isRun(one)) {
      return i === outer.length - 1 || rest(i + 1, j) || (j < inner.length && rest(i, j + 1));
    }
    const other = inner[j] as E;
    return j < inner.length && !isRun(other) && covers(one, other) && rest(i + 1, j + 1);
  })(0, 0);
}

/** The answer for what is left of both sides from there on. */
type Rest = (left: number, right: number) => boolean;

/** Asks for each place once, however many ways lead to it; `rightEnd` is the last place of the right side. */
function remembering(rightEnd: number, decide: (i: number, j: number, rest: Rest) => boolean): Rest {
  const known = new Map<number, boolean>();
  const rest: Rest = (i, j) => {
    const place = i * (rightEnd + 1) + j;
    let answer = known.get(place);
    if (answer === undefined) {
      answer = decide(i, j, rest);
      known.set(place, answer);
    }
    return answer;
  };
  return rest;
}
