// Which pods of a node a drain deletes, which it lets be, and which forbid it.
// Called by: commands/drain.ts. Must not know: how pods are deleted. Upstream: kubectl pkg/drain/filters.go.
import type { RestClient, RESTMapper } from '../../client/types.ts';
import { controllerOf } from '../../machinery/meta.ts';
import { isNotFound } from '../../machinery/status.ts';
import type { Pod } from '../../resources/pod.ts';
import { extractItems } from '../visitors.ts';

export interface DrainSearch {
  rest: RestClient;
  mapper: RESTMapper;
  nodeName: string;
  podSelector: string;
  nowMs: number;
  force: boolean;
  ignoresDaemonSets: boolean;
  deletesEmptyDirData: boolean;
  skipDeletedSeconds: number;
}

export interface DrainPods {
  pods: Pod[];
  /** 'deleting Pods that declare no controller: default/a, default/b'; '' for none. */
  warnings: string;
  errors: Error[];
}

/** What one filter says; the last one that was asked counts. */
interface Verdict {
  deletes: boolean;
  warning?: string;
  error?: string;
}
type Filter = (pod: Pod) => Verdict | Promise<Verdict>;

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
const DELETE: Verdict = { deletes: true };
const SKIP: Verdict = { deletes: false };

/** Returns what would be deleted. @throws when the pods cannot be listed. */
export async function podsForDeletion(search: DrainSearch): Promise<DrainPods> {
  const { rest, mapper, nodeName, podSelector } = search;
  const list = await rest.list(mapper.mappingFor({ group: '', version: 'v1', kind: 'Pod' }), undefined, {
    fieldSelector: `spec.nodeName=${nodeName}`,
    labelSelector: podSelector || undefined,
  });
  const pods: Pod[] = [];
  const warnings = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  for (const item of extractItems(list)) {
    const pod = { ...item, apiVersion: 'v1', kind: 'Pod' } as unknown as Pod;
    const { deletes, warning, error } = await judge(pod, search);
    if (deletes) pods.push(pod);
    const place = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (warning !== undefined) warnings.set(warning, [...(warnings.get(warning) ?? []), place]);
    if (error !== undefined) errors.set(error, [...(errors.get(error) ?? []), place]);
  }
  return {
    pods,
    warnings: [...warnings].map(([text, places]) => `${text}: ${places.join(', ')}`).join('; '),
    errors: [...errors].map(([text, places]) => new Error(`cannot delete ${text}: ${places.join(', ')}`)),
  };
}

async function judge(pod: Pod, search: DrainSearch): Promise<Verdict> {
  const filters: Filter[] = [
    () => (isDeletedLongAgo(pod, search.skipDeletedSeconds, search.nowMs) ? SKIP : DELETE),
    () => judgeDaemonSet(pod, search),
    () => (pod.metadata.annotations?.[MIRROR_ANNOTATION] === undefined ? DELETE : SKIP),
    () => judgeLocalStorage(pod, search),
    () => judgeUnmanaged(pod, search),
  ];
  let verdict = DELETE;
  for (const filter of filters) {
    verdict = await filter(pod);
    if (!verdict.deletes) break;
  }
  return verdict;
}

/** Whether a pod has been terminating for so long that nobody waits for it. */
export function isDeletedLongAgo({ metadata }: Pod, skipSeconds: number, nowMs: number): boolean {
  if (skipSeconds <= 0 || !metadata.deletionTimestamp) return false;
  return Math.trunc((nowMs - Date.parse(metadata.deletionTimestamp)) / 1000) > skipSeconds;
}

function isFinished({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}

async function judgeDaemonSet(pod: Pod, { rest, mapper, force, ignoresDaemonSets }: DrainSearch): Promise<Verdict> {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'DaemonSet' || owner.apiVersion !== 'apps/v1' || isFinished(pod)) return DELETE;
  try {
    const mapping = mapper.mappingFor({ group: 'apps', version: 'v1', kind: 'DaemonSet' });
    await rest.get(mapping, { namespace: pod.metadata.namespace, name: owner.name });
  } catch (error) {
    const { message } = error as Error;
    return isNotFound(error as Error) && force
      ? { deletes: true, warning: message }
      : { deletes: false, error: message };
  }
  if (ignoresDaemonSets) return { deletes: false, warning: 'ignoring DaemonSet-managed Pods' };
  return { deletes: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
}

function judgeLocalStorage(pod: Pod, { deletesEmptyDirData }: DrainSearch): Verdict {
  if (isFinished(pod) || !pod.spec.volumes?.some((volume) => volume.emptyDir !== undefined)) return DELETE;
  if (deletesEmptyDirData) return { deletes: true, warning: 'deleting Pods with local storage' };
  return { deletes: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
}

function judgeUnmanaged(pod: Pod, { force }: DrainSearch): Verdict {
  if (isFinished(pod) || controllerOf(pod)) return DELETE;
  if (force) return { deletes: true, warning: 'deleting Pods that declare no controller' };
  return { deletes: false, error: 'cannot delete Pods that declare no controller (use --force to override)' };
}
