// What `kubectl describe deployment` says.
// Called by: deployment.ts. Must not know: HTTP, storage.
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import { semanticEqual } from '../machinery/metavalidation.ts';
import { controllerOf } from '../machinery/meta.ts';
import { labelSelectorAsSelector, selectorText } from '../machinery/selectors.ts';
import type { Deployment } from './deployment.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { timeText, writeConditions, writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import { writePodTemplate } from './podtemplate.describe.ts';
import { type ReplicaSet, replicaSet as replicaSetDefinition } from './replicaset.ts';

/** Upstream: DeploymentDescriber.Describe, describeDeployment. */
export async function describeDeployment(deployment: Deployment, context: DescribeContext): Promise<string> {
  const { spec, status } = deployment;
  const selector = selectorText(labelSelectorAsSelector(spec.selector));
  const events = await eventsOf(deployment, context);
  const { fresh, old } = await replicaSetsOf(deployment, selector, context);
  return tabbed((w) => {
    writeDeploymentHead(w, deployment, { selector, context });
    writePodTemplate(w, spec.template);
    writeConditions(w, status.conditions);
    if (fresh || old.length > 0) {
      w.field(0, 'OldReplicaSets', replicaSetsText(old));
      w.field(0, 'NewReplicaSet', replicaSetsText(fresh ? [fresh] : []));
    }
    writeEvents(w, events, context);
  });
}

function writeDeploymentHead(
  w: PrefixWriter,
  { metadata, spec, status }: Deployment,
  { selector, context }: { selector: string; context: DescribeContext },
): void {
  w.field(0, 'Name', metadata.name);
  w.field(0, 'Namespace', metadata.namespace);
  w.field(0, 'CreationTimestamp', timeText(metadata.creationTimestamp, context));
  writeLabelsAndAnnotations(w, metadata);
  w.field(0, 'Selector', selector);
  const counts = [
    `${spec.replicas ?? 1} desired`,
    `${status.updatedReplicas ?? 0} updated`,
    `${status.replicas ?? 0} total`,
    `${status.availableReplicas ?? 0} available`,
    `${status.unavailableReplicas ?? 0} unavailable`,
  ];
  w.field(0, 'Replicas', counts.join(' | '));
  w.field(0, 'StrategyType', spec.strategy?.type);
  w.field(0, 'MinReadySeconds', spec.minReadySeconds ?? 0);
  const rolling = spec.strategy?.rollingUpdate;
  if (!rolling) return;
  const { maxUnavailable, maxSurge } = rolling;
  w.field(0, 'RollingUpdateStrategy', `${maxUnavailable} max unavailable, ${maxSurge} max surge`);
}

/** Upstream: kubectl pkg/util/deployment GetAllReplicaSetsInChunks. */
async function replicaSetsOf(
  deployment: Deployment,
  labelSelector: string,
  { reader }: DescribeContext,
): Promise<{ fresh: ReplicaSet | undefined; old: ReplicaSet[] }> {
  const { namespace, uid } = deployment.metadata;
  const all = await reader.list(replicaSetDefinition, { namespace, labelSelector });
  const owned = all.filter((set) => controllerOf(set)?.uid === uid).sort(byCreation);
  const fresh = owned.find((set) => hasSameTemplate(set.spec.template, deployment.spec.template));
  return { fresh, old: owned.filter((set) => set !== fresh) };
}

function byCreation({ metadata: a }: ReplicaSet, { metadata: b }: ReplicaSet): number {
  const [x, y] = [`${a.creationTimestamp} ${a.name}`, `${b.creationTimestamp} ${b.name}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The label that names the template's hash is the controller's own and does not count. Upstream: equalIgnoreHash. */
function hasSameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec): boolean {
  return semanticEqual(withoutHash(a), withoutHash(b));
}

function withoutHash({ metadata = {}, spec }: PodTemplateSpec = {}): unknown {
  const { labels = {}, annotations = {}, ...rest } = metadata;
  const { 'pod-template-hash': _hash, ...ownLabels } = labels;
  return { metadata: { ...rest, labels: ownLabels, annotations }, spec };
}

function replicaSetsText(sets: readonly ReplicaSet[]): string {
  const texts = sets.map(({ metadata, spec, status }) => {
    return `${metadata.name} (${status.replicas ?? 0}/${spec.replicas ?? 1} replicas created)`;
  });
  return texts.join(', ') || '<none>';
}
