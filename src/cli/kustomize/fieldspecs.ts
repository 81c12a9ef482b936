// Places in objects: a path, and the kinds whose objects have it.
// Called by: the transformers and references of this folder. Must not know: what is written there.
// Upstream: kustomize api/filters/fieldspec, api/internal/konfig/builtinpluginconsts.
import type { GroupVersionKind } from '../../machinery/types.ts';

export interface FieldSpec {
  /** 'spec/template/spec/containers/image': lists on the way are gone through. */
  path: string;
  kind?: string | undefined;
  group?: string | undefined;
  version?: string | undefined;
  /** Makes what is missing on the way. */
  create?: boolean | undefined;
}

type Values = Record<string, unknown>;

/** Calls `change` with what stands at the path (undefined when `create` made the place) and writes what it returns. */
export function changeField(object: object, spec: FieldSpec, change: (value: unknown) => unknown): void {
  const segments = spec.path.split(/(?<!\\)\//).map((segment) => segment.replaceAll('\\/', '/').replace(/\[\]$/, ''));
  walk(object as Values, segments, spec.create ?? false, change);
}

function walk(node: unknown, segments: readonly string[], creates: boolean, change: (value: unknown) => unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, segments, creates, change);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const values = node as Values;
  const [segment = '', ...rest] = segments;
  const isThere = values[segment] !== undefined && values[segment] !== null;
  if (!isThere && !creates) return;
  if (rest.length === 0) {
    values[segment] = change(values[segment]);
    return;
  }
  if (!isThere) values[segment] = {};
  walk(values[segment], rest, creates, change);
}

/** Whether the spec is for objects of this type. */
export function isFor(spec: FieldSpec, { group, version, kind }: GroupVersionKind): boolean {
  return (
    (spec.kind === undefined || spec.kind === kind) &&
    (spec.group === undefined || spec.group === group) &&
    (spec.version === undefined || spec.version === version)
  );
}

const TEMPLATE_KINDS: readonly (readonly [kind: string, group?: string, version?: string])[] = [
  ['ReplicationController', undefined, 'v1'],
  ['Deployment'],
  ['ReplicaSet'],
  ['DaemonSet'],
  ['StatefulSet', 'apps'],
  ['Job', 'batch'],
];

/** Where labels or annotations stand: of the object, and of the pods and jobs it makes. */
export function metadataFields(field: 'labels' | 'annotations'): FieldSpec[] {
  const specs: FieldSpec[] = [{ path: `metadata/${field}`, create: true }];
  for (const [kind, group, version] of TEMPLATE_KINDS)
    specs.push({ path: `spec/template/metadata/${field}`, kind, group, version, create: true });
  for (const path of ['spec/jobTemplate/metadata', 'spec/jobTemplate/spec/template/metadata'])
    specs.push({ path: `${path}/${field}`, kind: 'CronJob', group: 'batch', create: true });
  return specs;
}

/** Where labels must be that select what an object owns, together with those of metadataFields. */
export function selectorFields(): FieldSpec[] {
  const at = (kind: string, path: string, group?: string, create = false): FieldSpec => ({ path, kind, group, create });
  const template = 'spec/template/spec';
  const term = 'labelSelector/matchLabels';
  const affinity = ['podAffinity', 'podAntiAffinity'].flatMap((name) => [
    `${template}/affinity/${name}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/${term}`,
    `${template}/affinity/${name}/requiredDuringSchedulingIgnoredDuringExecution/${term}`,
  ]);
  const inTemplates = [...affinity, `${template}/topologySpreadConstraints/${term}`];
  return [
    { ...at('Service', 'spec/selector', undefined, true), version: 'v1' },
    { ...at('ReplicationController', 'spec/selector', undefined, true), version: 'v1' },
    ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) => at(kind, 'spec/selector/matchLabels', undefined, true)),
    at('StatefulSet', 'spec/selector/matchLabels', 'apps', true),
    ...['Deployment', 'StatefulSet'].flatMap((kind) => inTemplates.map((path) => at(kind, path, 'apps'))),
    at('Job', 'spec/selector/matchLabels', 'batch'),
    at('CronJob', 'spec/jobTemplate/spec/selector/matchLabels', 'batch'),
    at('PodDisruptionBudget', 'spec/selector/matchLabels', 'policy'),
    ...['spec/podSelector', 'spec/ingress/from/podSelector', 'spec/egress/to/podSelector'].map((path) =>
      at('NetworkPolicy', `${path}/matchLabels`, 'networking.k8s.io'),
    ),
    at('StatefulSet', 'spec/volumeClaimTemplates/metadata/labels', 'apps'),
  ];
}
