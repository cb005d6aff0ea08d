/** What states and marks look like, and what they mean. */

import { select } from 'd3-selection';
import { element } from './dom';
import { drawPatterns, markPath, type Svg } from './draw';
import type { Words } from './messages';

const WIDTH = 26;
const HEIGHT = 16;

export function legend(words: Words): HTMLElement {
  const states = [
    ['active', words.legendActive],
    ['released', words.legendReleased],
    ['forced', words.legendForced],
    ['expired', words.legendExpired],
    ['cluster', words.legendCluster],
  ] as const;
  const marks = [
    ['refused', words.legendRefused],
    ['asked', words.legendAsked],
    ['takeover', words.legendTakeover],
  ] as const;
  const items = [
    ...states.map(([state, text]) => item(text, (svg) => drawState(svg, state))),
    ...marks.map(([kind, text]) =>
      item(text, (svg) => {
        svg
          .append('path')
          .attr('class', `mark ${kind}`)
          .attr('d', markPath(kind))
          .attr('transform', `translate(${WIDTH / 2},${HEIGHT / 2})`);
      }),
    ),
  ];
  return element(
    'details',
    { class: 'legend' },
    element('summary', {}, words.legend),
    element('p', { class: 'hint' }, words.chartHelp),
    element('ul', {}, ...items),
  );
}

function drawState(svg: Svg, state: string): void {
  const prefix = `legend-${state}`;
  drawPatterns(svg, prefix);
  const bar = svg.append('g').attr('class', `bar ${state}`);
  const rect = (name: string) =>
    bar
      .append('rect')
      .attr('class', name)
      .attr('x', 1)
      .attr('y', 1)
      .attr('width', WIDTH - 2)
      .attr('height', HEIGHT - 2)
      .attr('rx', state === 'active' ? 0 : 2);
  rect('base');
  rect('pattern').attr('fill', state === 'forced' || state === 'expired' ? `url(#${prefix}-${state})` : 'none');
}

function item(text: string, draw: (svg: Svg) => void): HTMLLIElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', String(WIDTH));
  svg.setAttribute('height', String(HEIGHT));
  svg.setAttribute('aria-hidden', 'true');
  draw(select(svg) as unknown as Svg);
  return element('li', {}, svg, text);
}
