// What a controller is: a name, what it watches, and a level-based reconcile.
// Called by: controllers/manager.ts and sim. Must not know: sockets, the disk.
import type { LoopbackClient } from '../client/loopback.ts';
import type { Random } from '../machinery/random.ts';
import type { KubeObject, ObjectKey } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { StoredEvent } from '../storage/types.ts';

export interface ReconcileResult {
  /** Absolute simulated instant (ms) at which to look again; derived from the objects, never remembered. */
  requeueAtMs?: number;
  /**
   * True for what recurs or waits for ever and must not keep a cluster from counting as settled: back-off retries, schedules,
   * autoscaler syncs, progress deadlines, time-to-live clean-ups.
   */
  isBackground?: boolean;
}

export interface ControllerContext {
  client: LoopbackClient;
  nowMs: number;
  random: Random;
  /** Writes a v1 Event as client-go's recorder does (one event a (object, reason, message, source), count raised on repetition). */
  recorder: EventRecorder;
  settings: ClusterSettings;
  /** What controllers work out from objects and keep up by events, by controller's name. Emptied when events may have been missed. */
  caches: Map<string, object>;
  /** Returns the kinds that CustomResourceDefinitions make now. */
  customResources(): readonly ResourceDefinition[];
  /** CPU and memory of a pod now; absent where no kubelet is wired (the autoscaler then finds no metrics). */
  podUsage?: PodUsageReader;
}

/** Returns the use of a running pod's containers at an instant, or undefined when it has none. */
export type PodUsageReader = (
  pod: ObjectKey,
  nowMs: number,
) => { containers: { name: string; cpuMilli: number; memoryBytes: number }[] } | undefined;

export interface EventOptions {
  fieldPath?: string;
  /** Default: the controller that is running. */
  component?: string;
  host?: string;
  /** Writes it as events.k8s.io's recorder does (eventTime, reportingInstance; no aggregation), with this action. */
  action?: string;
  /** What else the event is about. */
  related?: KubeObject;
}

export interface EventRecorder {
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, options?: EventOptions): void;
}

export interface ClusterSettings {
  /** '10.244.0.0/16': each node gets a /24 of it. */
  podCidr: string;
  /** '10.96.0.0/12'. */
  serviceCidr: string;
  clusterDomain: string;
  /** 'v1.35.2'. */
  version: string;
  allowsLegacyApis: boolean;
  /** What the cluster's keys are drawn from beside the seed; absent where the same commands give the same bytes. */
  tokenSecret?: string;
  /** What gives LoadBalancer Services an address: 'none' leaves them <pending>, 'cloud' assigns one. */
  loadBalancer: 'none' | 'cloud';
}

export interface ControllerWatch<T extends KubeObject = KubeObject> {
  definition: ResourceDefinition<T>;
  /** Returns keys to reconcile for a change. `event.previous` shows what it was. */
  enqueue(event: StoredEvent, context: ControllerContext): Iterable<string>;
  /** Returns keys for an object at a start without saved due times; every event has been seen by then. Default: as if it were ADDED. */
  resync?(object: T, context: ControllerContext): Iterable<string>;
}

export interface ControllerIndex {
  definition: ResourceDefinition;
  name: string;
  index(object: KubeObject): readonly string[];
}

export interface Controller {
  /** The component's name as events show it: 'replicaset-controller'. */
  name: string;
  /** The program it runs in, as managedFields name it. Default: kube-controller-manager. */
  fieldManager?: string;
  watches: readonly ControllerWatch[];
  indexes?: readonly ControllerIndex[];
  /** For controllers that work on all kinds: what they watch of those that users define, whichever these are. */
  custom?: {
    watch(definition: ResourceDefinition): ControllerWatch;
    index?(definition: ResourceDefinition): ControllerIndex;
  };
  /** Brings one object's world a step nearer to what is desired. Must be a no-op when nothing is to do. */
  reconcile(context: ControllerContext, key: string): ReconcileResult | void;
}
