// The printer of a command's result: `-o` formats, or `kind/name operation` with what kind of dry run it was.
// Called by: cli/commands/*. Must not know: any command. Upstream: genericclioptions.PrintFlags, cmdutil.PrintFlagsWithDryRunStrategy.
import { definitionOfKind } from '../machinery/schema.ts';
import { parseGroupVersion, type Unstructured } from '../machinery/types.ts';
import { addZeroValues } from '../machinery/zerovalues.ts';
import type { CommandContext } from './command.ts';
import type { DryRun } from './commandflags.ts';
import type { Printer } from './printer.ts';
import { createPrinter } from './printers.ts';

export interface OperationOptions {
  dryRun?: DryRun;
  /** Objects that the command built itself keep the order of Go's types. */
  isTyped?: boolean;
  /** Replaces --output. */
  output?: string;
}

/** Returns 'scaled', 'scaled (dry run)' or 'scaled (server dry run)'. */
export function operationText(operation: string, dryRun: DryRun = 'none'): string {
  if (dryRun === 'none') return operation;
  return `${operation} ${dryRun === 'client' ? '(dry run)' : '(server dry run)'}`;
}

/** Returns the printer that the command's print flags ask for. @throws NoCompatiblePrinterError. */
export function operationPrinter(context: CommandContext, operation: string, options: OperationOptions = {}): Printer {
  const { flags, factory } = context;
  return createPrinter({
    output: options.output ?? flags.string('output'),
    template: flags.string('template'),
    allowMissingTemplateKeys: flags.bool('allow-missing-template-keys'),
    showManagedFields: flags.bool('show-managed-fields'),
    operation: operationText(operation, options.dryRun),
    isTyped: options.isTyped ?? false,
    cwd: factory.cwd,
    env: factory.env,
  });
}

/** Prints one object on stdout. */
export function printObject(context: CommandContext, printer: Printer, object: Unstructured): void {
  printer.print(object, context.streams.out);
}

/** Returns the object as a Go type of upstream's would show it: with `status: {}`, `resources: {}` and the like. */
export function likeGoType(object: Unstructured): Unstructured {
  const schemaName = definitionOfKind({ ...parseGroupVersion(object.apiVersion), kind: object.kind });
  return schemaName === undefined ? object : addZeroValues(object, schemaName);
}
