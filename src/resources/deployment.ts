// Deployment: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Deployment as UpstreamDeployment } from 'kubernetes-types/apps/v1';
import { Path } from '../machinery/field.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';
import { labelSelectorAsSelector, selectorText } from '../machinery/selectors.ts';
import type { Kind } from '../machinery/types.ts';
import { ageCell, ageColumn, containerCells, nameColumn, textColumn, wideColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { deploymentV1beta1 } from './deployment.v1beta1.ts';
import {
  validateDeployment,
  validateDeploymentStatusUpdate,
  validateDeploymentUpdate,
} from './deployment.validation.ts';
import { hostnameWarnings, podTemplateWarnings } from './podspec.warnings.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';
import { keepStatus, raiseGeneration, startGeneration } from './strategy.ts';

export type Deployment = Kind<UpstreamDeployment>;

const TEMPLATE = Path.of('spec', 'template');

export const deployment = defineResource<Deployment>({
  gvr: { group: 'apps', version: 'v1', resource: 'deployments' },
  kind: 'Deployment',
  singular: 'deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status', 'scale'],
  schema: 'io.k8s.api.apps.v1.Deployment',
  versions: [deploymentV1beta1],
  setDefaults(object) {
    setPodTemplateDefaults(object);
    const { spec } = object;
    spec.replicas ??= 1;
    spec.strategy ??= {};
    spec.strategy.type ||= 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate') {
      spec.strategy.rollingUpdate ??= {};
      spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
      spec.strategy.rollingUpdate.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
  },
  strategy: {
    takesAnnotationsWithStatus: true,
    prepareForCreate(object) {
      object.status = {};
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      // Annotations count too: the controller copies them to the ReplicaSet and says which generation it has seen.
      const hasChanged =
        !semanticEqual(object.spec, old.spec) ||
        !semanticEqual(object.metadata.annotations ?? {}, old.metadata.annotations ?? {});
      raiseGeneration(object, old, hasChanged);
    },
    validate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    validateStatusUpdate: validateDeploymentStatusUpdate,
    warningsOnCreate: ({ metadata, spec }) => [
      ...hostnameWarnings(metadata.name, 'Pod names and hostnames'),
      ...podTemplateWarnings(spec.template, TEMPLATE),
    ],
    warningsOnUpdate: (object, old) =>
      object.metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(object.spec.template, TEMPLATE),
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Ready'),
      textColumn('Up-to-date'),
      textColumn('Available'),
      ageColumn,
      wideColumn('Containers'),
      wideColumn('Images'),
      wideColumn('Selector'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      `${object.status.readyReplicas ?? 0}/${object.spec.replicas ?? 0}`,
      object.status.updatedReplicas ?? 0,
      object.status.availableReplicas ?? 0,
      ageCell(object, nowMs),
      ...containerCells(object.spec.template.spec?.containers),
      selectorText(labelSelectorAsSelector(object.spec.selector)),
    ],
  },
  describe: async (object, context) => (await import('./deployment.describe.ts')).describeDeployment(object, context),
  podTemplate: (object) => object.spec.template,
  scale: {
    specReplicasPath: 'spec.replicas',
    statusReplicasPath: 'status.replicas',
    selectorPath: 'spec.selector',
  },
});
