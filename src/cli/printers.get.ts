// From the flags of `get` to a printer: everything other commands have, and tables, `wide` and custom columns besides.
// Called by: commands/get. Must not know: the server.
// Upstream: kubectl pkg/cmd/get/{get_flags,humanreadable_flags}.go.
import { namePrinter, NoCompatiblePrinterError, structuredPrinter, type PrintOptions } from './printers.ts';
import { customColumnsPrinter } from './printers.customcolumns.ts';
import { getFormats } from './printers.formats.ts';
import { templatePrinter } from './printers.template.ts';
import type { Printer } from './printer.ts';
import { TablePrinter, type TablePrinterOptions } from './tableprinter.ts';

export type GetPrintOptions = PrintOptions & TablePrinterOptions;

/** @throws NoCompatiblePrinterError for an unknown format; Error for a missing or broken template. */
export function createGetPrinter(given: GetPrintOptions): Printer {
  const options = given.template && given.output === '' ? { ...given, output: 'go-template' } : given;
  const { output } = options;
  const printer =
    templatePrinter(options) ??
    structuredPrinter(options) ??
    (output === '' || output === 'wide' ? new TablePrinter({ ...options, wide: output === 'wide' }) : undefined) ??
    customColumnsPrinter(options) ??
    namePrinter({ output });
  if (!printer) throw new NoCompatiblePrinterError(output, getFormats(options.env));
  return printer;
}
