// APIService: which server answers for a group and version.
// Called by: resources/index.ts. Must not know: HTTP, storage. They are kept and shown; this server answers for its own groups
// and asks no other.
import { Path, invalid, required } from '../machinery/field.ts';
import type { KubeObject } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';

type APIService = KubeObject & {
  spec: { group?: string; version?: string; service?: { namespace?: string; name?: string; port?: number } };
  status: { conditions?: { type: string; status: string; reason?: string }[] };
};

export const apiService = defineResource<APIService>({
  gvr: { group: 'apiregistration.k8s.io', version: 'v1', resource: 'apiservices' },
  kind: 'APIService',
  singular: 'apiservice',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
  setDefaults({ spec }) {
    if (spec.service) spec.service.port ??= 443;
  },
  strategy: {
    prepareForCreate(object) {
      object.status = {};
    },
    prepareForUpdate(object, old) {
      object.status = old.status;
    },
    validate({ metadata, spec }) {
      const expected = `${spec.version ?? ''}.${spec.group ?? ''}`;
      const errors = spec.version ? [] : [required(Path.of('spec', 'version'))];
      if (metadata.name === expected) return errors;
      const detail = `must be \`spec.version+"."+spec.group\`: "${expected}"`;
      return [invalid(Path.of('metadata', 'name'), metadata.name, detail), ...errors];
    },
  },
  table: {
    columns: [nameColumn, textColumn('Service'), textColumn('Available'), ageColumn],
    row(object, nowMs) {
      const { service } = object.spec;
      const available = object.status.conditions?.find(({ type }) => type === 'Available');
      const text =
        available?.reason && available.status !== 'True'
          ? `${available.status} (${available.reason})`
          : available?.status;
      const target = service ? `${service.namespace}/${service.name}` : 'Local';
      return [object.metadata.name, target, text ?? 'Unknown', ageCell(object, nowMs)];
    },
  },
});
