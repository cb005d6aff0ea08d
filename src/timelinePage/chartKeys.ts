/** What the keys do in the chart, apart from those by which it scrolls itself. */

export interface KeyActions {
  /** By so many steps: 1 nearer, -1 farther. */
  zoom(steps: number): void;
  seeWhole(): void;
  unpin(): void;
  /** By so many steps; -1 is earlier. */
  pan(steps: number): void;
  /** To the bar so many places on in the lane. */
  go(by: number): void;
  goToLane(by: number): void;
  choose(): void;
}

type Keys = Readonly<Record<string, (actions: KeyActions) => void>>;

const ANYWHERE: Keys = {
  '+': (actions) => actions.zoom(1),
  '=': (actions) => actions.zoom(1),
  '-': (actions) => actions.zoom(-1),
  '0': (actions) => actions.seeWhole(),
  Escape: (actions) => actions.unpin(),
};
const ON_CHART: Keys = {
  ArrowLeft: (actions) => actions.pan(-1),
  ArrowRight: (actions) => actions.pan(1),
};
const ON_BAR: Keys = {
  ArrowLeft: (actions) => actions.go(-1),
  ArrowRight: (actions) => actions.go(1),
  Home: (actions) => actions.go(Number.NEGATIVE_INFINITY),
  End: (actions) => actions.go(Number.POSITIVE_INFINITY),
  ArrowUp: (actions) => actions.goToLane(-1),
  ArrowDown: (actions) => actions.goToLane(1),
  Enter: (actions) => actions.choose(),
  ' ': (actions) => actions.choose(),
};

/** A key with Alt, Ctrl or Meta is VS Code's. */
export function onKey(event: KeyboardEvent, isOnBar: boolean, actions: KeyActions): void {
  if (event.altKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const press = [ANYWHERE, isOnBar ? ON_BAR : ON_CHART].find((keys) => Object.hasOwn(keys, event.key))?.[event.key];
  if (press) {
    press(actions);
    event.preventDefault();
    event.stopPropagation();
  }
}
