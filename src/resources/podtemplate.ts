// The pod template of a workload: its defaults. One door for all kinds that have one.
// Called by: the workloads' files. Must not know: any single workload.
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import { setPodSpecDefaults } from './podspec.defaults.ts';

interface WithTemplate {
  spec: { template?: PodTemplateSpec };
}

/** Fills the template of a workload; an absent one becomes an empty one, as Go's zero value. Changes its argument. */
export function setPodTemplateDefaults(workload: WithTemplate): void {
  workload.spec ??= {};
  const template = (workload.spec.template ??= {});
  template.metadata ??= {};
  template.spec ??= { containers: [] };
  setPodSpecDefaults(template.spec);
}
