// The ordered index of kinds: discovery, the scheme and the describers read it. A kind not listed here does not exist.
// Called by: apiserver, cli. Must not know: any kind's inside.
import type { ResourceDefinition } from './definition.ts';
import { binding } from './binding.ts';
import { namespace } from './namespace.ts';
import { node } from './node.ts';
import { pod } from './pod.ts';
import { service } from './service.ts';
import { endpoints } from './endpoints.ts';
import { configMap } from './configmap.ts';
import { secret } from './secret.ts';
import { serviceAccount } from './serviceaccount.ts';
import { event } from './event.ts';
import { resourceQuota } from './resourcequota.ts';
import { limitRange } from './limitrange.ts';
import { podTemplate } from './podtemplates.ts';
import { replicationController } from './replicationcontroller.ts';
import { componentStatus } from './componentstatus.ts';
import { deployment } from './deployment.ts';
import { replicaSet } from './replicaset.ts';
import { daemonSet } from './daemonset.ts';
import { statefulSet } from './statefulset.ts';
import { controllerRevision } from './controllerrevision.ts';
import { job } from './job.ts';
import { cronJob } from './cronjob.ts';
import { horizontalPodAutoscaler } from './horizontalpodautoscaler.ts';
import { ingress } from './ingress.ts';
import { ingressClass } from './ingressclass.ts';
import { networkPolicy } from './networkpolicy.ts';
import { ipAddress, serviceCIDR } from './clusteraddresses.ts';
import { certificateSigningRequest } from './certificatesigningrequest.ts';
import { runtimeClass } from './runtimeclass.ts';
import {
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
} from './admissionregistration.ts';
import { apiService } from './apiservice.ts';
import { flowSchema, priorityLevelConfiguration } from './flowcontrol.ts';
import { deviceClass, resourceClaim, resourceClaimTemplate, resourceSlice } from './resourceclaims.ts';
import { endpointSlice } from './endpointslice.ts';
import { lease } from './lease.ts';
import { nodeMetrics } from './nodemetrics.ts';
import { podMetrics } from './podmetrics.ts';
import { priorityClass } from './priorityclass.ts';
import { podDisruptionBudget } from './poddisruptionbudget.ts';
import { persistentVolume } from './persistentvolume.ts';
import { persistentVolumeClaim } from './persistentvolumeclaim.ts';
import { storageClass } from './storageclass.ts';
import { csiDriver, csiNode, csiStorageCapacity, volumeAttachment, volumeAttributesClass } from './csi.ts';
import { customResourceDefinition } from './customresourcedefinition.ts';
import { tokenReview } from './tokenreview.ts';
import { selfSubjectReview } from './selfsubjectreview.ts';
import { localSubjectAccessReview } from './localsubjectaccessreview.ts';
import { selfSubjectAccessReview } from './selfsubjectaccessreview.ts';
import { selfSubjectRulesReview } from './selfsubjectrulesreview.ts';
import { subjectAccessReview } from './subjectaccessreview.ts';
import { role } from './role.ts';
import { clusterRole } from './clusterrole.ts';
import { roleBinding } from './rolebinding.ts';
import { clusterRoleBinding } from './clusterrolebinding.ts';

export const resourceDefinitions: readonly ResourceDefinition[] = [
  namespace,
  node,
  pod,
  service,
  endpoints,
  configMap,
  secret,
  serviceAccount,
  event,
  resourceQuota,
  limitRange,
  replicationController,
  podTemplate,
  componentStatus,
  binding,
  deployment,
  replicaSet,
  daemonSet,
  statefulSet,
  controllerRevision,
  job,
  cronJob,
  horizontalPodAutoscaler,
  ingress,
  ingressClass,
  endpointSlice,
  lease,
  priorityClass,
  podDisruptionBudget,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
  volumeAttachment,
  csiNode,
  csiDriver,
  csiStorageCapacity,
  volumeAttributesClass,
  networkPolicy,
  serviceCIDR,
  ipAddress,
  certificateSigningRequest,
  runtimeClass,
  mutatingWebhookConfiguration,
  validatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  apiService,
  flowSchema,
  priorityLevelConfiguration,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  customResourceDefinition,
  nodeMetrics,
  podMetrics,
  tokenReview,
  selfSubjectReview,
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  role,
  clusterRole,
  roleBinding,
  clusterRoleBinding,
];
