// Service: its names, defaults and strategy.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import { nameIsDNS1035Label } from '../machinery/metavalidation.ts';
import { defineResource } from './definition.ts';
import { allocateForCreate, allocateForUpdate } from './service.allocation.ts';
import { serviceTable } from './service.table.ts';
import { type Service, dropTypeDependentFields, isExternallyAccessible } from './service.types.ts';
import { validateService, validateServiceStatus, validateServiceUpdate } from './service.validation.ts';
import { serviceWarnings } from './service.warnings.ts';
import { keepStatus } from './strategy.ts';

export type { Service };

export const service = defineResource<Service>({
  gvr: { group: '', version: 'v1', resource: 'services' },
  kind: 'Service',
  singular: 'service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'proxy'],
  schema: 'io.k8s.api.core.v1.Service',
  setDefaults,
  strategy: {
    allowsCreateOnUpdate: true,
    validateName: nameIsDNS1035Label,
    prepareForCreate(object, context) {
      object.status = { loadBalancer: {} };
      // Upstream allocates before it validates, and so what is wrong with an address is said first.
      allocateForCreate(object, context);
    },
    prepareForUpdate(object, old, context) {
      keepStatus(object, old);
      dropTypeDependentFields(object, old);
      allocateForUpdate(object, old, context);
    },
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    validateStatusUpdate: validateServiceStatus,
    warningsOnCreate: serviceWarnings,
    warningsOnUpdate: serviceWarnings,
  },
  table: serviceTable,
  describe: async (object, context) => (await import('./service.describe.ts')).describeService(object, context),
  fieldLabels: (object) => ({ 'spec.clusterIP': object.spec.clusterIP ?? '', 'spec.type': object.spec.type ?? '' }),
});

/** Upstream: kubernetes pkg/apis/core/v1/defaults.go SetDefaults_Service. */
function setDefaults(object: Service): void {
  const spec = (object.spec ??= {});
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined)
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (isExternallyAccessible(object)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type !== 'ExternalName' && ['NodePort', 'LoadBalancer', 'ClusterIP'].includes(spec.type))
    spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type !== 'LoadBalancer') return;
  spec.allocateLoadBalancerNodePorts ??= true;
  for (const ingress of object.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
}
