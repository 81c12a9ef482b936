// From any object to one of its pods: `logs deploy/web`, `exec svc/web`.
// Called by: commands logs, exec, attach, port-forward, run. Must not know: commands.
// Upstream: kubectl pkg/polymorphichelpers/helpers.go, pkg/util/podutils/podutils.go.
import type { RestClient, RESTMapper } from '../client/types.ts';
import { goSort } from '../machinery/gosort.ts';
import { labelSelectorAsSelector, selectorFromSet, selectorText } from '../machinery/selectors.ts';
import { parseGroupVersion, type Unstructured } from '../machinery/types.ts';
import type { Pod } from '../resources/pod.ts';
import type { CommandClock } from './factory.ts';
import { extractItems } from './visitors.ts';
import { waitUntil } from './watching.ts';

type Less = (a: Pod, b: Pod) => boolean;

export interface PodSearch {
  rest: RestClient;
  mapper: RESTMapper;
  clock: CommandClock;
  timeoutMs: number;
}

/** Kinds that choose their pods by a label selector; those of the core group by a plain map. */
const BY_SELECTOR = ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Deployment', 'Job'];

/** Returns 'v1.Deployment' with a star, as Go names the type of an object. */
function goTypeName({ apiVersion, kind }: Unstructured): string {
  return `*${parseGroupVersion(apiVersion).version}.${kind}`;
}

/**
 * Returns the text of the selector by which an object finds its pods.
 * @throws Error `${prefix} *v1.ConfigMap: selector for *v1.ConfigMap not implemented`.
 */
export function podSelectorOf(object: Unstructured, prefix: string): string {
  const { kind, metadata, apiVersion } = object;
  const spec = (object['spec'] ?? {}) as { selector?: Record<string, string> };
  const { group } = parseGroupVersion(apiVersion);
  const fail = (why: string): never => {
    throw new Error(`${prefix} ${goTypeName(object)}: ${why}`);
  };
  if (group === '' && kind === 'Service' && Object.keys(spec.selector ?? {}).length === 0)
    return fail(`invalid service '${metadata.name}': Service is defined without a selector`);
  if (group === '' && (kind === 'Service' || kind === 'ReplicationController'))
    return selectorText(selectorFromSet(spec.selector ?? {}));
  if (BY_SELECTOR.includes(kind) && ['apps', 'extensions', 'batch'].includes(group))
    return selectorText(labelSelectorAsSelector(spec.selector as never));
  return fail(`selector for ${goTypeName(object)} not implemented`);
}

/** Returns the pods of a selector, best first; waits for the first one. @throws WaitTimeoutError. */
export async function findPods(
  search: PodSearch,
  { namespace, selector, less }: { namespace: string; selector: string; less: Less },
): Promise<Pod[]> {
  const { rest, mapper, clock, timeoutMs } = search;
  const mapping = mapper.mappingFor({ group: '', version: 'v1', kind: 'Pod' });
  let pods: Pod[] = [];
  const event = await waitUntil(
    { rest, clock, mapping, namespace, labelSelector: selector, timeoutMs },
    (items) => {
      pods = [...items] as unknown as Pod[];
      return pods.length > 0;
    },
    ({ type }) => type === 'ADDED' || type === 'MODIFIED',
  );
  if (event) pods = [event.object as unknown as Pod];
  goSort(pods, less);
  return pods;
}

/** Returns the pod that `exec` and `port-forward` mean by an object: itself, or the best active one it owns. */
export async function attachablePod(search: PodSearch, object: Unstructured): Promise<Pod> {
  if (object.kind === 'Pod') return object as unknown as Pod;
  const selector = podSelectorOf(object, 'cannot attach to');
  const namespace = object.metadata.namespace ?? '';
  const [pod] = await findPods(search, { namespace, selector, less: isMoreActive });
  if (!pod) throw new Error('timed out waiting for the condition');
  return pod;
}

/** Returns the pods of a List. */
export function podsOf(list: Unstructured): Pod[] {
  return extractItems(list) as unknown as Pod[];
}

function isReady(pod: Pod): boolean {
  return pod.status.conditions?.find((c) => c.type === 'Ready')?.status === 'True';
}

/** When it became ready; '' when it is not. */
function readyTime(pod: Pod): string {
  return pod.status.conditions?.find((c) => c.type === 'Ready' && c.status === 'True')?.lastTransitionTime ?? '';
}

/** A missing time counts as later. All are RFC 3339 in UTC, so their texts compare like the times. */
function isAfterOrZero(a: string, b: string): boolean {
  return a === '' || b === '' ? a === '' : a > b;
}

/** Returns restarts of main containers and of sidecars. */
function maxRestarts({ spec, status }: Pod): [number, number] {
  const sidecars = new Set((spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name));
  return [
    mostRestarts(status.containerStatuses ?? []),
    mostRestarts((status.initContainerStatuses ?? []).filter((s) => sidecars.has(s.name))),
  ];
}

function mostRestarts(statuses: readonly { restartCount: number }[]): number {
  return Math.max(0, ...statuses.map((s) => s.restartCount));
}

/** Positive when `a` restarted more often. */
function compareRestarts(a: Pod, b: Pod): number {
  const [[regularA, sidecarA], [regularB, sidecarB]] = [maxRestarts(a), maxRestarts(b)];
  return regularA - regularB || sidecarA - sidecarB;
}

const PHASES = ['Running', 'Unknown', 'Pending'];

/** Place of a phase, best first; upstream's map gives other phases its zero value. */
function phaseRank(pod: Pod, phases: readonly string[]): number {
  return Math.max(0, phases.indexOf(pod.status.phase ?? ''));
}

/** Which pod's logs are wanted first. Upstream: podutils.ByLogging. */
export function isBetterForLogs(a: Pod, b: Pod): boolean {
  const [nodeA, nodeB] = [a.spec.nodeName ?? '', b.spec.nodeName ?? ''];
  if (nodeA !== nodeB && (nodeA === '' || nodeB === '')) return nodeA !== '';
  const phases = phaseRank(a, PHASES) - phaseRank(b, PHASES);
  if (phases !== 0) return phases < 0;
  if (isReady(a) !== isReady(b)) return isReady(a);
  if (isReady(a) && readyTime(a) !== readyTime(b)) return isAfterOrZero(readyTime(b), readyTime(a));
  const restarts = compareRestarts(a, b);
  if (restarts !== 0) return restarts > 0;
  const [bornA, bornB] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return bornA !== bornB && isAfterOrZero(bornB, bornA);
}

function isMoreActive(a: Pod, b: Pod): boolean {
  return isLessActive(b, a);
}

const INACTIVE_PHASES = ['Pending', 'Unknown', 'Running'];

/** Which pod is the one to do without. Upstream: podutils.ActivePods. */
export function isLessActive(a: Pod, b: Pod): boolean {
  const [nodeA, nodeB] = [a.spec.nodeName ?? '', b.spec.nodeName ?? ''];
  if (nodeA !== nodeB && (nodeA === '' || nodeB === '')) return nodeA === '';
  const phases = phaseRank(a, INACTIVE_PHASES) - phaseRank(b, INACTIVE_PHASES);
  if (phases !== 0) return phases < 0;
  if (isReady(a) !== isReady(b)) return !isReady(a);
  const [endA, endB] = [a.metadata.deletionTimestamp ?? '', b.metadata.deletionTimestamp ?? ''];
  if ((endA !== '') !== (endB !== '')) return endA !== '';
  if (endA !== endB) return endA < endB;
  if (isReady(a) && readyTime(a) !== readyTime(b)) return isAfterOrZero(readyTime(a), readyTime(b));
  const restarts = compareRestarts(a, b);
  if (restarts !== 0) return restarts > 0;
  const [bornA, bornB] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  return bornA !== bornB && isAfterOrZero(bornA, bornB);
}
