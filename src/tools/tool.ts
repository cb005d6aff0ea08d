/** What a tool of a language model is: MCP and VS Code offer the same ones, each in its own way. */

import * as z from 'zod/mini';
import type { Coordination } from '../coordination/coordination';
import { type CommandName, type Envelope, envelope, refused } from '../core/envelope';
import { quoted, trimmed } from '../core/input';
import { type Here, PlaceError } from '../project/place';
import { briefError } from './brief';
import { errorLines } from './refusal';
import { sayIssues } from './schema';

export interface ToolSurroundings {
  readonly coordination: Coordination;
  /** The project and worktree of a folder, of the one that the surface is in where none is named; undefined for no folder. */
  here(folder?: string): Promise<Here | undefined>;
  /** Who acts where a call does not say. */
  readonly agent: string | undefined;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface ToolAnswer {
  readonly envelope: Envelope<unknown>;
  /** The same in short for a model; text that agents wrote is in it as plain lines. */
  readonly text: string;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For the model: what it does, when to use it and when not. */
  readonly description: string;
  readonly hints: Hints;
  readonly input: z.ZodMiniType;
  /** Never rejects for what a caller gave: that is answered like any other refusal. */
  call(given: unknown, surroundings: ToolSurroundings): Promise<ToolAnswer>;
}

export interface Hints {
  /** Changes nothing. */
  readonly readOnly: boolean;
  /** Ends or replaces something that is there. */
  readonly destructive: boolean;
  /** The same call once more changes nothing more. */
  readonly idempotent: boolean;
}

interface Definition<I extends z.ZodMiniType, T> {
  readonly name: string;
  readonly command: CommandName;
  readonly title: string;
  readonly description: string;
  readonly hints: Hints;
  readonly input: I;
  readonly run: (input: z.infer<I>, surroundings: ToolSurroundings) => Promise<Envelope<T>>;
  readonly lines: (data: T, input: z.infer<I>) => readonly string[];
  /** What of the data a model needs, where that is less than all. */
  readonly brief?: (data: T, input: z.infer<I>) => unknown;
}

/** An argument that cannot be used, told as INVALID_ARGS. */
export class ArgumentError extends Error {}

export function defineTool<I extends z.ZodMiniType, T>(definition: Definition<I, T>): Tool {
  const { name, command, title, description, hints, input, run, lines, brief } = definition;
  const refuse = (message: string): ToolAnswer => {
    const answer = envelope(command, refused('INVALID_ARGS', message));
    return refusal(answer);
  };
  return {
    name,
    title,
    description,
    hints,
    input,
    call: async (given, surroundings) => {
      const parsed = z.safeParse(input, given ?? {});
      if (!parsed.success) {
        return refuse(`${sayIssues(parsed.error.issues)} See the arguments of ${name}.`);
      }
      try {
        const answer = await run(parsed.data, surroundings);
        if (!answer.ok) {
          return refusal(answer);
        }
        const text = lines(answer.data, parsed.data).join('\n');
        return { envelope: brief ? { ...answer, data: brief(answer.data, parsed.data) } : answer, text };
      } catch (error) {
        if (error instanceof ArgumentError || error instanceof PlaceError) {
          return refuse(error.message);
        }
        throw error;
      }
    },
  };
}

function refusal(answer: Envelope<unknown>): ToolAnswer {
  return answer.ok
    ? { envelope: answer, text: '' }
    : { envelope: { ...answer, error: briefError(answer.error) }, text: errorLines(answer.error).join('\n') };
}

/** Who acts. @throws ArgumentError where neither the call nor its surroundings say */
export function actor(agent: string | undefined, surroundings: ToolSurroundings): string {
  const acting = trimmed(agent) || surroundings.agent;
  if (!acting) {
    throw new ArgumentError(
      'Missing agent: say who you are by the argument "agent", the id of a registered agent. register_agent registers one.',
    );
  }
  return acting;
}

/** Which project and worktree are meant. @throws ArgumentError where that cannot be told */
export async function placeFor(folder: string | undefined, surroundings: ToolSurroundings): Promise<Here> {
  const here = await surroundings.here(folder);
  if (!here) {
    throw new ArgumentError(
      folder === undefined
        ? 'Missing folder: no folder is open, so name one by the argument "folder".'
        : `There is no folder ${quoted(folder)}: name one of the project by its absolute path, or leave "folder" out.`,
    );
  }
  return here;
}
