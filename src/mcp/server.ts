/** The tools and resources as an MCP server: one for each connection. */

import { fileURLToPath } from 'node:url';
import { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod/mini';
import type { Coordination } from '../coordination/coordination';
import { findHereIfFolder, type Here, isBelow } from '../project/place';
import type { Tool, ToolAnswer } from '../tools/tool';
import { TOOLS } from '../tools/tools';
import { addResources } from './resources';

/** How long a client may take to say which folders it works in, in ms. */
const ROOTS_TIMEOUT_MS = 2_000;

export interface Served {
  readonly coordination: Coordination;
  readonly cwd: string;
  /** Who acts where a call does not say. */
  readonly agent: string | undefined;
  readonly version: string;
  /** Where to say what no answer can: standard output is the protocol's. */
  readonly log: (message: string) => void;
}

type Era = 'legacy' | 'modern';

/** At most 200 characters: Codex cuts longer ones. */
const INSTRUCTIONS =
  'Other agents edit the same files. Before you edit, call reserve_scope; if it is refused, do not edit. ' +
  'Call release_scope once the work is committed. Begin with list_messages.';

/** Every answer is the envelope that all surfaces give. */
const ENVELOPE = z.object({
  ok: z.boolean(),
  command: z.string(),
  data: z.union([z.looseObject({}), z.array(z.looseObject({})), z.null()]),
  error: z.nullable(z.looseObject({ code: z.string(), message: z.string(), next: z.optional(z.string()) })),
});

/** @param era which revisions of the protocol the connection speaks: up to 2025, or from 2026 on */
export function createServer(served: Served, era: Era): McpServer {
  const { coordination, cwd, agent, version, log } = served;
  const server = new McpServer(
    { name: 'agent-reservations', title: 'Agent Reservations', version },
    {
      instructions: INSTRUCTIONS,
      capabilities: { tools: { listChanged: false }, resources: { subscribe: true, listChanged: false } },
    },
  );
  const here = async (folder?: string): Promise<Here | undefined> =>
    await findHereIfFolder(cwd, folder ?? (era === 'legacy' ? await rootOfClient(server, cwd) : undefined));
  const resources = addResources(server, { coordination, agent, era, log });
  for (const tool of TOOLS) {
    server.registerTool(tool.name, registration(tool), async (given, { mcpReq }) => {
      const answer = await tool.call(given, { coordination, here, agent, signal: mcpReq.signal });
      // The agent may have registered by it, or a store that could not be read may be there by now.
      resources.followAll();
      return result(answer);
    });
  }
  return server;
}

function registration({ title, description, hints, input }: Tool) {
  return {
    title,
    description,
    inputSchema: passing(input),
    outputSchema: {
      '~standard': { ...ENVELOPE['~standard'], jsonSchema: jsonSchemaOf(ENVELOPE) },
    },
    annotations: {
      title,
      readOnlyHint: hints.readOnly,
      destructiveHint: hints.destructive,
      idempotentHint: hints.idempotent,
      // The store is all that there is.
      openWorldHint: false,
    },
  };
}

/** Shown to clients as it is; what does not fit is refused by the tool, with a code and the next step. */
function passing(schema: z.ZodMiniType) {
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'agent-reservations',
      validate: (value: unknown) => ({ value }),
      jsonSchema: jsonSchemaOf(schema),
    },
  };
}

function jsonSchemaOf(schema: z.ZodMiniType) {
  const convert = () =>
    z.toJSONSchema(schema, {
      override: ({ jsonSchema }) => {
        // Some clients take an empty schema for a mistake.
        if (JSON.stringify(jsonSchema.additionalProperties) === '{}') {
          jsonSchema.additionalProperties = true;
        }
      },
    }) as Record<string, unknown>;
  return { input: convert, output: convert };
}

function result({ envelope, text }: ToolAnswer) {
  return {
    content: [{ type: 'text' as const, text }],
    structuredContent: { ...envelope },
    ...(envelope.ok ? {} : { isError: true }),
  };
}

/** The folder that the client works in, where it says so: the one that this process is in, else the first. */
async function rootOfClient(server: McpServer, cwd: string): Promise<string | undefined> {
  if (!server.server.getClientCapabilities()?.roots) {
    return undefined;
  }
  const { roots } = await server.server
    .listRoots(undefined, { timeout: ROOTS_TIMEOUT_MS })
    .catch(() => ({ roots: [] as readonly { readonly uri: string }[] }));
  const folders = roots.flatMap(({ uri }) => folderOf(uri) ?? []);
  const areAround = await Promise.all(folders.map((folder) => isBelow(folder, cwd)));
  return areAround.includes(true) ? undefined : folders[0];
}

/** Undefined for what is no folder of this machine, such as one of a share. */
function folderOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
