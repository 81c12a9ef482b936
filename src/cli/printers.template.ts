// Printers that follow a template of the user's: -o jsonpath…, -o go-template… .
// Called by: cli/printers.ts and cli/printers.get.ts. Must not know: other formats.
// Upstream: cli-runtime/pkg/genericclioptions/{jsonpath_flags,template_flags}.go, cli-runtime/pkg/printers/{jsonpath,template}.go.
import { codeOf, goFileError } from '../machinery/goerrno.ts';
import { goSyntax } from '../machinery/gofmt.ts';
import { parseJsonPath, type JsonPath } from '../machinery/jsonpath.ts';
import { quote } from '../machinery/strconv.ts';
import { PrintedWatchEvent, type Printable, type Printer } from './printer.ts';
import { goTemplateFormats, templateFormats } from './printers.formats.ts';
import { goTemplatePrinter } from './printers.gotemplate.ts';

export interface TemplateOptions {
  output: string;
  template?: string;
  allowMissingTemplateKeys?: boolean;
  cwd: string;
}

/**
 * Returns the printer, undefined when the format takes no template.
 * @throws Error `template format specified but no template given`, `error parsing jsonpath …, …`.
 */
export function templatePrinter(options: TemplateOptions): Printer | undefined {
  const { format, text } = splitFormat(options);
  if (!templateFormats.includes(format)) return undefined;
  if (text === '') throw new Error('template format specified but no template given');
  const isFile = format === 'templatefile' || format.endsWith('-file');
  const template = isFile ? readTemplate(text, options.cwd) : text;
  if (goTemplateFormats.includes(format)) {
    return goTemplatePrinter(template, { allowMissingKeys: options.allowMissingTemplateKeys ?? true });
  }
  return jsonPathPrinter(template, {
    allowMissingKeys: options.allowMissingTemplateKeys ?? true,
    outputJson: format === 'jsonpath-as-json',
  });
}

/** 'jsonpath={.kind}' → its two parts; with --template the format is taken as it stands. */
function splitFormat({ output, template = '' }: TemplateOptions): { format: string; text: string } {
  const at = output.indexOf('=');
  if (template !== '' || at < 0 || !templateFormats.includes(output.slice(0, at))) {
    return { format: output, text: template };
  }
  return { format: output.slice(0, at), text: output.slice(at + 1) };
}

function readTemplate(file: string, cwd: string): string {
  try {
    return readTextFile(file, cwd);
  } catch (error) {
    throw new Error(`error reading --template ${file}, ${(error as Error).message}`, { cause: error });
  }
}

/** Returns the file's text. @throws Error with Go's text: `open x: no such file or directory`. */
export function readTextFile(file: string, cwd: string): string {
  const fs = process.getBuiltinModule('node:fs');
  const path = process.getBuiltinModule('node:path');
  try {
    return fs.readFileSync(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new Error(goFileError(codeOf(error) === 'EISDIR' ? 'read' : 'open', file, error), { cause: error });
  }
}

function jsonPathPrinter(template: string, options: { allowMissingKeys: boolean; outputJson: boolean }): Printer {
  let path: JsonPath;
  try {
    path = parseJsonPath(template, options);
  } catch (error) {
    throw new Error(`error parsing jsonpath ${template}, ${(error as Error).message}`, { cause: error });
  }
  return {
    print(printable, out) {
      const data = dataOf(printable);
      try {
        out.write(path.execute(data));
      } catch (error) {
        throw new Error(executionError(template, data, error as Error), { cause: error });
      }
    },
  };
}

function executionError(template: string, data: unknown, error: Error): string {
  return (
    `error executing jsonpath ${quote(template)}: Error executing template: ${error.message}. ` +
    'Printing more information for debugging the template:\n' +
    `\ttemplate was:\n\t\t${template}\n` +
    `\tobject given to jsonpath engine was:\n\t\t${goSyntax(data)}\n\n\n`
  );
}

/** Returns what templates are executed on. */
export function dataOf(printable: Printable): object {
  return printable instanceof PrintedWatchEvent ? { type: printable.type, object: printable.object } : printable;
}
