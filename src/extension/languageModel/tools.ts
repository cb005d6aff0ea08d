/** The tools that VS Code offers to the language models of this window, unless the person prefers the MCP server or neither. */

import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { findHereIfFolder } from '../../project/place';
import type { Tool, ToolSurroundings } from '../../tools/tool';
import type { TOOLS } from '../../tools/tools';
import { CONFIGURATION } from '../contributions';
import type { LiveStore } from '../liveStore';
import { folderHere } from '../scopes';
import { chatTools, configuredAgent } from '../settings';
import { confirmation, progress } from './confirmation';

/** What package.json says of a tool, as far as it is needed. */
interface Contributed {
  readonly name: string;
  readonly toolReferenceName: string;
}

export class LanguageModelTools implements vscode.Disposable {
  private registered: vscode.Disposable | undefined;
  private readonly subscription = vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(CONFIGURATION)) {
      this.update();
    }
  });

  private readonly contributed: readonly Contributed[];

  constructor(
    { extension }: vscode.ExtensionContext,
    private readonly live: LiveStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.contributed = extension.packageJSON.contributes.languageModelTools;
    this.update();
  }

  dispose(): void {
    this.subscription.dispose();
    this.registered?.dispose();
  }

  private update(): void {
    if (chatTools() !== 'tools') {
      this.registered?.dispose();
      this.registered = undefined;
    } else {
      this.registered ??= vscode.Disposable.from(
        ...this.contributed.map(({ name, toolReferenceName }) =>
          vscode.lm.registerTool(name, this.offered(toolReferenceName)),
        ),
      );
    }
  }

  private offered(name: string): vscode.LanguageModelTool<unknown> {
    return {
      prepareInvocation: ({ input }) => {
        const tool = load(name);
        return {
          invocationMessage: progress(tool),
          ...(tool.hints.readOnly ? {} : { confirmationMessages: confirmation(tool, input, configuredAgent()) }),
        };
      },
      invoke: async ({ input }, token) => {
        const tool = load(name);
        const { text, envelope } = await withSignal(token, (signal) => tool.call(input, this.surroundings(signal)));
        if (!envelope.ok) {
          this.log.info(`${tool.name}: ${envelope.error.code}: ${envelope.error.message}`);
        }
        // A refusal is an answer too: what to do next stands in it.
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      },
    };
  }

  private surroundings(signal: AbortSignal): ToolSurroundings {
    const folder = folderHere()?.uri;
    const cwd = folder?.scheme === 'file' ? folder.fsPath : undefined;
    return {
      coordination: this.live.coordination,
      here: async (named) =>
        cwd === undefined && named === undefined ? undefined : await findHereIfFolder(cwd ?? homedir(), named),
      agent: configuredAgent(),
      signal,
    };
  }
}

/** From a bundle of its own: in most windows no tool is ever called. */
function load(name: string): Tool {
  const tools = createRequire(__filename)('./tools.js') as { readonly TOOLS: typeof TOOLS };
  const found = tools.TOOLS.find((tool) => tool.name === name);
  if (!found) {
    throw new Error(`There is no tool ${name}.`);
  }
  return found;
}

async function withSignal<T>(token: vscode.CancellationToken, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    subscription.dispose();
  }
}
