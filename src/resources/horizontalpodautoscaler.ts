// HorizontalPodAutoscaler: its names, defaults, strategy and table.
// Called by: resources/index.ts; controllers as a typed handle. Must not know: HTTP, storage.
import type { HPAScalingRules, HorizontalPodAutoscaler as UpstreamHPA } from 'kubernetes-types/autoscaling/v2';
import type { Kind } from '../machinery/types.ts';
import { ageColumn, ageCell, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { metricsCell } from './horizontalpodautoscaler.metrics.ts';
import { autoscalingV1 } from './horizontalpodautoscaler.v1.ts';
import { validateHPA, validateHPAStatus } from './horizontalpodautoscaler.validation.ts';
import { keepStatus } from './strategy.ts';

export type HorizontalPodAutoscaler = Kind<UpstreamHPA>;

/** What an HPA without metrics aims at, in percent of the requested CPU. */
const DEFAULT_CPU_UTILIZATION = 80;

export const horizontalPodAutoscaler = defineResource<HorizontalPodAutoscaler>({
  gvr: { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' },
  kind: 'HorizontalPodAutoscaler',
  singular: 'horizontalpodautoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: ['status'],
  schema: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  versions: [autoscalingV1],
  setDefaults,
  strategy: {
    prepareForCreate(object) {
      object.status = { currentMetrics: null, desiredReplicas: 0 } as unknown as HorizontalPodAutoscaler['status'];
    },
    prepareForUpdate: keepStatus,
    validate: (object) => validateHPA(object),
    validateUpdate: (object, old) => validateHPA(object, old),
    validateStatusUpdate: validateHPAStatus,
  },
  table: {
    columns: [
      nameColumn,
      textColumn('Reference'),
      textColumn('Targets'),
      textColumn('MinPods'),
      textColumn('MaxPods'),
      textColumn('Replicas'),
      ageColumn,
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      `${object.spec.scaleTargetRef?.kind ?? ''}/${object.spec.scaleTargetRef?.name ?? ''}`,
      metricsCell(object.spec.metrics, object.status.currentMetrics),
      object.spec.minReplicas === undefined ? '<unset>' : String(object.spec.minReplicas),
      object.spec.maxReplicas ?? 0,
      object.status.currentReplicas ?? 0,
      ageCell(object, nowMs),
    ],
  },
  describe: async (object, context) =>
    (await import('./horizontalpodautoscaler.describe.ts')).describeHorizontalPodAutoscaler(object, context),
});

/** Upstream: kubernetes pkg/apis/autoscaling/v2/defaults.go. */
function setDefaults({ spec }: HorizontalPodAutoscaler): void {
  if (!spec) return;
  spec.minReplicas ??= 1;
  if ((spec.metrics ?? []).length === 0) {
    const target = { type: 'Utilization', averageUtilization: DEFAULT_CPU_UTILIZATION };
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  }
  if (!spec.behavior) return;
  spec.behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
    ...present(spec.behavior.scaleUp),
  };
  spec.behavior.scaleDown = {
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
    ...present(spec.behavior.scaleDown),
  };
}

function present(rules: HPAScalingRules | undefined): HPAScalingRules {
  return Object.fromEntries(Object.entries(rules ?? {}).filter(([, value]) => value !== undefined && value !== null));
}
