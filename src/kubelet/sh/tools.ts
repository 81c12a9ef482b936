// The programs that containers find in their images, as far as scripts and probes use them.
// Called by: interpreter, builtins. Must not know: which image has which program.
import type { Tool, ToolIO, Wait } from './host.ts';
import { InputNeeded } from './streams.ts';
import { fileTools } from './tools.files.ts';
import { filterTools } from './tools.filters.ts';
import { netTools } from './tools.net.ts';
import { systemTools } from './tools.system.ts';
import { shellTool, testTool } from './tools.test.ts';
import { textTools } from './tools.text.ts';

export const tools: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  ...Object.entries(textTools),
  ...Object.entries(filterTools),
  ...Object.entries(fileTools),
  ...Object.entries(systemTools),
  ...Object.entries(netTools),
  ['test', testTool],
  ['[', testTool],
  ['[[', testTool],
  ['sh', shellTool],
  ['ash', shellTool],
  ['dash', shellTool],
  ['bash', shellTool],
]);

/** Runs a tool; one that reads what has not come yet runs again when there is more. */
export function* runTool(tool: Tool, io: ToolIO): Generator<Wait, number, void> {
  for (;;) {
    try {
      const result = tool(io);
      return typeof result === 'number' ? result : yield* result;
    } catch (error) {
      if (!(error instanceof InputNeeded)) throw error;
      yield { kind: 'input' };
    }
  }
}
