// ServiceAccount: its names, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ServiceAccount as UpstreamServiceAccount } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn } from './columns.ts';
import { defineResource } from './definition.ts';

export type ServiceAccount = Kind<UpstreamServiceAccount>;

export const serviceAccount = defineResource<ServiceAccount>({
  gvr: { group: '', version: 'v1', resource: 'serviceaccounts' },
  kind: 'ServiceAccount',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  subresources: ['token'],
  schema: 'io.k8s.api.core.v1.ServiceAccount',
  strategy: {
    prepareForCreate: keepSecretNames,
    prepareForUpdate: (object) => keepSecretNames(object),
    warningsOnCreate: (object) => warnings(object),
    warningsOnUpdate: (object, old) => warnings(object, old),
  },
  table: {
    columns: [nameColumn, ageColumn],
    row: (object, nowMs) => [object.metadata.name, ageCell(object, nowMs)],
  },
  describe: async (object, context) =>
    (await import('./serviceaccount.describe.ts')).describeServiceAccount(object, context),
});

/** Of references to Secrets only the names count. Changes its argument. */
function keepSecretNames(object: ServiceAccount): void {
  object.secrets = object.secrets?.map(({ name }) => (name === undefined ? {} : { name }));
  if (object.secrets === undefined) delete object.secrets;
}

const ENFORCE_MOUNTABLE_SECRETS = 'kubernetes.io/enforce-mountable-secrets';

function warnings(object: ServiceAccount, old?: ServiceAccount): string[] {
  const isNew = !old?.metadata.annotations?.[ENFORCE_MOUNTABLE_SECRETS];
  if (!isNew || object.metadata.annotations?.[ENFORCE_MOUNTABLE_SECRETS] === undefined) return [];
  return [
    `metadata.annotations[${ENFORCE_MOUNTABLE_SECRETS}]: deprecated in v1.32+; ` +
      'prefer separate namespaces to isolate access to mounted secrets',
  ];
}
