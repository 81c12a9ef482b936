// Server-side apply of a Scale: its managers are those of the number of replicas in the object that is scaled.
// Called by: subresources.scale. Must not know: the store, HTTP.
// Upstream: apimachinery pkg/util/managedfields/scalehandler.go.
import { formatTime } from '../machinery/clock.ts';
import { difference, hasPath, isEmptySet, NO_FIELDS, setOf } from '../machinery/fieldset.ts';
import { applyConfiguration, type Application } from '../machinery/managedfields.apply.ts';
import { ConflictError } from '../machinery/managedfields.conflicts.ts';
import type { ManagerEntry } from '../machinery/managedfields.ts';
import type { Versions } from '../machinery/managedfields.update.ts';
import { schemaFor } from '../machinery/schema.ts';
import { groupVersionString, type KubeObject } from '../machinery/types.ts';
import type { ScaleSpec } from '../resources/definition.ts';
import type { Exchange } from './exchange.ts';
import { beforeFirstApply, refusalOf, typedConfig, type ApplyRequest } from './fieldmanager.apply.ts';
import { managersOf } from './fieldmanager.ts';

export const SCALE_SCHEMA = 'io.k8s.api.autoscaling.v1.Scale';
export const SCALE_GVR = { group: 'autoscaling', version: 'v1', resource: 'scales' };
const API_VERSION = groupVersionString(SCALE_GVR);
const REPLICAS = ['f:spec', 'f:replicas'];

export interface AppliedScale {
  scale: unknown;
  /** The managers of the object that is scaled. */
  entries: readonly ManagerEntry[];
}

interface Scaled {
  object: KubeObject;
  /** The object's Scale as it is. */
  live: KubeObject;
  paths: ScaleSpec;
}

/** Returns what a configuration makes of a Scale. @throws StatusError: conflicts, wrong types, another kind. */
export function applyToScale(exchange: Exchange, scaled: Scaled, request: ApplyRequest): AppliedScale {
  const { served, registry } = exchange;
  const { object, live, paths } = scaled;
  const versions = scaleVersions();
  const node = versions.node(API_VERSION);
  if (!node) throw new Error('no schema for a Scale');
  const application: Application = {
    live,
    config: typedConfig({ gvr: SCALE_GVR, kind: 'Scale' }, request.config, node),
    apiVersion: API_VERSION,
    versions,
    manager: request.manager,
    subresource: 'scale',
    isForced: request.isForced,
    time: formatTime(registry.context.clock.nowMs()),
  };
  const parents = managersOf(served.definition, object);
  const path = paths.specReplicasPath.split('.').map((name) => `f:${name}`);
  const managers = toSubresource(parents, path);
  try {
    const applied = applyConfiguration(
      managers.length > 0 ? managers : beforeFirstApply({ metadata: {} }, application),
      application,
    );
    const apiVersion = groupVersionString(served.gvr);
    return { scale: applied.object ?? live, entries: toParent(parents, applied.entries, { path, apiVersion }) };
  } catch (error) {
    throw error instanceof ConflictError ? refusalOf(error.conflicts) : error;
  }
}

function scaleVersions(): Versions {
  return {
    node: (apiVersion) => (apiVersion === API_VERSION ? schemaFor(SCALE_SCHEMA) : undefined),
    convert: (value) => value,
    reset: () => NO_FIELDS,
  };
}

function toSubresource(parents: readonly ManagerEntry[], path: readonly string[]): ManagerEntry[] {
  return parents
    .filter(({ set }) => hasPath(set, path))
    .map((entry) => ({ ...entry, apiVersion: API_VERSION, set: setOf(...REPLICAS) }));
}

// Differs: upstream cuts an updater's entry in two, of one name, when its number of replicas is applied by another as well.
function toParent(
  parents: readonly ManagerEntry[],
  scales: readonly ManagerEntry[],
  { path, apiVersion }: { path: readonly string[]; apiVersion: string },
): ManagerEntry[] {
  const idOf = ({ manager, operation, subresource }: ManagerEntry): string =>
    JSON.stringify([manager, operation, subresource ?? '']);
  const set = setOf(...path);
  const claims = new Map(scales.filter((entry) => hasPath(entry.set, REPLICAS)).map((entry) => [idOf(entry), entry]));
  const kept = parents.flatMap((entry) => {
    if (!hasPath(entry.set, path) || claims.delete(idOf(entry))) return [entry];
    const rest = difference(entry.set, set);
    return isEmptySet(rest) ? [] : [{ ...entry, set: rest }];
  });
  // Who comes anew has no time: the object knows none.
  return [...kept, ...[...claims.values()].map((entry) => ({ ...entry, apiVersion, time: undefined, set }))];
}
