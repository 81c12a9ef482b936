// Validation of a pod template: one door for all workloads.
// Called by: the workloads' validation. Must not know: any single workload.
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { type FieldErrors, type Path, forbidden, invalid, notSupported, required } from '../machinery/field.ts';
import { validateAnnotations, validateLabelSelector, validateLabels } from '../machinery/metavalidation.ts';
import { isEverything, labelSelectorAsSelector, matchesLabels } from '../machinery/selectors.ts';
import { validatePodAnnotations } from './podspec.annotations.ts';
import type { PodTemplateSpec } from './podspec.types.ts';
import { validatePodSpec } from './podspec.validation.ts';

type UpstreamTemplate = object;

/** Upstream: kubernetes pkg/apis/core/validation ValidatePodTemplateSpec. */
export function validatePodTemplateSpec(template: UpstreamTemplate, path: Path): FieldErrors {
  const { metadata = {}, spec = { containers: [] } } = template as PodTemplateSpec;
  const errors = [
    ...validateLabels(metadata.labels, path.child('labels')),
    ...validateAnnotations(metadata.annotations, path.child('annotations')),
    ...validatePodAnnotations(metadata.annotations, spec, path.child('annotations')),
    ...validatePodSpec(spec, path.child('spec'), { isPod: false }),
  ];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const at = path.child('spec', 'ephemeralContainers');
    errors.push(forbidden(at, 'ephemeral containers not allowed in pod template'));
  }
  return errors;
}

/** A required selector that is not empty. Upstream: the head of ValidateDeploymentSpec and ValidateReplicaSetSpec. */
export function validateRequiredSelector(selector: LabelSelector | undefined, path: Path): FieldErrors {
  if (!selector) return [required(path)];
  const errors = validateLabelSelector(selector, path);
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0)
    errors.push(invalid(path, selector, 'empty selector is invalid for deployment'));
  return errors;
}

/** Returns whether the selector selects what the template makes; undefined when the selector itself is wrong. */
export function selectsTemplate(selector: LabelSelector | undefined, template: UpstreamTemplate): boolean | undefined {
  try {
    const { metadata } = template as PodTemplateSpec;
    return matchesLabels(labelSelectorAsSelector(selector), metadata?.labels ?? {});
  } catch {
    // The selector's own findings say what is wrong with it.
    return undefined;
  }
}

/** What a controller that keeps pods running needs of its template. Upstream: ValidatePodTemplateSpecForReplicaSet. */
export function validateTemplateForReplicas(
  selector: LabelSelector | undefined,
  template: UpstreamTemplate,
  path: Path,
): FieldErrors {
  const selects = selectsTemplate(selector, template);
  if (selects === undefined) return [invalid(path.child('selector'), selector, 'invalid label selector')];
  const at = path.child('template');
  const { metadata, spec } = template as PodTemplateSpec;
  const errors: FieldErrors = [];
  if (!selects && !isEverything(labelSelectorAsSelector(selector))) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid(at.child('metadata', 'labels'), metadata?.labels, detail));
  }
  errors.push(...validatePodTemplateSpec(template, at));
  errors.push(...validateRunsForever(spec, at, 'ReplicaSet'));
  return errors;
}

/** Pods that a controller keeps running restart always and have no deadline. */
export function validateRunsForever(spec: PodTemplateSpec['spec'], path: Path, kind: string): FieldErrors {
  const errors: FieldErrors = [];
  if (spec?.restartPolicy !== 'Always')
    errors.push(notSupported(path.child('spec', 'restartPolicy'), spec?.restartPolicy ?? '', ['Always']));
  if (spec?.activeDeadlineSeconds !== undefined) {
    const at = path.child('spec', 'activeDeadlineSeconds');
    errors.push(forbidden(at, `activeDeadlineSeconds in ${kind} is not Supported`));
  }
  return errors;
}
