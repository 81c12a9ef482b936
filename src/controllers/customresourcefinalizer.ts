// Deletes the objects of a CustomResourceDefinition that is being deleted, then lets it go.
// Called by: controllers/manager.ts through the index. Must not know: the inside of any object.
// Upstream: apiextensions-apiserver pkg/controller/finalizer/crd_finalizer.go.
import { parseTime } from '../machinery/clock.ts';
import { clone, isDeleting } from '../machinery/meta.ts';
import { isNotFound } from '../machinery/status.ts';
import { groupResourceString } from '../machinery/types.ts';
import { customResourceOf } from '../resources/customresource.ts';
import { isConditionTrue, setCondition, type NewCondition } from '../resources/customresourcedefinition.conditions.ts';
import {
  CLEANUP_FINALIZER,
  customResourceDefinition,
  type CustomResourceDefinition,
} from '../resources/customresourcedefinition.ts';
import type { Controller, ControllerContext, ReconcileResult } from './controller.ts';
import { self } from './enqueue.ts';

/** So long it waits for objects to go before it says that it does. */
const PATIENCE_MS = 60_000;

const IN_PROGRESS: NewCondition = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
};
const COMPLETED: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
};
const NEVER_ESTABLISHED: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'NeverEstablished',
  message: 'resource was never established',
};
const UNCONFIRMED: NewCondition = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionCheck',
  message: 'could not confirm zero CustomResources remaining: timed out waiting for the condition',
};

export const customResourceFinalizer: Controller = {
  name: 'crd-finalizer',
  fieldManager: 'kube-apiserver',
  watches: [{ definition: customResourceDefinition, enqueue: self }],
  custom: {
    // The last object to go sets the definition free.
    watch: (definition) => ({
      definition,
      enqueue: ({ type }) => (type === 'DELETED' ? [groupResourceString(definition.gvr)] : []),
      resync: () => [],
    }),
  },
  reconcile(context, name) {
    const crd = context.client.get(customResourceDefinition, { name });
    if (!crd || !isDeleting(crd) || !crd.metadata.finalizers?.includes(CLEANUP_FINALIZER)) return;
    if (!isConditionTrue(crd, 'Established')) {
      release(context, crd, NEVER_ESTABLISHED);
      return;
    }
    return deleteObjects(context, crd);
  },
};

function deleteObjects(context: ControllerContext, crd: CustomResourceDefinition): ReconcileResult | void {
  const { client, nowMs } = context;
  const waitsUntilMs = (parseTime(crd.metadata.deletionTimestamp) ?? nowMs) + PATIENCE_MS;
  const isPatient = nowMs < waitsUntilMs;
  const current = isPatient ? write(context, crd, IN_PROGRESS) : crd;
  const definition = customResourceOf(current);
  if (!definition) return;
  for (const { metadata } of client.list(definition)) {
    if (metadata.deletionTimestamp !== undefined) continue;
    try {
      client.delete(definition, { namespace: metadata.namespace, name: metadata.name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  if (client.list(definition).length === 0) release(context, current, COMPLETED);
  else if (isPatient) return { requeueAtMs: waitsUntilMs, isBackground: true };
  else write(context, current, UNCONFIRMED);
}

function write(
  { client, nowMs }: ControllerContext,
  crd: CustomResourceDefinition,
  condition: NewCondition,
): CustomResourceDefinition {
  const changed = clone(crd);
  setCondition(changed, nowMs, condition);
  return client.updateStatus(customResourceDefinition, changed);
}

/** Takes the finalizer away, together with the last word about it. */
function release({ client, nowMs }: ControllerContext, crd: CustomResourceDefinition, condition: NewCondition): void {
  const changed = clone(crd);
  setCondition(changed, nowMs, condition);
  const left = changed.metadata.finalizers?.filter((finalizer) => finalizer !== CLEANUP_FINALIZER) ?? [];
  if (left.length > 0) changed.metadata.finalizers = left;
  else delete changed.metadata.finalizers;
  client.updateStatus(customResourceDefinition, changed);
}
