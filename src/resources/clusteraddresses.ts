// ServiceCIDR and IPAddress: from which ranges Services get their addresses, and which are taken.
// Called by: resources/index.ts. Must not know: HTTP, storage. They are kept and shown; Services take their addresses from
// the cluster's own range.
import { type FieldErrors, Path, invalid, required } from '../machinery/field.ts';
import { semanticEqual, validateImmutableField } from '../machinery/metavalidation.ts';
import type { KubeObject } from '../machinery/types.ts';
import { groupResourceString } from '../machinery/types.ts';
import { isValidCIDR, isValidIP } from '../machinery/validation.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { invalidEach } from './podspec.validation.names.ts';
import { raiseGeneration, startGeneration } from './strategy.ts';

interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
}
export type ServiceCIDR = KubeObject & { spec: { cidrs?: string[] }; status: { conditions?: Condition[] } };
export type IPAddress = KubeObject & {
  spec: { parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } };
};

const GROUP = { group: 'networking.k8s.io', version: 'v1' };
const CIDRS = Path.of('spec', 'cidrs');
const PARENT = Path.of('spec', 'parentRef');

export const serviceCIDR = defineResource<ServiceCIDR>({
  gvr: { ...GROUP, resource: 'servicecidrs' },
  kind: 'ServiceCIDR',
  singular: 'servicecidr',
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  strategy: {
    prepareForCreate(object) {
      object.status = {};
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      object.status = old.status;
      raiseGeneration(object, old, !semanticEqual(object.spec, old.spec));
    },
    validate({ spec: { cidrs = [] } }) {
      if (cidrs.length === 0) return [required(CIDRS, 'at least one CIDR required')];
      if (cidrs.length > 2) return [invalid(CIDRS, cidrs, 'may only hold up to 2 values')];
      return cidrs.flatMap((cidr, i) => invalidEach(CIDRS.index(i), cidr, isValidCIDR(cidr)));
    },
    validateUpdate: (object, old) => validateImmutableField(object.spec.cidrs, old.spec.cidrs, CIDRS),
  },
  table: {
    columns: [nameColumn, textColumn('CIDRs'), ageColumn],
    row: (object, nowMs) => [object.metadata.name, (object.spec.cidrs ?? []).join(','), ageCell(object, nowMs)],
  },
  describe: async (object, context) =>
    (await import('./clusteraddresses.describe.ts')).describeServiceCIDR(object, context),
});

export const ipAddress = defineResource<IPAddress>({
  gvr: { ...GROUP, resource: 'ipaddresses' },
  kind: 'IPAddress',
  singular: 'ipaddress',
  shortNames: ['ip'],
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.networking.v1.IPAddress',
  strategy: {
    prepareForCreate: startGeneration,
    validateName: isValidIP,
    validate({ spec: { parentRef } }) {
      if (!parentRef) return [required(PARENT)];
      const errors: FieldErrors = [];
      for (const field of ['resource', 'name'] as const)
        if (!parentRef[field]) errors.push(required(PARENT.child(field)));
      return errors;
    },
    validateUpdate: (object, old) => validateImmutableField(object.spec.parentRef, old.spec.parentRef, PARENT),
  },
  table: {
    columns: [nameColumn, textColumn('ParentRef')],
    row: ({ metadata, spec }) => [metadata.name, parentText(spec.parentRef)],
  },
  describe: async (object, context) =>
    (await import('./clusteraddresses.describe.ts')).describeIPAddress(object, context),
});

function parentText(parent: IPAddress['spec']['parentRef']): string {
  if (!parent) return '<none>';
  const { group = '', resource = '', namespace, name = '' } = parent;
  const words = [groupResourceString({ group, resource }).toLowerCase(), ...(namespace ? [namespace] : []), name];
  return words.join('/');
}
