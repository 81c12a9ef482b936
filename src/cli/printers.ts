// From --output and --template to a printer: names, JSON, YAML and templates, as most commands offer them.
// Called by: commands. `get` has more formats: printers.get.ts. Must not know: kinds, tables.
// Upstream: cli-runtime/pkg/genericclioptions/print_flags.go and cli-runtime/pkg/printers.
import { marshalJson } from '../machinery/gofmt.ts';
import { quote } from '../machinery/strconv.ts';
import type { TextSink } from '../machinery/table.ts';
import { parseGroupVersion } from '../machinery/types.ts';
import { toKyaml, toYaml } from '../machinery/yaml.ts';
import { isListLike, PrintedWatchEvent, type Printable, type Printer } from './printer.ts';
import { allowedFormats, structuredFormats, type Environment } from './printers.formats.ts';
import { templatePrinter } from './printers.template.ts';

export { allowedFormats, printFlags } from './printers.formats.ts';

export interface PrintOptions {
  /** The value of --output; '' when it was not given. */
  output: string;
  /** The value of --template. */
  template?: string;
  /** Default true. */
  allowMissingTemplateKeys?: boolean;
  showManagedFields?: boolean;
  /** What was done: 'created', 'scaled (dry run)'; printed after `kind/name` when no format is asked for. */
  operation?: string;
  /** For -o json: the objects' fields stand in the order of Go's types and stay so; else they are sorted. */
  isTyped?: boolean;
  /** Folder that the files of -o jsonpath-file= are relative to. */
  cwd: string;
  env?: Environment;
}

/** An output format that no printer has. Its text lists those that the command allows. */
export class NoCompatiblePrinterError extends Error {
  constructor(output: string, allowed: readonly string[]) {
    const formats = [...allowed].sort().join(',');
    super(`unable to match a printer suitable for the output format ${quote(output)}, allowed formats are: ${formats}`);
    this.name = 'NoCompatiblePrinterError';
  }
}

/**
 * Returns the printer for the options. Without a format it prints `kind/name operation`.
 * @throws NoCompatiblePrinterError for an unknown format; Error for a missing or broken template.
 * Upstream: PrintFlags.ToPrinter.
 */
export function createPrinter(options: PrintOptions): Printer {
  const output = options.template && options.output === '' ? 'go-template' : options.output;
  const printer =
    structuredPrinter({ ...options, output }) ??
    namePrinter({ ...options, output }) ??
    templatePrinter({ ...options, output });
  if (!printer) throw new NoCompatiblePrinterError(output, allowedFormats(options.env));
  return printer;
}

/** Returns the JSON, YAML or KYAML printer, undefined for another format. Upstream: JSONYamlPrintFlags. */
export function structuredPrinter(options: PrintOptions): Printer | undefined {
  const output = options.output.toLowerCase();
  if (!structuredFormats(options.env).includes(output)) return undefined;
  const printer = output === 'json' ? jsonPrinter(options.isTyped === true) : yamlPrinter(output === 'kyaml');
  return options.showManagedFields ? printer : withoutManagedFields(printer);
}

/** Returns the printer of names, undefined for another format. Upstream: NamePrintFlags. */
export function namePrinter(options: Pick<PrintOptions, 'output' | 'operation'>): Printer | undefined {
  const output = options.output.toLowerCase();
  if (output !== 'name' && output !== '') return undefined;
  const operation = output === '' && options.operation ? ` ${options.operation}` : '';
  const print = (printable: Printable, out: TextSink): void => {
    const object = printable instanceof PrintedWatchEvent ? printable.object : printable;
    if (isListLike(object)) for (const item of object.items) print(item, out);
    else out.write(`${resourceName(object)}${operation}\n`);
  };
  return { print };
}

/** Returns `pod/x` or `deployment.apps/web`. Upstream: cli-runtime/pkg/printers/name.go. */
function resourceName(object: { apiVersion?: string; kind?: string; metadata?: { name?: string } }): string {
  checkKind(object);
  const { group } = parseGroupVersion(object.apiVersion ?? '');
  const kind = (object.kind ?? '').toLowerCase();
  if (kind === '') throw new Error(`missing kind for resource with name ${object.metadata?.name || '<unknown>'}`);
  return `${kind}${group === '' ? '' : `.${group}`}/${object.metadata?.name || '<unknown>'}`;
}

function checkKind(object: { apiVersion?: string; kind?: string }): void {
  if (object.apiVersion || object.kind) return;
  throw new Error('missing apiVersion or kind; try GetObjectKind().SetGroupVersionKind() if you know the type');
}

function jsonPrinter(keepsOrder: boolean): Printer {
  return {
    print(object, out) {
      if (object instanceof PrintedWatchEvent) out.write(`${marshalJson(eventOf(object), { keepsOrder: true })}\n`);
      else {
        checkKind(object);
        out.write(`${marshalJson(object, { indent: 4, keepsOrder })}\n`);
      }
    },
  };
}

/** The event with its object's fields sorted. */
function eventOf({ type, object }: PrintedWatchEvent): object {
  return { type, object: JSON.parse(marshalJson(object)) as unknown };
}

function yamlPrinter(isKyaml: boolean): Printer {
  let count = 0;
  return {
    print(object, out) {
      const isEvent = object instanceof PrintedWatchEvent;
      if (!isEvent) checkKind(object);
      if (isKyaml) {
        out.write(toKyaml(isEvent ? { type: object.type, object: object.object } : object));
        return;
      }
      if (++count > 1) out.write('---\n');
      out.write(toYaml(isEvent ? { type: object.type, object: object.object } : object));
    },
  };
}

/** Events keep their managed fields: upstream looks for metadata only on the outside. */
function withoutManagedFields(printer: Printer): Printer {
  return {
    print(object, out) {
      if (object instanceof PrintedWatchEvent) printer.print(object, out);
      else if (isListLike(object)) printer.print({ ...object, items: object.items.map(omitManagedFields) }, out);
      else printer.print(omitManagedFields(object), out);
    },
  };
}

function omitManagedFields<T extends object>(object: T): T {
  if (!('metadata' in object) || typeof object.metadata !== 'object' || object.metadata === null) return object;
  if (!('managedFields' in object.metadata)) return object;
  // Not even looked at: a server in this process works it out only then.
  const all = object.metadata as Readonly<Record<string, unknown>>;
  const names = Object.keys(all).filter((name) => name !== 'managedFields');
  return { ...object, metadata: Object.fromEntries(names.map((name) => [name, all[name]])) };
}
