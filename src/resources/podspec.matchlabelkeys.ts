// matchLabelKeys and mismatchLabelKeys of affinity and spread: merged into the selectors when a pod is created.
// Called by: pod.ts. Must not know: the scheduler.
import type { PodAffinityTerm, PodSpec } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';

type Labels = Record<string, string>;

/** Adds what the pod's own labels imply. Changes its argument. Upstream: pod/strategy.go mutatePodAffinity. */
export function applyMatchLabelKeys(spec: PodSpec, labels: Labels): void {
  for (const affinity of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity]) {
    for (const weighted of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      applyToTerm(weighted.podAffinityTerm, labels);
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) applyToTerm(term, labels);
  }
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? [])
    addRequirements(labelSelector, { keys: matchLabelKeys, operator: 'In', labels });
}

function applyToTerm(term: PodAffinityTerm, labels: Labels): void {
  addRequirements(term.labelSelector, { keys: term.matchLabelKeys, operator: 'In', labels });
  addRequirements(term.labelSelector, { keys: term.mismatchLabelKeys, operator: 'NotIn', labels });
}

function addRequirements(
  selector: LabelSelector | undefined,
  { keys, operator, labels }: { keys: string[] | undefined; operator: string; labels: Labels },
): void {
  if (!selector) return;
  for (const key of keys ?? []) {
    const value = labels[key];
    if (value !== undefined) (selector.matchExpressions ??= []).push({ key, operator, values: [value] });
  }
}
