/** What is reserved and what was written, to read and to follow. */

import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import type { Coordination } from '../coordination/coordination';
import type { Watched } from '../coordination/watching';
import type { Envelope } from '../core/envelope';

const SCHEME = 'agent-reservations://';
export const RESERVATIONS = `${SCHEME}reservations`;
export const MESSAGES = `${SCHEME}messages`;
const MIME_TYPE = 'application/json';

/**
 * Adds the resources, and tells of their changes: in a connection of 2025 those that the client has subscribed to; in one of
 * 2026 all that are here to follow, of which the library passes on what the client listens to.
 */
export function addResources(
  server: McpServer,
  coordination: Coordination,
  agent: string | undefined,
  era: 'legacy' | 'modern',
): void {
  server.registerResource(
    'reservations',
    RESERVATIONS,
    {
      title: 'Reservations',
      description: 'What agents hold now, in all projects, and the messages that wait for an acknowledgement.',
      mimeType: MIME_TYPE,
    },
    async ({ href }) => contents(href, await coordination.status({ readOnly: true })),
  );
  server.registerResource(
    'messages',
    MESSAGES,
    { title: 'Messages', description: 'The messages that wait for an acknowledgement.', mimeType: MIME_TYPE },
    async ({ href }) => {
      const status = await coordination.status({ readOnly: true });
      return contents(href, status.ok ? { ...status, data: status.data.unacked_required_messages } : status);
    },
  );
  server.registerResource(
    'messages of an agent',
    new ResourceTemplate(`${MESSAGES}/{agent}`, { list: undefined }),
    { title: 'Messages of an agent', description: 'The messages to an agent, newest first.', mimeType: MIME_TYPE },
    async ({ href }, variables) => contents(href, await coordination.inbox({ agent: String(variables['agent']) })),
  );
  const following = new Following(coordination, (uri) => {
    // A client that has just gone away needs to be told nothing.
    server.server.sendResourceUpdated({ uri }).catch(() => undefined);
  });
  server.server.onclose = () => following.dispose();
  if (era === 'modern') {
    for (const uri of [RESERVATIONS, MESSAGES, ...(agent ? [`${MESSAGES}/${agent}`] : [])]) {
      void following.add(uri);
    }
    return;
  }
  server.server.setRequestHandler('resources/subscribe', async ({ params }) => {
    await following.add(params.uri);
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    following.remove(params.uri);
    return {};
  });
}

/** The envelope's data; a refusal is a failure of the request. */
function contents(uri: string, envelope: Envelope<unknown>) {
  if (!envelope.ok) {
    throw new Error(`${envelope.error.code}: ${envelope.error.message}`);
  }
  return { contents: [{ uri, mimeType: MIME_TYPE, text: JSON.stringify(envelope.data, null, 2) }] };
}

class Following {
  private readonly watched = new Map<string, Promise<Envelope<Watched>>>();
  private isOver = false;

  constructor(
    private readonly coordination: Coordination,
    private readonly tell: (uri: string) => void,
  ) {}

  /** @throws Error where there is no such resource, or no such agent */
  async add(uri: string): Promise<void> {
    const agent = uri.startsWith(`${MESSAGES}/`) ? uri.slice(MESSAGES.length + 1) : undefined;
    if (agent === undefined && uri !== RESERVATIONS && uri !== MESSAGES) {
      throw new Error(`There is no resource ${JSON.stringify(uri)}: see resources/list.`);
    }
    const isAboutMessages = uri !== RESERVATIONS;
    const begun =
      this.watched.get(uri) ??
      this.coordination.watch({
        agent,
        onEvent: (event) => {
          const isMessage = 'message' in event;
          // What is reserved is shown with the messages that wait.
          if (this.watched.has(uri) && (!isAboutMessages || isMessage)) {
            this.tell(uri);
          }
        },
      });
    this.watched.set(uri, begun);
    const envelope = await begun;
    if (!envelope.ok) {
      this.watched.delete(uri);
      throw new Error(`${envelope.error.code}: ${envelope.error.message}`);
    }
    if (this.isOver) {
      envelope.data.dispose();
    }
  }

  remove(uri: string): void {
    const watched = this.watched.get(uri);
    this.watched.delete(uri);
    void watched?.then((envelope) => envelope.ok && envelope.data.dispose());
  }

  dispose(): void {
    this.isOver = true;
    for (const uri of [...this.watched.keys()]) {
      this.remove(uri);
    }
  }
}
