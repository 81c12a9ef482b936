// The printer of -o go-template.
// Called by: cli/printers.template.ts. Must not know: other formats.
import type { Printer } from './printer.ts';

export function goTemplatePrinter(_template: string, _options: { allowMissingKeys: boolean }): Printer {
  throw new Error('go-template: not available yet');
}
