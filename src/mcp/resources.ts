/** What is reserved and what was written, to read and to follow. */

import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import type { Coordination } from '../coordination/coordination';
import type { Watched } from '../coordination/watching';
import type { Envelope } from '../core/envelope';
import { inBackground } from '../util/background';

const SCHEME = 'agent-reservations://';
export const RESERVATIONS = `${SCHEME}reservations`;
export const MESSAGES = `${SCHEME}messages`;
const MIME_TYPE = 'application/json';

interface ResourceNeeds {
  readonly coordination: Coordination;
  /** Whose messages are followed. */
  readonly agent: string | undefined;
  readonly era: 'legacy' | 'modern';
  readonly log: (message: string) => void;
}

export interface Resources {
  /** Follows what should be followed and could not be so far: an agent that was not registered, a store that could not be read. */
  followAll(): void;
}

/**
 * Adds the resources, and tells of their changes: in a connection of 2025 those that the client has subscribed to; in one of
 * 2026 all that are here to follow, of which the library passes on what the client listens to.
 */
export function addResources(server: McpServer, { coordination, agent, era, log }: ResourceNeeds): Resources {
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
    const wanted = [RESERVATIONS, MESSAGES, ...(agent ? [`${MESSAGES}/${agent}`] : [])];
    const told = new Set<string>();
    const onFailure = (error: unknown) => {
      const message = `Changes are not told: ${error instanceof Error ? error.message : String(error)}`;
      if (!told.has(message)) {
        told.add(message);
        log(message);
      }
    };
    const followAll = () => {
      for (const uri of wanted.filter((one) => !following.has(one))) {
        inBackground(following.add(uri), onFailure);
      }
    };
    followAll();
    return { followAll };
  }
  server.server.setRequestHandler('resources/subscribe', async ({ params }) => {
    await following.add(params.uri);
    return {};
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    following.remove(params.uri);
    return {};
  });
  // Here the client asks for each, and is told where it fails.
  return { followAll: () => undefined };
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

  /** Whether it is followed, or is about to be. */
  has(uri: string): boolean {
    return this.watched.has(uri) || this.isOver;
  }

  remove(uri: string): void {
    const watched = this.watched.get(uri);
    this.watched.delete(uri);
    if (watched) {
      inBackground(
        watched.then((envelope) => envelope.ok && envelope.data.dispose()),
        // Who asked to follow was told that it failed; there is nothing to end.
        () => undefined,
      );
    }
  }

  dispose(): void {
    this.isOver = true;
    for (const uri of [...this.watched.keys()]) {
      this.remove(uri);
    }
  }
}
