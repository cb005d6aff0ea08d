/** Dragging by the browser's own protocol. */

import type { Locator, Page } from 'playwright-core';
import { eventually } from '../support/patience';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Drag {
  /** Moves what is dragged to a point, where the page is told of it once. */
  over(point: Point): Promise<void>;
  drop(point: Point): Promise<void>;
}

/**
 * Presses the mouse button on an element and moves it until the browser starts a drag. Playwright's mouse expects that start right after
 * a move; on a busy machine it comes later, and then the drag is lost to the operating system.
 */
export async function startDrag(page: Page, element: Locator): Promise<Drag> {
  const { x, y } = await placeOf(element);
  const client = await page.context().newCDPSession(page);
  await client.send('Input.setInterceptDrags', { enabled: true });
  type Dispatched = NonNullable<Parameters<typeof client.send<'Input.dispatchDragEvent'>>[1]>;
  let data: Dispatched['data'] | undefined;
  client.once('Input.dragIntercepted', (event) => {
    data = event.data;
  });
  const mouse = (type: 'mouseMoved' | 'mousePressed', at: Point) =>
    client.send('Input.dispatchMouseEvent', { type, ...at, button: 'left', buttons: 1, clickCount: 1 });
  await client.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
  await mouse('mousePressed', { x, y });
  let moves = 0;
  await eventually('the browser starts to drag', async () => {
    moves++;
    await mouse('mouseMoved', { x: x + (moves % 20), y: y + (moves % 5) });
    return data !== undefined;
  });
  const tell = async (type: 'dragEnter' | 'dragOver' | 'drop', point: Point) => {
    await client.send('Input.dispatchDragEvent', { type, ...point, data: data as Dispatched['data'] });
  };
  await tell('dragEnter', { x, y });
  return {
    over: (point) => tell('dragOver', point),
    drop: async (point) => {
      await tell('dragOver', point);
      await tell('drop', point);
      await client.detach();
    },
  };
}

/** Where an element is pointed at: near its beginning, since a row is as wide as the view. */
export async function placeOf(element: Locator): Promise<Point> {
  const box = await element.boundingBox();
  if (!box) {
    throw new Error('There is nothing to point at.');
  }
  return { x: box.x + Math.min(60, box.width / 2), y: box.y + box.height / 2 };
}
