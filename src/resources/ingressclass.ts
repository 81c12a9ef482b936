// IngressClass: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { IngressClass as UpstreamIngressClass } from 'kubernetes-types/networking/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateIngressClass, validateIngressClassUpdate } from './ingress.validation.ts';
import { raiseGenerationOnSpecChange, startGeneration } from './strategy.ts';

export type IngressClass = Kind<UpstreamIngressClass>;

export const ingressClass = defineResource<IngressClass>({
  gvr: { group: 'networking.k8s.io', version: 'v1', resource: 'ingressclasses' },
  kind: 'IngressClass',
  singular: 'ingressclass',
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.networking.v1.IngressClass',
  setDefaults(object) {
    object.spec ??= {};
    if (object.spec.parameters) object.spec.parameters.scope ??= 'Cluster';
  },
  strategy: {
    prepareForCreate: startGeneration,
    prepareForUpdate: raiseGenerationOnSpecChange,
    validate: validateIngressClass,
    validateUpdate: validateIngressClassUpdate,
  },
  table: {
    columns: [nameColumn, textColumn('Controller'), textColumn('Parameters'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      object.spec.controller ?? '',
      parametersCell(object),
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) =>
    (await import('./ingressclass.describe.ts')).describeIngressClass(object, context),
});

function parametersCell({ spec }: IngressClass): string {
  if (!spec.parameters) return '<none>';
  const { kind, apiGroup, name } = spec.parameters;
  return `${kind}${apiGroup === undefined ? '' : `.${apiGroup}`}/${name}`;
}
