// What `kubectl set` commands share: the objects, their pod specs, the patch of each, its output and errors.
// Called by: commands/set/*. Upstream: kubectl pkg/cmd/set/helper.go, pkg/polymorphichelpers/updatepodspec.go.
import type { Container, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import { clone } from '../../../machinery/meta.ts';
import { createMergePatch } from '../../../machinery/patch.ts';
import { definitionOfKind } from '../../../machinery/schema.ts';
import { createTwoWayMergePatch } from '../../../machinery/strategic.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import type { CommandContext, FlagSpec } from '../../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  filenameOptions,
  localFlag,
  recordFlag,
  selectorFlag,
} from '../../commandflags.ts';
import { likeGoType, operationPrinter } from '../../commandprinter.ts';
import { ExitError, throwAggregate } from '../../errors.ts';
import { printFlags } from '../../printers.ts';
import { recorded } from '../../recording.ts';
import { objectName, patchInfo, requireObject } from '../../requests.ts';

const LOCAL_RESOURCE = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** Flags of all `set` commands. `manager` is 'kubectl-set' for all of them. */
export function setFlags(): FlagSpec[] {
  return [
    ...printFlags(),
    ...filenameFlags('of what to change'),
    {
      name: 'all',
      type: 'bool',
      default: 'false',
      usage: 'Take all objects of the named types in the namespace.',
    },
    selectorFlag(),
    localFlag('change'),
    dryRunFlag(),
    recordFlag(),
    fieldManagerFlag('kubectl-set'),
  ];
}

/** Returns the objects to change. @throws Error when --local meets named objects. */
export async function readInfos(
  { flags, factory }: CommandContext,
  resources: readonly string[],
  options: { hasSelector?: boolean } = {},
): Promise<Info[]> {
  const { namespace, isEnforced } = await factory.namespace();
  const files = filenameOptions(flags);
  const hasFiles = files.filenames.length > 0 || files.kustomize !== '';
  let builder = factory
    .builder()
    .typed()
    .continueOnError()
    .namespace(namespace, { isEnforced: isEnforced && hasFiles })
    .filenames(files)
    .flatten();
  if (flags.bool('local')) {
    if (resources.length > 0) throw new ExitError(1, LOCAL_RESOURCE);
    return builder.local().infos();
  }
  if (options.hasSelector !== false) builder = builder.labelSelector(flags.string('selector'));
  return builder
    .args(resources, { allowsEmptyTypes: flags.bool('all') })
    .latest()
    .infos();
}

/** Changes a copy of an object in place; returns false when it is not to be patched at all. @throws Error */
export type Mutate = (object: Unstructured) => boolean | Promise<boolean>;

export interface ChangeOptions {
  /** 'image updated' */
  operation: string;
  /** In front of a refusal: 'failed to patch image update to pod template: '. */
  failure: string;
  /** Errors that the mutation found besides those it threw. */
  errors?: Error[];
  /** Called after each patch; what it throws ends the command before the object is printed. */
  afterPatch?(): void;
  /** Prints also what did not change. */
  printsUnchanged?: boolean;
}

/** Patches each object with what the mutation makes of it, and prints it. @throws Aggregate of all errors. */
export async function changeAll(
  context: CommandContext,
  infos: readonly Info[],
  mutate: Mutate,
  options: ChangeOptions,
): Promise<void> {
  const { flags, factory, streams } = context;
  const dryRun = dryRunStrategy(context);
  const printer = operationPrinter(context, options.operation, { dryRun });
  const errors: Error[] = [];
  for (const info of infos) {
    const before = requireObject(info);
    let after: Unstructured;
    try {
      after = clone(before);
      if (!(await mutate(after))) continue;
      after = recorded(context, after);
    } catch (error) {
      errors.push(new Error(`error: ${objectName(info)} ${(error as Error).message}\n`, { cause: error }));
      continue;
    }
    const patch = makePatch(info, before, after);
    if (Object.keys(patch.body).length === 0 && !options.printsUnchanged) continue;
    info.object = after;
    if (flags.bool('local') || dryRun === 'client') {
      printer.print(likeGoType(after), streams.out);
      continue;
    }
    let patched: Unstructured;
    try {
      const write = { dryRun, fieldManager: flags.string('field-manager') };
      patched = await patchInfo(await factory.rest(), info, patch, write);
    } catch (error) {
      errors.push(new Error(`${options.failure}${(error as Error).message}`, { cause: error }));
      continue;
    }
    options.afterPatch?.();
    printer.print(patched, streams.out);
  }
  throwAggregate([...(options.errors ?? []), ...errors]);
}

function makePatch(info: Info, before: Unstructured, after: Unstructured) {
  const schemaName = definitionOfKind(info.mapping.gvk);
  if (schemaName === undefined)
    return { type: 'application/merge-patch+json' as const, body: createMergePatch(before, after) as object };
  const body = createTwoWayMergePatch(before, after, schemaName) as object;
  return { type: 'application/strategic-merge-patch+json' as const, body };
}

/** Kinds with their place of the pod template. */
const TEMPLATE_KINDS = new Set([
  'ReplicationController',
  'Deployment',
  'DaemonSet',
  'ReplicaSet',
  'StatefulSet',
  'Job',
]);

/**
 * Returns the pod spec inside the object, to be changed in place.
 * @throws Error `the object is not a pod or does not have a pod template: *v1.Service`.
 */
export function podSpecOf(object: Unstructured): PodSpec {
  const found = podSpecIn(object);
  if (!found) throw new Error(`the object is not a pod or does not have a pod template: ${goTypeOf(object)}`);
  return found;
}

/** Whether the object is a pod or holds a pod template. */
export function hasPodSpec(object: Unstructured): boolean {
  return podSpecIn(object) !== undefined;
}

function podSpecIn(object: Unstructured): PodSpec | undefined {
  const spec = object['spec'] as
    | (PodSpec & { template?: PodTemplateSpec; jobTemplate?: { spec?: { template?: PodTemplateSpec } } })
    | undefined;
  if (object.kind === 'Pod') return spec;
  if (object.kind === 'CronJob') return spec?.jobTemplate?.spec?.template?.spec;
  return TEMPLATE_KINDS.has(object.kind) ? spec?.template?.spec : undefined;
}

function goTypeOf({ apiVersion, kind }: Unstructured): string {
  return `*${apiVersion.split('/').at(-1) ?? ''}.${kind}`;
}

/** Returns the containers whose names match; '*' matches any text. Upstream: selectContainers. */
export function selectContainers(containers: readonly Container[] | undefined, pattern: string): Container[] {
  return (containers ?? []).filter(({ name }) => matchesPattern(name, pattern));
}

function matchesPattern(name: string, pattern: string): boolean {
  if (!pattern.includes('*')) return name === pattern;
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`).test(name);
}
