/** What is seen as an SVG that stands alone: colours and fonts are written out, and nothing runs in it. */

import { select } from 'd3-selection';
import { AXIS_HEIGHT, drawAxis, drawLanes, drawNow, drawPatterns, type PlacedLane, type Svg, type View } from './draw';

/** More lanes than this are more than a drawing can be read with. */
const MOST_LANES = 500;
/** What a style sheet says on the screen: of shapes, and of texts besides. */
const OF_SHAPES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray'];
const OF_TEXTS = [...OF_SHAPES, 'font-family', 'font-size', 'text-anchor', 'paint-order'];
const SHAPES = new Set(['rect', 'path', 'line', 'circle']);
/** What is of use on the screen alone. */
const OF_THE_SCREEN = [
  'class',
  'role',
  'tabindex',
  'aria-label',
  'aria-hidden',
  'aria-pressed',
  'data-key',
  'data-patterns',
  'pointer-events',
];

export function svgFile(all: readonly PlacedLane[], view: View): string {
  const lanes = all.slice(0, MOST_LANES);
  const last = lanes.at(-1);
  const height = AXIS_HEIGHT + (last ? last.top + last.height : 0) + 4;
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const svg = select(made) as unknown as Svg;
  svg
    .attr('class', 'offscreen')
    .attr('width', view.width)
    .attr('height', height)
    .attr('viewBox', `0 0 ${view.width} ${height}`);
  // Only what is in the page has its style sheet.
  document.body.append(made);
  try {
    svg.append('title').text(view.facts.words.chart);
    const paper = svg.append('rect').attr('width', view.width).attr('height', height).node() as SVGElement;
    drawPatterns(svg, 'saved');
    drawAxis(svg, view);
    drawLanes(svg, lanes, view, AXIS_HEIGHT);
    drawNow(svg, view, height, true);
    for (const one of made.querySelectorAll('.ring, .pattern[fill="none"]')) {
      one.remove();
    }
    const all = [...made.querySelectorAll('*')];
    // First all of them: what one is styled by may stand at another.
    for (const one of all) {
      writeOut(one);
    }
    for (const one of all) {
      for (const attribute of OF_THE_SCREEN) {
        one.removeAttribute(attribute);
      }
    }
    paper.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
    made.removeAttribute('class');
    made.removeAttribute('data-patterns');
    return new XMLSerializer().serializeToString(made);
  } finally {
    made.remove();
  }
}

function writeOut(one: Element): void {
  const properties = one.tagName === 'text' ? OF_TEXTS : SHAPES.has(one.tagName) ? OF_SHAPES : [];
  const style = getComputedStyle(one);
  for (const property of properties) {
    const value = style.getPropertyValue(property);
    // Where it is a pattern, it stands there already, and without the page's address.
    if (value !== '' && !value.startsWith('url(')) {
      one.setAttribute(property, value);
    }
  }
}
