/**
 * Following the changes of a namespace by the server's own notifications, on a connection that does nothing else. Where
 * it is lost it is made anew, and everything counts as changed: what was told meanwhile, nobody has heard.
 */

import type { Client } from 'pg';
import { inBackground } from '../../util/background';
import type { StorePart, Watching } from '../store';
import { backoffMs } from './breaker';
import type { Namespace } from './namespace';
import { CHANNEL, toldParts } from './notification';

const EVERYTHING: ReadonlySet<StorePart> = new Set(['reservations', 'messages', 'agents']);
/** So often it is looked whether the connection still stands: a server that vanishes does not say so. */
const LOOK_MS = 30_000;

type OnChange = (parts: ReadonlySet<StorePart>) => void;

export class Listening {
  private readonly callbacks = new Set<OnChange>();
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;
  private attempt = 0;

  constructor(
    private readonly connect: () => Client,
    private readonly namespace: Namespace,
  ) {}

  watch(onChange: OnChange): Watching {
    // One function may watch twice, and each time counts.
    const callback: OnChange = (parts) => onChange(parts);
    this.callbacks.add(callback);
    if (this.callbacks.size === 1) {
      this.beginSoon();
    } else if (this.client) {
      // What changed before it was there, it may have missed.
      setImmediate(() => this.callbacks.has(callback) && callback(EVERYTHING));
    }
    return {
      dispose: () => {
        this.callbacks.delete(callback);
        if (this.callbacks.size === 0) {
          inBackground(this.end(), () => undefined);
        }
      },
    };
  }

  async close(): Promise<void> {
    this.callbacks.clear();
    await this.end();
  }

  /** Where not even a connection can be made, as of an address whose certificate is gone, it is tried again later. */
  private beginSoon(): void {
    inBackground(this.begin(), () => (this.client ? this.lost(this.client) : this.beginLater()));
  }

  private async begin(): Promise<void> {
    const client = this.connect();
    this.client = client;
    client.on('notification', ({ payload = '' }) => {
      const parts = toldParts(this.namespace, payload);
      if (parts.size > 0 && this.client === client) {
        this.tell(parts);
      }
    });
    client.on('error', () => this.lost(client));
    client.on('end', () => this.lost(client));
    try {
      await client.connect();
      unref(client);
      await client.query(`listen ${CHANNEL}`);
    } catch {
      this.lost(client);
      return;
    }
    if (this.client !== client) {
      return;
    }
    this.attempt = 0;
    this.look(client);
    this.tell(EVERYTHING);
  }

  private look(client: Client): void {
    this.timer = setTimeout(() => {
      client.query('select 1').then(
        () => this.client === client && this.look(client),
        () => this.lost(client),
      );
    }, LOOK_MS).unref();
  }

  /** Whoever watches is told, so that it may say that it cannot know any more. */
  private lost(client: Client): void {
    if (this.client !== client) {
      return;
    }
    this.client = undefined;
    clearTimeout(this.timer);
    // It is gone already: that it cannot be closed either is no news.
    inBackground(client.end(), () => undefined);
    this.beginLater();
  }

  private beginLater(): void {
    if (this.callbacks.size === 0) {
      return;
    }
    if (this.attempt === 0) {
      this.tell(EVERYTHING);
    }
    this.timer = setTimeout(
      () => {
        if (this.callbacks.size > 0 && !this.client) {
          this.beginSoon();
        }
      },
      backoffMs(this.attempt++),
    ).unref();
  }

  private tell(parts: ReadonlySet<StorePart>): void {
    for (const callback of [...this.callbacks]) {
      callback(parts);
    }
  }

  private async end(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    clearTimeout(this.timer);
    await client?.end().catch(() => undefined);
  }
}

/** So that it keeps no process from ending. The types do not know it. */
function unref(client: Client): void {
  (client as Client & { unref(): void }).unref();
}
