// ControllerRevision: its names, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { ControllerRevision as UpstreamControllerRevision } from 'kubernetes-types/apps/v1';
import { type FieldErrors, Path, required } from '../machinery/field.ts';
import { validateImmutableField } from '../machinery/metavalidation.ts';
import { controllerOf } from '../machinery/meta.ts';
import { groupResourceString, parseGroupVersion, type Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { validateCounts } from './rollingupdate.validation.ts';

export type ControllerRevision = Kind<UpstreamControllerRevision>;

const DATA = Path.of('data');

export const controllerRevision = defineResource<ControllerRevision>({
  gvr: { group: 'apps', version: 'v1', resource: 'controllerrevisions' },
  kind: 'ControllerRevision',
  singular: 'controllerrevision',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.apps.v1.ControllerRevision',
  strategy: {
    validate(object) {
      const data: unknown = object.data;
      const errors = validateCounts({ revision: object.revision }, Path.root());
      if (data === undefined || data === null) return [...errors, required(DATA, 'data is mandatory')];
      if (typeof data === 'object' && !Array.isArray(data)) return errors;
      return [...errors, required(DATA, 'data must be a valid JSON object')];
    },
    validateUpdate: (object, old): FieldErrors => [
      ...validateCounts({ revision: object.revision }, Path.root()),
      ...validateImmutableField(object.data, old.data, DATA),
    ],
  },
  table: {
    columns: [nameColumn, textColumn('Controller'), textColumn('Revision'), ageColumn],
    row: (object, nowMs) => [
      object.metadata.name,
      controllerCell(object),
      object.revision ?? 0,
      ageCell(object, nowMs),
    ],
  },
});

function controllerCell(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (!owner) return '<none>';
  const kind = groupResourceString({ group: parseGroupVersion(owner.apiVersion).group, resource: owner.kind });
  return `${kind.toLowerCase()}/${owner.name}`;
}
