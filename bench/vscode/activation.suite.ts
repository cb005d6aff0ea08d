/** Runs inside VS Code: adds to the figures how long the extension took to load and to be activated there. */

import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Figures, Line } from './figures';

export async function run(): Promise<void> {
  await vscode.extensions.getExtension('agent-reservations.agent-reservations')?.activate();
  const { agentReservationsActivation: activation } = globalThis as unknown as {
    agentReservationsActivation: Figures['activations'][number];
  };
  const line: Line = { activation };
  appendFileSync(process.env['AGENT_RESERVATIONS_BENCH_FIGURES'] ?? '', `${JSON.stringify(line)}\n`);
}
