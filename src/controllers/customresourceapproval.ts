// Says of CustomResourceDefinitions in the community's groups (*.k8s.io) whether their API is approved.
// Called by: controllers/manager.ts through the index. Must not know: the objects of a definition.
// Upstream: apiextensions-apiserver pkg/controller/apiapproval/apiapproval_controller.go.
import { clone } from '../machinery/meta.ts';
import { approvalOf, isProtectedGroup, type ApprovalState } from '../resources/customresourcedefinition.approval.ts';
import { findCondition, setCondition } from '../resources/customresourcedefinition.conditions.ts';
import { customResourceDefinition } from '../resources/customresourcedefinition.ts';
import type { Controller } from './controller.ts';
import { self } from './enqueue.ts';

const TYPE = 'KubernetesAPIApprovalPolicyConformant';
const REASONS: Readonly<Record<ApprovalState['state'], string>> = {
  Invalid: 'InvalidAnnotation',
  Missing: 'MissingAnnotation',
  Approved: 'ApprovedAnnotation',
  Bypassed: 'UnapprovedAnnotation',
};

export const customResourceApprovalController: Controller = {
  name: 'crd-kubernetes-api-approval-policy-conformant-condition-controller',
  fieldManager: 'kube-apiserver',
  watches: [{ definition: customResourceDefinition, enqueue: self }],
  reconcile({ client, nowMs }, name) {
    const crd = client.get(customResourceDefinition, { name });
    if (!crd || !isProtectedGroup(crd.spec.group)) return;
    const { state, reason: message } = approvalOf(crd);
    const status = state === 'Approved' ? 'True' : 'False';
    const reason = REASONS[state];
    const old = findCondition(crd, TYPE);
    if (old?.status === status && old.reason === reason && old.message === message) return;
    const changed = clone(crd);
    setCondition(changed, nowMs, { type: TYPE, status, reason, message });
    client.updateStatus(customResourceDefinition, changed);
  },
};
