// Annotations of pods that mean something to the server.
// Called by: pod.validation.ts, podtemplate.validation.ts. Must not know: other annotations.
import { type FieldErrors, type Path, forbidden, invalid } from '../machinery/field.ts';
import type { PodSpec } from './podspec.types.ts';
import { sortedKeys } from './strategy.ts';

type Annotations = Record<string, string> | undefined;

const MIRROR = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const MAX_INT32 = 2147483647;

/** Upstream: ValidatePodSpecificAnnotations. */
export function validatePodAnnotations(annotations: Annotations, spec: PodSpec, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  const mirror = annotations?.[MIRROR];
  if (mirror !== undefined && !spec.nodeName)
    errors.push(invalid(path.key(MIRROR), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  const cost = annotations?.[DELETION_COST];
  if (cost !== undefined && !isInt32(cost))
    errors.push(invalid(path.key(DELETION_COST), cost, 'must be a 32bit integer'));
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c) => c.name);
  for (const key of sortedKeys(annotations).filter((k) => k.startsWith(APP_ARMOR_PREFIX))) {
    const name = key.slice(APP_ARMOR_PREFIX.length);
    if (!names.includes(name)) errors.push(invalid(path.key(key), name, 'container not found'));
    const profile = annotations?.[key] ?? '';
    const isKnown = ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith('localhost/');
    if (!isKnown)
      errors.push(invalid(path.key(key), profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`));
  }
  return errors;
}

function isInt32(text: string): boolean {
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return false;
  const number = Number(text);
  return number <= MAX_INT32 && number >= -MAX_INT32 - 1;
}

/** Upstream: ValidatePodSpecificAnnotationUpdates. */
export function validatePodAnnotationUpdates(annotations: Annotations, old: Annotations, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  for (const key of sortedKeys(old)) {
    if (annotations?.[key] === old?.[key]) continue;
    if (key.startsWith(APP_ARMOR_PREFIX))
      errors.push(forbidden(path.key(key), 'may not remove or update AppArmor annotations'));
    if (key === MIRROR) errors.push(forbidden(path.key(key), 'may not remove or update mirror pod annotation'));
  }
  for (const key of sortedKeys(annotations)) {
    if (old?.[key] !== undefined) continue;
    if (key.startsWith(APP_ARMOR_PREFIX)) errors.push(forbidden(path.key(key), 'may not add AppArmor annotations'));
    if (key === MIRROR) errors.push(forbidden(path.key(key), 'may not add mirror pod annotation'));
  }
  return errors;
}
