// Establishing CustomResourceDefinitions: once its names are accepted, the kind is served.
// Called by: controllers/manager.ts through the index. Must not know: the objects of a definition.
// Upstream: apiextensions-apiserver pkg/controller/establish/establishing_controller.go.
import { clone } from '../machinery/meta.ts';
import { isConditionTrue, setCondition } from '../resources/customresourcedefinition.conditions.ts';
import { customResourceDefinition } from '../resources/customresourcedefinition.ts';
import type { Controller } from './controller.ts';
import { self } from './enqueue.ts';

export const customResourceEstablishingController: Controller = {
  name: 'crd-establishing-controller',
  fieldManager: 'kube-apiserver',
  watches: [{ definition: customResourceDefinition, enqueue: self }],
  reconcile({ client, nowMs }, name) {
    const crd = client.get(customResourceDefinition, { name });
    if (!crd || !isConditionTrue(crd, 'NamesAccepted') || isConditionTrue(crd, 'Established')) return;
    const changed = clone(crd);
    setCondition(changed, nowMs, {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    });
    client.updateStatus(customResourceDefinition, changed);
  },
};
