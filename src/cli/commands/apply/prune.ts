// `kubectl apply --prune`: deletes what was applied before and is in no manifest now.
// Called by: commands/apply.ts. Upstream: kubectl pkg/cmd/apply/prune.go, pkg/util/prune/prune.go.
import { NoMatchError, type RESTMapper, type RESTMapping } from '../../../client/types.ts';
import type { Info } from '../../builder.ts';
import { operationPrinter } from '../../commandprinter.ts';
import { deleteOptionsBody } from '../../deletion.ts';
import { withMessage } from '../../errors.ts';
import { logWarning } from '../../klog.ts';
import { LAST_APPLIED } from '../../lastapplied.ts';
import { deleteInfo } from '../../requests.ts';
import { extractItems } from '../../visitors.ts';
import type { ApplyOptions } from './options.ts';

/** The kinds looked at by default, in order: namespaced ones, then the others. */
const USUAL = [
  'core/v1/ConfigMap',
  'core/v1/Endpoints',
  'core/v1/PersistentVolumeClaim',
  'core/v1/Pod',
  'core/v1/ReplicationController',
  'core/v1/Secret',
  'core/v1/Service',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'core/v1/Namespace',
  'core/v1/PersistentVolume',
];

/** Returns the mappings of --prune-allowlist. @throws Error `invalid GroupVersionKind format: x, …` or NoMatchError. */
export function parsePruneResources(mapper: RESTMapper, words: readonly string[]): RESTMapping[] {
  return words.map((word) => {
    const parts = word.split('/');
    const [group = '', version = '', kind = ''] = parts;
    if (parts.length !== 3)
      throw new Error(`invalid GroupVersionKind format: ${word}, please follow <group/version/kind>`);
    return mapper.mappingFor({ group: group === 'core' ? '' : group, version, kind });
  });
}

/** Deletes and prints, kind by kind in each namespace that was visited. */
export async function prune(options: ApplyOptions): Promise<void> {
  const { context } = options;
  let mappings = options.pruneResources;
  if (mappings.length === 0) {
    mappings = usualMappings(await context.factory.mapper());
    logWarning(
      context,
      'prune.go:71',
      'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the ' +
        '--namespace flag in a future release. To preserve the current behaviour, list the resources you want to target ' +
        'explicitly in the --prune-allowlist flag.',
    );
  }
  for (const namespace of options.visitedNamespaces)
    for (const mapping of mappings.filter((m) => m.namespaced))
      await pruneKind(mapping, namespace, options, 'namespaced');
  for (const mapping of mappings.filter((m) => !m.namespaced)) await pruneKind(mapping, '', options, 'nonNamespaced');
}

/** Kinds that this server does not have are passed over: a small cluster need not have volumes or cron jobs. */
export function usualMappings(mapper: RESTMapper): RESTMapping[] {
  return USUAL.flatMap((word) => {
    try {
      return parsePruneResources(mapper, [word]);
    } catch (error) {
      if (error instanceof NoMatchError) return [];
      throw error;
    }
  });
}

async function pruneKind(mapping: RESTMapping, namespace: string, options: ApplyOptions, word: string): Promise<void> {
  try {
    await pruneMatching(mapping, namespace, options);
  } catch (error) {
    const { group, version, kind } = mapping.gvk;
    throw withMessage(
      new Error(),
      `error pruning ${word} object ${group}/${version}, Kind=${kind}: ${(error as Error).message}`,
    );
  }
}

async function pruneMatching(mapping: RESTMapping, namespace: string, options: ApplyOptions): Promise<void> {
  const { rest, context, dryRun } = options;
  const labelSelector = options.selector || undefined;
  for (const object of extractItems(await rest.list(mapping, namespace || undefined, { labelSelector }))) {
    const { annotations = {}, uid = '', name } = object.metadata;
    if (annotations[LAST_APPLIED] === undefined || options.visitedUids.has(uid)) continue;
    const info: Info = { mapping, namespace, name, source: '', object, subresource: '' };
    if (dryRun !== 'client')
      await deleteInfo(rest, info, deleteOptionsBody(options.cascade, options.gracePeriodSeconds), { dryRun });
    operationPrinter(context, 'pruned', { dryRun }).print(object, context.streams.out);
  }
}
