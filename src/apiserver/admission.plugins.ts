// The chain of admission plugins, in upstream's order.
// Called by: server.ts, which hands it to the registry. Must not know: what a plugin does.
import type { AdmissionPlugin } from './admission.ts';
import { terminatingCustomResources } from './admission.customresources.ts';
import { defaultIngressClass } from './admission.ingressclass.ts';
import { defaultTolerations } from './admission.tolerations.ts';
import { limitRanger } from './admission.limitranger.ts';
import { namespaceLifecycle } from './admission.namespace.ts';
import { nodeTaint } from './admission.nodetaint.ts';
import { priority } from './admission.priority.ts';
import { quota } from './admission.quota.ts';
import { runtimeClassAdmission } from './admission.runtimeclass.ts';
import { serviceAccount } from './admission.serviceaccount.ts';
import { claimResize, defaultStorageClass, storageObjectInUseProtection } from './admission.storage.ts';

/** Upstream: kubernetes pkg/kubeapiserver/options/plugins.go AllOrderedPlugins, of those that are on by default. */
export const admissionPlugins: readonly AdmissionPlugin[] = [
  terminatingCustomResources,
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeTaint,
  priority,
  defaultTolerations,
  defaultStorageClass,
  storageObjectInUseProtection,
  claimResize,
  runtimeClassAdmission,
  defaultIngressClass,
  // Last of all: what another refuses does not count.
  quota,
];
