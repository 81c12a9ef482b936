// Pod: its names, defaults and strategy.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { Pod as UpstreamPod } from 'kubernetes-types/core/v1';
import { Path } from '../machinery/field.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';
import type { Kind } from '../machinery/types.ts';
import { defineResource } from './definition.ts';
import { podQOSClass } from './pod.qos.ts';
import { podTable } from './pod.table.ts';
import { validatePodCreate, validatePodStatusUpdate, validatePodUpdate } from './pod.validation.ts';
import { setPodOnlyDefaults, setPodSpecDefaults } from './podspec.defaults.ts';
import { applyMatchLabelKeys } from './podspec.matchlabelkeys.ts';
import type { PodSpec } from './podspec.types.ts';
import { hostnameWarnings, podSpecWarnings } from './podspec.warnings.ts';
import { keepStatus, raiseGeneration, startGeneration } from './strategy.ts';

export type Pod = Kind<UpstreamPod>;

export const pod = defineResource<Pod>({
  gvr: { group: '', version: 'v1', resource: 'pods' },
  kind: 'Pod',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  subresources: [
    'status',
    'log',
    'exec',
    'attach',
    'portforward',
    'proxy',
    'binding',
    'eviction',
    'ephemeralcontainers',
    'resize',
  ],
  schema: 'io.k8s.api.core.v1.Pod',
  setDefaults(object) {
    object.spec ??= { containers: [] };
    setPodSpecDefaults(object.spec);
    setPodOnlyDefaults(object.spec);
  },
  strategy: {
    prepareForCreate(object) {
      startGeneration(object);
      object.status = { phase: 'Pending', qosClass: podQOSClass(object.spec) };
      if ((object.spec.schedulingGates ?? []).length > 0) {
        const message = 'Scheduling is blocked due to non-empty scheduling gates';
        object.status.conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message }];
      }
      applyMatchLabelKeys(object.spec, object.metadata.labels ?? {});
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      raiseGeneration(object, old, !semanticEqual(object.spec, old.spec));
    },
    validate: validatePodCreate,
    validateUpdate: validatePodUpdate,
    validateStatusUpdate: validatePodStatusUpdate,
    warningsOnCreate: ({ metadata, spec }) => [
      ...hostnameWarnings(metadata.name, "the Pod's hostname"),
      ...podSpecWarnings(spec as PodSpec, metadata.annotations, Path.root()),
    ],
    prepareForStatusUpdate(object, old) {
      if (!object.status.qosClass && old.status.qosClass) object.status.qosClass = old.status.qosClass;
    },
    gracePeriodSeconds(object, requested) {
      const seconds = requested ?? object.spec.terminationGracePeriodSeconds ?? 0;
      const isFinished = object.status.phase === 'Failed' || object.status.phase === 'Succeeded';
      if (!object.spec.nodeName || isFinished) return 0;
      return seconds < 0 ? 1 : seconds;
    },
  },
  table: podTable,
  describe: async (object, context) => (await import('./pod.describe.ts')).describePod(object, context),
  podTemplate: (object) => object,
  fieldLabels: (object) => ({
    'spec.nodeName': object.spec.nodeName ?? '',
    'spec.restartPolicy': object.spec.restartPolicy ?? '',
    'spec.schedulerName': object.spec.schedulerName ?? '',
    'spec.serviceAccountName': object.spec.serviceAccountName ?? '',
    'spec.hostNetwork': String(object.spec.hostNetwork ?? false),
    'status.phase': object.status.phase ?? '',
    'status.podIP': object.status.podIP ?? '',
    'status.nominatedNodeName': object.status.nominatedNodeName ?? '',
  }),
});
