// The pods of a StatefulSet: their names and numbers, what keeps them the set's, how they are made and let go.
// Called by: statefulset.ts. Must not know: in which order.
import { clone, newControllerRef } from '../machinery/meta.ts';
import { isAlreadyExists, isNotFound, StatusError } from '../machinery/status.ts';
import type { ControllerRevision } from '../resources/controllerrevision.ts';
import { pod as podResource, type Pod } from '../resources/pod.ts';
import type { StatefulSet } from '../resources/statefulset.ts';
import type { ControllerContext } from './controller.ts';
import { claimName, createClaims } from './statefulset.claims.ts';
import { REVISION_LABEL, templateAt } from './statefulset.history.ts';

const NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** What a recorded change of a pod is called. */
type Verb = 'create' | 'update' | 'delete';

/** Returns a pod's number in its set, or -1 when its name has none. */
export function ordinalOf({ metadata: { name } }: Pod): number {
  const [, digits] = /-(\d{1,9})$/.exec(name) ?? [];
  return digits === undefined ? -1 : Number(digits);
}

/** Returns whether a pod's name is one of the set's. Upstream: stateful_set_utils.go isMemberOf. */
export function isMemberOf({ metadata }: StatefulSet, pod: Pod): boolean {
  return ordinalOf(pod) >= 0 && pod.metadata.name.slice(0, pod.metadata.name.lastIndexOf('-')) === metadata.name;
}

export function startOrdinal({ spec }: StatefulSet): number {
  return spec.ordinals?.start ?? 0;
}

interface NewPod {
  metadata: Pod['metadata'];
  spec: Pod['spec'];
}

/** Gives the pod the name, labels and host that its number asks for. Changes its argument. Upstream: updateIdentity, initIdentity. */
function setIdentity(set: StatefulSet, pod: NewPod, ordinal: number): void {
  const name = `${set.metadata.name}-${ordinal}`;
  pod.metadata.name = name;
  if (set.metadata.namespace) pod.metadata.namespace = set.metadata.namespace;
  pod.metadata.labels = { ...pod.metadata.labels, [NAME_LABEL]: name, [INDEX_LABEL]: String(ordinal) };
}

/** Puts the pod's claims in the place of volumes of their names. Changes its argument. Upstream: updateStorage. */
function setStorage(set: StatefulSet, pod: NewPod, ordinal: number): void {
  const names = (set.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '');
  if (names.length === 0) return;
  const claims = names.map((name) => ({
    name,
    persistentVolumeClaim: { claimName: claimName(set, name, ordinal) },
  }));
  const others = pod.spec.volumes?.filter(({ name }) => !names.includes(name)) ?? [];
  pod.spec.volumes = [...claims, ...others];
}

/** Returns true when name, labels and volumes are those of its number. Upstream: identityMatches, storageMatches. */
function hasIdentity(set: StatefulSet, pod: Pod): boolean {
  const { labels = {}, name } = pod.metadata;
  const ordinal = ordinalOf(pod);
  const mounts = new Map(pod.spec.volumes?.map((volume) => [volume.name, volume.persistentVolumeClaim?.claimName]));
  const keepsClaims = (set.spec.volumeClaimTemplates ?? []).every(({ metadata }) => {
    const template = metadata?.name ?? '';
    return mounts.get(template) === claimName(set, template, ordinal);
  });
  return keepsClaims && labels[NAME_LABEL] === name;
}

function record(
  { recorder }: ControllerContext,
  set: StatefulSet,
  { verb, name, error }: { verb: Verb; name: string; error?: StatusError },
): void {
  const reason = `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)}`;
  const subject = `${verb} Pod ${name} in StatefulSet ${set.metadata.name}`;
  if (!error) recorder.event(set, 'Normal', `Successful${reason}`, `${subject} successful`);
  else recorder.event(set, 'Warning', `Failed${reason}`, `${subject} failed error: ${error.message}`);
}

/** Runs a change of a pod and records how it went. @throws StatusError as the server refused. */
export function recorded(
  context: ControllerContext,
  set: StatefulSet,
  verb: Verb,
  name: string,
  change: () => void,
): void {
  try {
    change();
  } catch (error) {
    if (error instanceof StatusError && !(verb === 'create' && isAlreadyExists(error)))
      record(context, set, { verb, name, error });
    throw error;
  }
  record(context, set, { verb, name });
}

/**
 * Creates the pod of a number from a revision's template. @throws StatusError as the server refused.
 * Upstream: stateful_pod_control.go CreateStatefulPod.
 */
export function createPod(
  context: ControllerContext,
  set: StatefulSet,
  ordinal: number,
  revision: ControllerRevision,
): void {
  const template = templateAt(revision);
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const pod: NewPod = {
    metadata: {
      name: '',
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [newControllerRef(set)],
    },
    spec: (template.spec ?? { containers: [] }) as Pod['spec'],
  };
  setIdentity(set, pod, ordinal);
  pod.spec.hostname = pod.metadata.name;
  if (set.spec.serviceName) pod.spec.subdomain = set.spec.serviceName;
  setStorage(set, pod, ordinal);
  pod.metadata.labels = { ...pod.metadata.labels, [REVISION_LABEL]: revision.metadata.name };
  recorded(context, set, 'create', pod.metadata.name, () => {
    createClaims(context, set, ordinal);
    context.client.create(podResource, pod);
  });
}

/** Deletes a pod of the set. @throws StatusError as the server refused. */
export function deletePod(context: ControllerContext, set: StatefulSet, pod: Pod): void {
  const { name, namespace, uid } = pod.metadata;
  recorded(context, set, 'delete', name, () => {
    try {
      context.client.delete(podResource, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  });
}

/** Brings labels back that somebody changed. Upstream: UpdateStatefulPod. */
export function repairPod(context: ControllerContext, set: StatefulSet, pod: Pod): void {
  if (hasIdentity(set, pod)) return;
  const changed = clone(pod);
  setIdentity(set, changed, ordinalOf(pod));
  setStorage(set, changed, ordinalOf(pod));
  recorded(context, set, 'update', pod.metadata.name, () => void context.client.update(podResource, changed));
}
