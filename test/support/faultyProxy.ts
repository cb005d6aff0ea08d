/**
 * Stands between a client and its server, and does something to the connection at a certain message of the protocol, counted
 * from when it was told to, in one direction over all connections.
 */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** `silence`: nothing more is carried, and nobody is told. `delay`: it is carried later. */
export type Fault = 'cut' | 'reset' | 'silence' | 'delay';
export type Direction = 'toServer' | 'toClient';

export interface Order {
  readonly fault: Fault;
  readonly direction: Direction;
  /** How many messages go through before it. */
  readonly after: number;
}

const DELAY_MS = 300;

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  isSilent: boolean;
}

export class FaultyProxy {
  private order: (Order & { left: number }) | undefined;
  private readonly sockets = new Set<Socket>();
  /** Whoever connects is taken, and never answered. */
  isMute = false;

  private constructor(
    private readonly listener: Server,
    private readonly target: number,
  ) {}

  static async start(target: number): Promise<FaultyProxy> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const proxy = new FaultyProxy(listener, target);
    listener.on('connection', (socket) => proxy.carry(socket));
    return proxy;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** One order at a time, which is carried out once. */
  arm(order: Order): void {
    this.order = { ...order, left: order.after };
  }

  /** @returns whether the order was carried out */
  disarm(): boolean {
    const isDone = this.order === undefined;
    this.order = undefined;
    return isDone;
  }

  close(): void {
    this.listener.close();
    this.cutAll();
  }

  cutAll(): void {
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  private carry(client: Socket): void {
    const server = connect(this.target, '127.0.0.1');
    const pair: Pair = { client, server, isSilent: false };
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        // What was carried already still arrives.
        other.end();
      });
    }
    this.passOn(pair, 'toServer', client, server);
    this.passOn(pair, 'toClient', server, client);
  }

  private passOn(pair: Pair, direction: Direction, from: Socket, to: Socket): void {
    // The first message of a client has no type.
    let isFirst = direction === 'toServer';
    let waiting = Buffer.alloc(0);
    from.on('data', (data: Buffer) => {
      waiting = Buffer.concat([waiting, data]);
      for (;;) {
        const header = isFirst ? 0 : 1;
        const length = waiting.length < header + 4 ? Infinity : header + waiting.readUInt32BE(header);
        if (waiting.length < length || pair.isSilent || this.isMute) {
          return;
        }
        const message = waiting.subarray(0, length);
        waiting = waiting.subarray(length);
        isFirst = false;
        const fault = this.faultNow(direction);
        if (fault === 'cut' || fault === 'reset') {
          end(pair, fault);
          return;
        }
        if (fault === 'silence') {
          pair.isSilent = true;
          return;
        }
        if (fault === 'delay') {
          from.pause();
          setTimeout(() => {
            to.write(message);
            from.resume();
            from.emit('data', Buffer.alloc(0));
          }, DELAY_MS);
          return;
        }
        to.write(message);
      }
    });
  }

  private faultNow(direction: Direction): Fault | undefined {
    const { order } = this;
    if (order?.direction !== direction || order.left-- > 0) {
      return undefined;
    }
    this.order = undefined;
    return order.fault;
  }
}

function end({ client, server }: Pair, fault: 'cut' | 'reset'): void {
  if (fault === 'cut') {
    client.end();
    server.end();
  } else {
    client.resetAndDestroy();
    server.resetAndDestroy();
  }
}
