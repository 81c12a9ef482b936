// pods/binding, and the older bindings: a pod is given its node.
// Called by: subresources.ts, reviews.ts, loopback.ts. Must not know: the scheduler.
import { formatTime } from '../machinery/clock.ts';
import { invalid, notSupported, Path, required } from '../machinery/field.ts';
import { newConflict, newInvalid, newNotFound, statusSuccess } from '../machinery/status.ts';
import type { ObjectKey } from '../machinery/types.ts';
import type { Pod } from '../resources/pod.ts';
import type { Exchange } from './exchange.ts';
import type { Registry } from './registry.ts';
import type { ExpectedKind } from './scheme.ts';
import type { ApiResponse } from './types.ts';

const PODS = { group: '', resource: 'pods' };
const BINDING = { group: '', resource: 'pods/binding' };

const TARGET: ExpectedKind & { schema: string } = {
  schema: 'io.k8s.api.core.v1.Binding',
  kind: 'Binding',
  versions: [{ group: '', version: 'v1' }],
};

interface Binding {
  metadata?: { name?: string };
  target?: { kind?: string; name?: string };
}

/** POST pods/x/binding, or bindings, which name the pod. Upstream: kubernetes pkg/registry/core/pod/storage BindingREST, LegacyBindingREST. */
export function createBinding(exchange: Exchange): ApiResponse {
  const { registry, key: asked } = exchange;
  const { isDryRun } = exchange.writeOptions('CreateOptions');
  const { target = {}, metadata } = exchange.decodedBody(TARGET) as Binding;
  const key = { ...asked, name: asked.name || (metadata?.name ?? '') };
  const path = Path.of('target');
  const kind = target.kind ?? '';
  const errors = [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported(path.child('kind'), kind, ['Node', '<empty>'])]),
    ...(target.name ? [] : [required(path.child('name'))]),
  ];
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'Binding' }, key.name, errors);
  if (!isDryRun) bindPod(registry, key, target.name ?? '');
  return exchange.respondWith(statusSuccess(), 201);
}

/** Sets spec.nodeName and the PodScheduled condition. @throws StatusError NotFound or Conflict. */
export function bindPod({ context }: Registry, key: ObjectKey, nodeName: string): void {
  const { store, clock } = context;
  const pod = store.get('pods', key) as Pod | undefined;
  if (!pod) throw newNotFound(PODS, key.name);
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp !== undefined)
    throw newConflict(BINDING, key.name, `pod ${key.name} is being deleted, cannot be assigned to a host`);
  if (spec.nodeName)
    throw newConflict(
      BINDING,
      key.name,
      `pod ${key.name} is already assigned to node ${JSON.stringify(spec.nodeName)}`,
    );
  const gates = spec.schedulingGates ?? [];
  if (gates.length > 0) {
    const why = invalid(Path.of('spec', 'schedulingGates'), gates, 'pod has non-empty .spec.schedulingGates');
    throw newConflict(BINDING, key.name, why.message());
  }
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: formatTime(clock.nowMs()),
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  };
  const others = (status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  // What was to be its node is no news any more. Upstream: the gate ClearingNominatedNodeNameAfterBinding.
  const { nominatedNodeName: _, ...kept } = status ?? {};
  const bound = { ...pod, spec: { ...spec, nodeName }, status: { ...kept, conditions: [...others, condition] } };
  store.update('pods', bound);
}
