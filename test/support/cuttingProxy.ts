/** Stands between a client and its server, and cuts the connection at the very moment of a commit. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** How a client writes COMMIT: a simple query. */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

/** `before`: the server never sees the commit. `after`: it does it, and the answer is lost. */
export type Cut = 'before' | 'after';

export class CuttingProxy {
  private cut: Cut | undefined;
  private isShut = false;
  private readonly sockets = new Set<Socket>();
  cuts = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async start(target: number): Promise<CuttingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CuttingProxy(server, target);
    server.on('connection', (socket) => proxy.carry(socket));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** At the next commit; `andShut`: nobody gets through after it, until {@link reopen}. */
  cutNext(cut: Cut, { andShut = false } = {}): void {
    this.cut = cut;
    this.shutAfter = andShut;
  }

  reopen(): void {
    this.isShut = false;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) {
      socket.destroy();
    }
  }

  private shutAfter = false;

  private carry(client: Socket): void {
    if (this.isShut) {
      client.destroy();
      return;
    }
    const server = connect(this.target, '127.0.0.1');
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    server.on('data', (data) => client.write(data));
    client.on('data', (data) => {
      const { cut } = this;
      if (cut === undefined || !data.includes(COMMIT)) {
        server.write(data);
        return;
      }
      this.cut = undefined;
      this.isShut = this.shutAfter;
      this.cuts++;
      if (cut === 'before') {
        client.destroy();
        return;
      }
      // The server does it, and nobody hears of it.
      client.pause();
      server.removeAllListeners('data');
      server.write(data);
      server.once('data', () => {
        setTimeout(() => client.destroy(), 10);
      });
    });
  }
}
