// PodTemplate: the kind that keeps a template for whoever reads it.
// Called by: resources/index.ts. Must not know: HTTP, storage.
import type { PodTemplate as UpstreamPodTemplate } from 'kubernetes-types/core/v1';
import { Path } from '../machinery/field.ts';
import type { Kind } from '../machinery/types.ts';
import { containerCells, labelsCell, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import { validatePodTemplateSpec } from './podtemplate.validation.ts';
import { raiseGeneration, startGeneration } from './strategy.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';

type PodTemplate = Kind<UpstreamPodTemplate>;

const TEMPLATE = Path.of('template');

export const podTemplate = defineResource<PodTemplate>({
  gvr: { group: '', version: 'v1', resource: 'podtemplates' },
  kind: 'PodTemplate',
  singular: 'podtemplate',
  namespaced: true,
  subresources: [],
  schema: 'io.k8s.api.core.v1.PodTemplate',
  setDefaults(object) {
    object.template ??= {};
    setPodTemplateDefaults({ spec: object });
  },
  strategy: {
    prepareForCreate: startGeneration,
    prepareForUpdate: (object, old) => raiseGeneration(object, old, !semanticEqual(object.template, old.template)),
    validate: ({ template }) => validatePodTemplateSpec(template ?? {}, TEMPLATE),
    validateUpdate: ({ template }) => validatePodTemplateSpec(template ?? {}, TEMPLATE),
    warningsOnCreate: ({ template }) => podTemplateWarnings(template ?? {}, TEMPLATE),
  },
  table: {
    columns: [nameColumn, textColumn('Containers'), textColumn('Images'), textColumn('Pod Labels')],
    row: ({ metadata, template }) => [
      metadata.name,
      ...containerCells(template?.spec?.containers),
      labelsCell(template?.metadata?.labels),
    ],
  },
});
