// The flags of `get`, and what they come to.
// Called by: commands/get.ts, commands/get.watch.ts. Must not know: the server.
// Upstream: kubectl pkg/cmd/get/{get,get_flags,humanreadable_flags}.go.
import type { RESTMapping } from '../../client/types.ts';
import type { CommandContext, FlagSpec } from '../command.ts';
import {
  allNamespacesFlag,
  chunkSizeFlag,
  fieldSelectorFlag,
  filenameFlags,
  selectorFlag,
  subresourceFlag,
} from '../commandflags.ts';
import { UsageError } from '../errors.ts';
import type { Printer } from '../printer.ts';
import { getFormats, printFlags } from '../printers.formats.ts';
import { TablePrinter, type TablePrinterOptions } from '../tableprinter.ts';

/** Returns the flags, sorted as the help sorts them by itself. */
export function getFlags(): FlagSpec[] {
  return [
    ...printFlags('', getFormats()),
    {
      name: 'no-headers',
      type: 'bool',
      default: 'false',
      usage: 'Leave out the headers of tables and custom columns.',
    },
    { name: 'show-labels', type: 'bool', default: 'false', usage: 'Show all labels in a last column.' },
    { name: 'show-kind', type: 'bool', default: 'false', usage: 'Put the kind in front of names.' },
    {
      name: 'sort-by',
      type: 'string',
      default: '',
      usage: "JSONPath of a field to sort by, such as '{.metadata.name}'. It must hold a number or a text.",
    },
    {
      name: 'label-columns',
      shorthand: 'L',
      type: 'stringSlice',
      default: '[]',
      usage: 'Labels to show in columns of their own, separated by commas; may be repeated.',
    },
    { name: 'raw', type: 'string', default: '', usage: 'Path to ask the server for; its answer is printed as it is.' },
    {
      name: 'watch',
      shorthand: 'w',
      type: 'bool',
      default: 'false',
      usage: 'List, then print each change as it comes.',
    },
    { name: 'watch-only', type: 'bool', default: 'false', usage: 'Print changes as they come, without listing first.' },
    {
      name: 'output-watch-events',
      type: 'bool',
      default: 'false',
      usage: 'With --watch or --watch-only, print the events; what exists counts as ADDED.',
    },
    {
      name: 'ignore-not-found',
      type: 'bool',
      default: 'false',
      usage: 'Treat a named object that does not exist as found nothing.',
    },
    fieldSelectorFlag(),
    allNamespacesFlag(),
    { name: 'server-print', type: 'bool', default: 'true', usage: 'Let the server lay out the table.' },
    ...filenameFlags('that names what to get'),
    chunkSizeFlag(),
    selectorFlag(),
    subresourceFlag('Get this subresource of the object.'),
  ];
}

/** What one `get` is to do. */
export interface GetOptions {
  output: string;
  namespace: string;
  isEnforced: boolean;
  allNamespaces: boolean;
  watch: boolean;
  watchOnly: boolean;
  outputWatchEvents: boolean;
  sortBy: string;
  ignoreNotFound: boolean;
  noHeaders: boolean;
  chunkSize: number;
  /** Tables are asked of the server. */
  serverPrint: boolean;
  /** What is printed is a table, whoever lays it out. */
  isHumanReadable: boolean;
}

/**
 * Returns the options. Warns on stderr of flags that a watch does not heed.
 * @throws UsageError when nothing says what to get. Upstream: GetOptions.Complete.
 */
export async function completeGet(context: CommandContext): Promise<GetOptions> {
  const { flags, factory, streams } = context;
  const output = flags.string('output');
  const allNamespaces = flags.bool('all-namespaces');
  const { namespace, isEnforced } = await factory.namespace();
  const options: GetOptions = {
    output,
    namespace,
    isEnforced: isEnforced && !allNamespaces,
    allNamespaces,
    watch: flags.bool('watch'),
    watchOnly: flags.bool('watch-only'),
    outputWatchEvents: flags.bool('output-watch-events'),
    sortBy: flags.string('sort-by'),
    ignoreNotFound: flags.bool('ignore-not-found'),
    noHeaders: flags.bool('no-headers'),
    chunkSize: flags.int('chunk-size'),
    serverPrint:
      flags.bool('server-print') && !output.includes('custom-columns') && output !== 'yaml' && !output.includes('json'),
    isHumanReadable: output === 'wide' || (output === '' && flags.string('template') === ''),
  };
  if (options.watch || options.watchOnly) {
    const warning = options.watch
      ? 'warning: --watch requested, --sort-by will be ignored for watch events received\n'
      : 'warning: --watch-only requested, --sort-by will be ignored\n';
    if (options.sortBy !== '') streams.err.write(warning);
  } else if (context.args.length === 0 && flags.strings('filename').length === 0 && flags.string('kustomize') === '') {
    streams.err.write(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw new UsageError(
      'Required resource not specified.\n' +
        'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
      context.commandPath,
    );
  }
  return options;
}

/** @throws Error for flags that contradict each other. Upstream: GetOptions.Validate. */
export function validateGet({ flags }: CommandContext): void {
  const output = flags.string('output');
  const raw = flags.string('raw');
  const isWatch = flags.bool('watch') || flags.bool('watch-only');
  if (raw !== '') {
    if (isWatch || flags.string('selector') !== '')
      throw new Error('--raw may not be specified with other flags that filter the server request or alter the output');
    if (output !== '') throw new Error('--raw and --output are mutually exclusive');
    if (!/^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(raw))
      throw new Error(`--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`);
  }
  if (flags.bool('show-labels') && output !== '' && output !== 'wide')
    throw new Error(`--show-labels option cannot be used with ${output} printer`);
  if (flags.bool('output-watch-events') && !isWatch)
    throw new Error('--output-watch-events option can only be used with --watch or --watch-only');
}

/**
 * Returns a printer for what is of one type; `withKind` puts the kind before names. What is not needed for a plain table
 * is loaded only when it is.
 * Upstream: GetOptions.ToPrinter.
 */
export async function getPrinter(
  { flags, factory }: CommandContext,
  options: GetOptions,
  columns: { mapping?: RESTMapping | undefined; withNamespace?: boolean; withKind?: boolean } = {},
): Promise<Printer> {
  const table: TablePrinterOptions = {
    noHeaders: options.noHeaders,
    showLabels: flags.bool('show-labels'),
    columnLabels: flags.strings('label-columns'),
    withKind: columns.withKind === true || flags.bool('show-kind'),
    withNamespace: columns.withNamespace === true,
    kind: columns.mapping?.gvk,
    nowMs: () => factory.clock.nowMs(),
  };
  const printer = options.isHumanReadable
    ? new TablePrinter({ ...table, wide: options.output === 'wide' })
    : (await import('../printers.get.ts')).createGetPrinter({
        ...table,
        output: options.output,
        template: flags.string('template'),
        allowMissingTemplateKeys: flags.bool('allow-missing-template-keys'),
        showManagedFields: flags.bool('show-managed-fields'),
        cwd: factory.cwd,
        env: factory.env,
      });
  if (options.sortBy === '') return printer;
  const { sortingPrinter } = await import('../sorter.ts');
  return sortingPrinter(printer, options.sortBy);
}
