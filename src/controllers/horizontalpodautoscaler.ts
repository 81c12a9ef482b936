// HorizontalPodAutoscaler: scales a workload so that a metric comes near its target.
// Called by: controllers/manager.ts through the index. Must not know: what uses the resources.
import type { HorizontalPodAutoscalerCondition, HPAScalingRules, MetricStatus } from 'kubernetes-types/autoscaling/v2';
import { formatTime } from '../machinery/clock.ts';
import { clone, deepEqual, isDeleting, keyOf, parseKey } from '../machinery/meta.ts';
import { sha256 } from '../machinery/random.ts';
import { approximateFloat, parseQuantity } from '../machinery/quantity.ts';
import {
  labelSelectorAsSelector,
  matchesLabels,
  parseLabelSelector,
  type LabelSelector,
} from '../machinery/selectors.ts';
import { StatusError } from '../machinery/status.ts';
import { groupResourceString, parseGroupVersion, type KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import {
  horizontalPodAutoscaler as hpaResource,
  type HorizontalPodAutoscaler,
} from '../resources/horizontalpodautoscaler.ts';
import { resourceDefinitions } from '../resources/index.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { self } from './enqueue.ts';
import { normalize, remember, type ScaleHistory } from './horizontalpodautoscaler.behavior.ts';
import { MetricError, proposeReplicas, type Proposal, type Tolerances } from './horizontalpodautoscaler.metrics.ts';
import { isPodReady } from './podstate.ts';

/** Metrics are looked at no more often than this … */
const SYNC_MS = 15_000;
/** … and no more seldom, however long nothing has changed. */
const MAX_SYNC_MS = 600_000;
const DEFAULT_TOLERANCE = 0.1;
const RECORDS = '_autoscalers';

const SCALABLE = resourceDefinitions.filter(({ scale }) => scale !== undefined);

/** What is kept of an autoscaler between two looks at its metrics. */
interface AutoscalerRecord extends ScaleHistory {
  lastSyncMs: number;
  /** When the outcome last was another one. */
  lastChangeMs: number;
  /** 0: only when something that the last look saw has changed. */
  nextSyncMs: number;
  /** What the last look saw of the autoscaler, its target and the pods, but for their use of resources. */
  seen: string;
  outcome: string;
}

/** Enqueues the autoscalers of a namespace when something there that they look at has changed. */
function enqueueOfNamespace(isConcerned: (event: StoredEvent) => boolean) {
  return (event: StoredEvent, { client }: ControllerContext): Iterable<string> => {
    const hpas = client.list(hpaResource, event.object.metadata.namespace);
    return hpas.length > 0 && isConcerned(event) ? hpas.map(keyOf) : [];
  };
}

function podView(pod: Pod): unknown {
  const { name, labels = {}, annotations = {} } = pod.metadata;
  return [name, labels, annotations, pod.status.phase, isPodReady(pod), isDeleting(pod)];
}
function isPodConcern({ type, object, previous }: StoredEvent): boolean {
  return type === 'DELETED' || !previous || !deepEqual(podView(object as Pod), podView(previous as Pod));
}
function isTargetConcern({ type, object, previous }: StoredEvent): boolean {
  return type === 'DELETED' || !previous || object.metadata.generation !== previous.metadata.generation;
}

function watchTargets(definition: ResourceDefinition) {
  return { definition, enqueue: enqueueOfNamespace(isTargetConcern), resync: () => [] };
}

/** Upstream: kubernetes pkg/controller/podautoscaler/horizontal.go. */
export const horizontalPodAutoscalerController: Controller = {
  name: 'horizontal-pod-autoscaler',
  watches: [
    { definition: hpaResource, enqueue: self },
    { definition: podResource, enqueue: enqueueOfNamespace(isPodConcern), resync: () => [] },
    ...SCALABLE.map(watchTargets),
  ],
  custom: { watch: watchTargets },
  reconcile(context, key) {
    const { client, nowMs } = context;
    const hpa = client.get(hpaResource, parseKey(key));
    const record = client.internal.get<AutoscalerRecord>(RECORDS, parseKey(key));
    if (!hpa || isDeleting(hpa)) {
      if (!hpa && record) client.internal.delete(RECORDS, parseKey(key));
      return;
    }
    const sync = new AutoscalerSync(context, hpa, record);
    const dueMs = record && (sync.seen === record.seen ? record.nextSyncMs : record.lastSyncMs + SYNC_MS);
    if (dueMs === 0) return;
    if (dueMs !== undefined && nowMs < dueMs) return { requeueAtMs: dueMs, isBackground: true };
    const nextSyncMs = sync.run();
    return nextSyncMs === 0 ? undefined : { requeueAtMs: nextSyncMs, isBackground: true };
  },
};

interface Target {
  definition: ResourceDefinition;
  object: KubeObject;
  replicas: number;
  selector: LabelSelector | undefined;
}

type Condition = Pick<HorizontalPodAutoscalerCondition, 'type' | 'status' | 'reason' | 'message'>;

function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce((at: unknown, field) => (at as Record<string, unknown> | undefined)?.[field], object);
}

/** How soon the next look may have another outcome: at once, some time, or not before an event. */
type Mobility = 'moving' | 'resting' | 'fixed';

/** One look at an autoscaler's metrics. */
class AutoscalerSync {
  readonly #context: ControllerContext;
  readonly #found: HorizontalPodAutoscaler;
  readonly #hpa: HorizontalPodAutoscaler;
  readonly #record: AutoscalerRecord | undefined;
  readonly #target: Target | string;
  readonly #pods: readonly Pod[];
  #history: ScaleHistory;
  /** What is looked at, as a text to compare. */
  readonly seen: string;

  constructor(context: ControllerContext, found: HorizontalPodAutoscaler, record: AutoscalerRecord | undefined) {
    this.#context = context;
    this.#found = found;
    this.#hpa = clone(found);
    this.#record = record;
    const { recommendations, ups, downs } = record ?? { recommendations: [], ups: [], downs: [] };
    this.#history = { recommendations, ups, downs };
    this.#target = this.#findTarget();
    const target = this.#target;
    const selector = typeof target === 'string' ? undefined : target.selector;
    this.#pods = selector
      ? context.client
          .list(podResource, found.metadata.namespace)
          .filter((pod) => matchesLabels(selector, pod.metadata.labels ?? {}))
      : [];
    const of = typeof target === 'string' ? target : [target.object.metadata.uid, target.replicas];
    this.seen = hashOf([found.spec, of, this.#pods.map(podView)]);
  }

  /** Returns when to look again, in ms; 0: not before something changes. */
  run(): number {
    const mobility = this.#sync();
    const { nowMs, client } = this.#context;
    const { conditions = [], desiredReplicas } = this.#hpa.status;
    const outcome = JSON.stringify([desiredReplicas, conditions.map(({ type, reason }) => [type, reason])]);
    const isSame = mobility !== 'moving' && this.#record?.outcome === outcome;
    const lastChangeMs = isSame ? (this.#record?.lastChangeMs ?? nowMs) : nowMs;
    const restMs = Math.floor((nowMs - lastChangeMs) / 2 / SYNC_MS) * SYNC_MS;
    const nextSyncMs = mobility === 'fixed' ? 0 : nowMs + Math.min(MAX_SYNC_MS, Math.max(SYNC_MS, restMs));
    const { namespace, name } = this.#found.metadata;
    const record = { ...this.#history, lastSyncMs: nowMs, lastChangeMs, nextSyncMs, seen: this.seen, outcome };
    client.internal.put<AutoscalerRecord>(RECORDS, { namespace, name }, record);
    return nextSyncMs;
  }

  #sync(): Mobility {
    const target = this.#target;
    if (typeof target === 'string') {
      const prefix = "the HPA controller was unable to get the target's current scale";
      this.#fail('AbleToScale', 'FailedGetScale', target, prefix);
      this.#write(this.#hpa.status.currentReplicas ?? 0, this.#hpa.status.desiredReplicas, undefined);
      return 'fixed';
    }
    const able = {
      reason: 'SucceededGetScale',
      message: "the HPA controller was able to get the target's current scale",
    };
    this.#setCondition({ type: 'AbleToScale', status: 'True', ...able });
    const { minReplicas: min = 1, maxReplicas } = this.#hpa.spec;
    const current = target.replicas;
    if (current === 0 && min !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#setCondition({ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message });
      this.#write(0, 0, []);
      return 'fixed';
    }
    if (current > maxReplicas)
      return this.#rescale(target, maxReplicas, 'Current number of replicas above Spec.MaxReplicas', []);
    if (current < min) return this.#rescale(target, min, 'Current number of replicas below Spec.MinReplicas', []);
    return this.#followMetrics(target, min);
  }

  /** Returns the target, or why there is none. */
  #findTarget(): Target | string {
    const { apiVersion, kind, name } = this.#found.spec.scaleTargetRef;
    const { group } = parseGroupVersion(apiVersion ?? '');
    const { client, customResources } = this.#context;
    const kinds = [...SCALABLE, ...customResources()];
    const definition = kinds.find(({ gvr, kind: candidate }) => gvr.group === group && candidate === kind);
    if (definition && !definition.scale) return 'the server could not find the requested resource';
    if (!definition?.scale) return `no matches for kind "${kind}" in group "${group}"`;
    const object = client.get(definition, { namespace: this.#found.metadata.namespace, name });
    if (!object) return `${groupResourceString(definition.gvr)} "${name}" not found`;
    const { specReplicasPath, selectorPath, selectsByMap } = definition.scale;
    const found = valueAt(object, selectorPath);
    const replicas = valueAt(object, specReplicasPath) as number | undefined;
    if (definition.custom && replicas === undefined)
      return `Internal error occurred: the spec replicas field ".${specReplicasPath}" does not exist`;
    const selector = selectsByMap ? { matchLabels: found } : found;
    return {
      definition,
      object,
      replicas: replicas ?? 0,
      selector: found === undefined || found === '' ? undefined : toSelector(selector),
    };
  }

  #followMetrics(target: Target, min: number): Mobility {
    const { nowMs } = this.#context;
    const current = target.replicas;
    const { statuses, proposal, mobility } = this.#propose(target);
    if (!proposal) {
      this.#write(current, this.#hpa.status.desiredReplicas, statuses);
      return mobility;
    }
    const { spec } = this.#hpa;
    const proposed = proposal.replicas;
    const history = { ...this.#history, recommendations: withLastOne(this.#history, nowMs, current) };
    const limits = { spec, history, nowMs, current, proposed, min };
    const { desired, able, limited, isHeldBack } = normalize(limits);
    this.#setCondition({ type: 'AbleToScale', status: 'True', ...able });
    this.#setCondition({ type: 'ScalingLimited', ...limited });
    this.#history = remember(limits, desired);
    if (desired === current) {
      this.#write(current, desired, statuses);
      return isHeldBack ? 'moving' : mobility;
    }
    const below = proposed < current ? 'All metrics below target' : '';
    const reason = proposed > current ? `${proposal.name} above target` : below;
    return this.#rescale(target, desired, reason, statuses);
  }

  /** Asks every metric; the highest proposal counts. Upstream: computeReplicasForMetrics. */
  #propose(target: Target): { statuses: MetricStatus[]; proposal?: Proposal; mobility: Mobility } {
    if (!target.selector) {
      this.#fail('ScalingActive', 'InvalidSelector', "the HPA target's scale is missing a selector", undefined);
      return { statuses: [], mobility: 'fixed' };
    }
    const metrics = this.#hpa.spec.metrics ?? [];
    const statuses: MetricStatus[] = metrics.map(() => ({ type: '' }));
    const errors: MetricError[] = [];
    const proposals: Proposal[] = [];
    const common = {
      context: this.#context,
      pods: this.#pods,
      currentReplicas: target.replicas,
      tolerances: this.#tolerances(),
    };
    for (const [i, spec] of metrics.entries()) {
      try {
        const proposal = proposeReplicas({ ...common, spec });
        statuses[i] = proposal.status;
        proposals.push(proposal);
      } catch (error) {
        if (!(error instanceof MetricError)) throw error;
        errors.push(error);
      }
    }
    const [best] = [...proposals].sort((a, b) => b.replicas - a.replicas);
    const isWaiting = proposals.some((proposal) => proposal.isWaiting) || errors.some((error) => !error.isFinal);
    const mobility = isWaiting ? 'moving' : proposals.length > 0 ? 'resting' : 'fixed';
    const [first] = errors;
    if (first && (!best || best.replicas < target.replicas)) {
      const isNew = this.#fail(
        'ScalingActive',
        first.reason,
        first.message,
        'the HPA was unable to compute the replica count',
      );
      const summary = `invalid metrics (${errors.length} invalid out of ${metrics.length}), first error is: ${first.prefix}: ${first.message}`;
      if (isNew) this.#context.recorder.event(this.#found, 'Warning', 'FailedComputeMetricsReplicas', summary);
      return { statuses, mobility: mobility === 'moving' ? 'resting' : mobility };
    }
    if (!best) return { statuses, mobility };
    const message = `the HPA was able to successfully calculate a replica count from ${best.name}`;
    this.#setCondition({ type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message });
    return { statuses, proposal: best, mobility };
  }

  #tolerances(): Tolerances {
    const { scaleUp, scaleDown } = this.#hpa.spec.behavior ?? {};
    return { up: toleranceOf(scaleUp), down: toleranceOf(scaleDown) };
  }

  #rescale(
    { definition, object, replicas }: Target,
    desired: number,
    reason: string,
    statuses: MetricStatus[],
  ): Mobility {
    const { client, recorder } = this.#context;
    const changed = clone(object);
    const path = definition.scale?.specReplicasPath.split('.') ?? [];
    const parent = valueAt(changed, path.slice(0, -1).join('.')) as Record<string, unknown>;
    parent[path.at(-1) ?? 'replicas'] = desired;
    try {
      client.update(definition, changed);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const text = `New size: ${desired}; reason: ${reason}; error: ${error.message}`;
      recorder.event(this.#found, 'Warning', 'FailedRescale', text);
      const message = `the HPA controller was unable to update the target scale: ${error.message}`;
      this.#setCondition({ type: 'AbleToScale', status: 'False', reason: 'FailedUpdateScale', message });
      this.#write(replicas, this.#hpa.status.desiredReplicas, statuses);
      return 'moving';
    }
    const message = `the HPA controller was able to update the target scale to ${desired}`;
    this.#setCondition({ type: 'AbleToScale', status: 'True', reason: 'SucceededRescale', message });
    recorder.event(this.#found, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
    this.#hpa.status.lastScaleTime = formatTime(this.#context.nowMs);
    this.#write(replicas, desired, statuses);
    return 'moving';
  }

  /** Sets a condition to False, with an event when that is news. Returns whether it is. */
  #fail(type: string, reason: string, message: string, prefix: string | undefined): boolean {
    const text = prefix === undefined ? message : `${prefix}: ${message}`;
    const old = this.#hpa.status.conditions?.find((condition) => condition.type === type);
    const isNew = old?.reason !== reason || old.message !== text;
    if (isNew) this.#context.recorder.event(this.#found, 'Warning', reason, message);
    this.#setCondition({ type, status: 'False', reason, message: text });
    return isNew;
  }

  #setCondition(condition: Condition): void {
    const conditions = (this.#hpa.status.conditions ??= []);
    const { type, status, reason, message } = condition;
    const at = conditions.findIndex((old) => old.type === type);
    const old = conditions[at];
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : formatTime(this.#context.nowMs);
    const made = { type, status, ...(lastTransitionTime ? { lastTransitionTime } : {}), reason, message };
    if (old) conditions[at] = made as HorizontalPodAutoscalerCondition;
    else conditions.push(made as HorizontalPodAutoscalerCondition);
  }

  #write(currentReplicas: number, desiredReplicas: number, currentMetrics: MetricStatus[] | undefined): void {
    const { status } = this.#hpa;
    status.currentReplicas = currentReplicas;
    status.desiredReplicas = desiredReplicas;
    if (currentMetrics) status.currentMetrics = currentMetrics;
    if (!deepEqual(status, this.#found.status)) this.#context.client.updateStatus(hpaResource, this.#hpa);
  }
}

/** Since 1.33 rules may have a tolerance of their own. */
function toleranceOf(rules: (HPAScalingRules & { tolerance?: string }) | undefined): number {
  return rules?.tolerance === undefined ? DEFAULT_TOLERANCE : approximateFloat(parseQuantity(rules.tolerance));
}

function hashOf(value: unknown): string {
  return sha256(JSON.stringify(value)).toString('hex').slice(0, 16);
}

function toSelector(value: unknown): LabelSelector {
  return typeof value === 'string' ? parseLabelSelector(value) : labelSelectorAsSelector(value as object);
}

/** Between two looks nothing had changed: what was recommended last was so until now. Before the first one, the current size was. */
function withLastOne(
  { recommendations }: ScaleHistory,
  nowMs: number,
  current: number,
): ScaleHistory['recommendations'] {
  const last = recommendations.at(-1)?.[1] ?? current;
  return [...recommendations, [nowMs, last]];
}
