// Secret: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Secret as UpstreamSecret } from 'kubernetes-types/core/v1';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { validateSecret, validateSecretUpdate } from './configmap.validation.ts';
import { defineResource } from './definition.ts';

export type Secret = Kind<UpstreamSecret>;

export const secret = defineResource<Secret>({
  gvr: { group: '', version: 'v1', resource: 'secrets' },
  kind: 'Secret',
  singular: 'secret',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.Secret',
  setDefaults(object) {
    foldStringData(object);
    object.type ||= 'Opaque';
  },
  strategy: {
    prepareForUpdate(object, old) {
      if (!object.type && old.type) object.type = old.type;
    },
    validate: validateSecret,
    validateUpdate: validateSecretUpdate,
  },
  table: {
    columns: [nameColumn, textColumn('Type'), textColumn('Data'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      object.type ?? '',
      Object.keys(object.data ?? {}).length,
      ageCell(object, nowMs),
    ],
  },
  describe: async (object) => (await import('./secret.describe.ts')).describeSecret(object),
  fieldLabels: (object) => ({ type: object.type ?? '' }),
});

/** Moves stringData, which is write-only, into data; it wins over data. Changes its argument. */
function foldStringData(object: Secret): void {
  if (!object.stringData) return;
  for (const [key, text] of Object.entries(object.stringData)) {
    object.data ??= {};
    object.data[key] = Buffer.from(text, 'utf8').toString('base64');
  }
  delete object.stringData;
}
