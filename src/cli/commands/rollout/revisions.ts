// The revisions of a workload: ReplicaSets of a Deployment, ControllerRevisions of a DaemonSet or StatefulSet.
// Called by: commands/rollout/history.ts, undo.ts. Upstream: kubectl pkg/polymorphichelpers/history.go, pkg/util/deployment/deployment.go.
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { RESTMapping } from '../../../client/types.ts';
import { clone, controllerOf, deepEqual } from '../../../machinery/meta.ts';
import { formatLabelSelector } from '../../../machinery/selectors.ts';
import { applyStrategicPatch } from '../../../machinery/strategic.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import type { Factory } from '../../factory.ts';
import { CHANGE_CAUSE } from '../../recording.ts';
import { definitionOfKind } from '../../../machinery/schema.ts';
import { extractItems } from '../../visitors.ts';
import { groupKindText } from './objects.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const TEMPLATE_HASH = 'pod-template-hash';

/** Any workload with a pod template. */
export type Workload = Unstructured & {
  spec: { selector?: LabelSelector; template: PodTemplateSpec; paused?: boolean; updateStrategy?: { type?: string } };
};

export interface Revision {
  revision: number;
  changeCause: string;
  template: PodTemplateSpec;
  /** The ReplicaSet, or the workload as it was. */
  object: Unstructured;
  /** The ReplicaSet or ControllerRevision that keeps it. */
  keeper: Unstructured;
}

/** Kinds that upstream's visitor of workloads knows. */
const KNOWN_KINDS = [
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'CronJob',
];

/** Refuses kinds without revisions. @throws Error `no history viewer has been implemented for "ReplicaSet.apps"`. */
export function requireRevisions({ gvk }: RESTMapping, words: { retrieving: string; missing: string }): void {
  if (['Deployment', 'DaemonSet', 'StatefulSet'].includes(gvk.kind)) return;
  const text = JSON.stringify(groupKindText(gvk));
  if (KNOWN_KINDS.includes(gvk.kind)) throw new Error(`no ${words.missing} has been implemented for ${text}`);
  throw new Error(
    `error retrieving ${words.retrieving} for ${text}, no visitor method exists for {${gvk.group} ${gvk.kind}}`,
  );
}

/** Returns the live workload and its revisions, in order of upstream's lists. @throws Error `failed to retrieve …`. */
export async function readRevisions(
  factory: Factory,
  info: Info,
): Promise<{ workload: Workload; revisions: Revision[] }> {
  const { kind } = info.mapping.gvk;
  const rest = await factory.rest();
  let workload: Workload;
  try {
    workload = (await rest.get(info.mapping, { namespace: info.namespace, name: info.name })) as Workload;
  } catch (error) {
    const word = kind === 'Deployment' ? 'deployment' : kind === 'StatefulSet' ? 'Statefulset' : kind;
    throw new Error(`failed to retrieve ${word} ${info.name}: ${(error as Error).message}`, { cause: error });
  }
  const revisions =
    kind === 'Deployment' ? await replicaSets(factory, workload) : await histories(factory, workload, info);
  return { workload, revisions };
}

async function owned(factory: Factory, workload: Workload, kind: string): Promise<Unstructured[]> {
  const mapping = (await factory.mapper()).mappingFor({ group: 'apps', version: 'v1', kind });
  const labelSelector = formatLabelSelector(workload.spec.selector);
  const list = await (await factory.rest()).list(mapping, workload.metadata.namespace, { labelSelector });
  return extractItems(list).filter((item) => controllerOf(item)?.uid === workload.metadata.uid);
}

async function replicaSets(factory: Factory, deployment: Workload): Promise<Revision[]> {
  const sets = (await owned(factory, deployment, 'ReplicaSet')) as Workload[];
  sets.sort((a, b) => compareAge(a, b));
  const newest = sets.find((rs) => equalIgnoringHash(rs.spec.template, deployment.spec.template));
  const ordered = newest ? [...sets.filter((rs) => rs !== newest), newest] : sets;
  return ordered.flatMap((rs) => {
    const text = rs.metadata.annotations?.[REVISION] ?? '0';
    if (!/^-?\d+$/.test(text)) return [];
    const changeCause = rs.metadata.annotations?.[CHANGE_CAUSE] ?? '';
    return [{ revision: Number(text), changeCause, template: rs.spec.template, object: rs, keeper: rs }];
  });
}

function compareAge(a: Unstructured, b: Unstructured): number {
  const [x, y] = [a, b].map((o) => o.metadata.creationTimestamp ?? '') as [string, string];
  if (x !== y) return x < y ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Returns true for templates that differ in nothing but the hash label. */
export function equalIgnoringHash(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return deepEqual(withoutHash(a), withoutHash(b));
}

/** Returns a copy of the template without the label that the controller adds. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const copy = clone(template) as { metadata?: { labels?: Record<string, string> } };
  if (copy.metadata?.labels) delete copy.metadata.labels[TEMPLATE_HASH];
  return copy as PodTemplateSpec;
}

async function histories(factory: Factory, workload: Workload, info: Info): Promise<Revision[]> {
  const schemaName = definitionOfKind(info.mapping.gvk) ?? '';
  const kept = await owned(factory, workload, 'ControllerRevision');
  return kept.map((history) => {
    const object = applyStrategicPatch(workload, history['data'] as Record<string, unknown>, schemaName) as Workload;
    return {
      revision: Number(history['revision'] ?? 0),
      changeCause: history.metadata.annotations?.[CHANGE_CAUSE] ?? '',
      template: object.spec.template,
      object,
      keeper: history,
    };
  });
}

/** Returns the text of a template as `describe` has it. */
export async function templateText(template: PodTemplateSpec): Promise<string> {
  const { describePodTemplate } = await import('../../../resources/podtemplate.describe.ts');
  return describePodTemplate(template);
}
