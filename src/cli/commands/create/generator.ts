// What all `kubectl create KIND` commands do: name, dry run, annotation, request, output. Each adds its flags and builds its object.
// Called by: commands/create/*. Upstream: kubectl pkg/cmd/create/create_*.go.
import { typedMapping } from '../../../client/typed.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import { defineCommand, type CommandContext, type CommandSpec, type FlagSpec } from '../../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  saveConfigFlag,
  validateFlag,
  validationDirective,
} from '../../commandflags.ts';
import { operationPrinter } from '../../commandprinter.ts';
import { UsageError } from '../../errors.ts';
import { createOrUpdateAnnotation } from '../../lastapplied.ts';
import { printFlags } from '../../printers.ts';

/** An object in the order of upstream's fields; what is undefined is left out. */
export interface Generated {
  kind: string;
  apiVersion: string;
  metadata: { name: string; [field: string]: unknown };
  [field: string]: unknown;
}

export interface GeneratorSpec {
  use: string;
  aliases?: readonly string[];
  short: string;
  long?: string;
  example: string;
  flags?: readonly FlagSpec[];
  /** In front of a refusal: 'failed to create deployment: '. Absent: the refusal is printed as it is. */
  failure?: string;
  /** Cluster-scoped kinds get no namespace. */
  isClusterScoped?: boolean;
  /** @throws Error with upstream's text for flags that do not fit. */
  build(context: CommandContext, name: string): Generated | Promise<Generated>;
}

/** Returns the one name before `--`. @throws UsageError `exactly one NAME is required, got 2`. Upstream: NameFromCommandArgs. */
export function nameFromArgs({ args, argsLenAtDash, commandPath }: CommandContext): string {
  const count = argsLenAtDash < 0 ? args.length : argsLenAtDash;
  const [name = ''] = args;
  if (count !== 1) throw new UsageError(`exactly one NAME is required, got ${count}`, commandPath);
  return name;
}

/** Returns the words after the name: a container's command. */
export function commandFromArgs({ args }: CommandContext): string[] | undefined {
  return args.length > 1 ? args.slice(1) : undefined;
}

export function generatorCommand(spec: GeneratorSpec): CommandSpec {
  const { use, aliases, short, long, example } = spec;
  return defineCommand({
    use,
    short,
    example,
    ...(aliases ? { aliases } : {}),
    ...(long === undefined ? {} : { long }),
    flags: [
      ...printFlags(),
      saveConfigFlag(),
      validateFlag(),
      dryRunFlag(),
      fieldManagerFlag('kubectl-create'),
      ...(spec.flags ?? []),
    ],
    run: (context) => generate(context, spec),
  });
}

async function generate(context: CommandContext, spec: GeneratorSpec): Promise<void> {
  const { flags, factory, streams } = context;
  const name = nameFromArgs(context);
  const { namespace, isEnforced } = await factory.namespace();
  const dryRun = dryRunStrategy(context);
  const printer = operationPrinter(context, 'created', { dryRun, isTyped: dryRun === 'client' });
  const fieldValidation = validationDirective(flags);
  const built = await spec.build(context, name);
  if (isEnforced && !spec.isClusterScoped) built.metadata = withNamespace(built.metadata, namespace);
  const object = createOrUpdateAnnotation(flags.bool('save-config'), built as unknown as Unstructured);
  if (dryRun === 'client') {
    printer.print(object, streams.out);
    return;
  }
  try {
    const mapping = typedMapping(object.apiVersion, object.kind);
    const created = await (
      await factory.rest()
    ).create(mapping, spec.isClusterScoped ? undefined : namespace, object, {
      dryRun: dryRun === 'server' ? 'All' : undefined,
      fieldManager: flags.string('field-manager') || undefined,
      fieldValidation,
    });
    printer.print(created, streams.out);
  } catch (error) {
    if (spec.failure === undefined) throw error;
    throw new Error(`${spec.failure}${(error as Error).message}`, { cause: error });
  }
}

function withNamespace(metadata: Generated['metadata'], namespace: string): Generated['metadata'] {
  const { name, ...rest } = metadata;
  return { name, namespace, ...rest };
}

/** Returns an object without its undefined fields, in the same order. */
export function compact<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
