// Definitions in the groups of the Kubernetes community need an approval, which an annotation names.
// Called by: customresourcedefinition.validation.ts, controllers/customresourceapproval. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver pkg/apihelpers/helpers.go, validation.go validateAPIApproval.
import { invalid, Path, required, type FieldErrors } from '../machinery/field.ts';
import { quote } from '../machinery/strconv.ts';
import type { CustomResourceDefinition } from './customresourcedefinition.ts';

const ANNOTATION = 'api-approved.kubernetes.io';
const REFERENCE = 'see https://github.com/kubernetes/enhancements/pull/1111';

export interface ApprovalState {
  state: 'Invalid' | 'Approved' | 'Bypassed' | 'Missing';
  reason: string;
}

/** Returns whether definitions in a group need an approval. */
export function isProtectedGroup(group: string): boolean {
  return ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`));
}

export function approvalOf({ metadata }: CustomResourceDefinition): ApprovalState {
  const value = metadata.annotations?.[ANNOTATION] ?? '';
  const must = `protected groups must have approval annotation ${quote(ANNOTATION)}`;
  if (value === '') return { state: 'Missing', reason: `${must}, ${REFERENCE}` };
  if (value.startsWith('unapproved')) return { state: 'Bypassed', reason: `not approved: ${quote(value)}` };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\s]+/.test(value))
    return { state: 'Approved', reason: `approved in ${value}` };
  return {
    state: 'Invalid',
    reason: `${must} with either a URL or a reason starting with "unapproved", ${REFERENCE}`,
  };
}

/** An approval that is as good as it was is never refused. */
export function validateApproval(crd: CustomResourceDefinition, old?: CustomResourceDefinition): FieldErrors {
  if (!isProtectedGroup(crd.spec.group)) return [];
  const { state, reason } = approvalOf(crd);
  if (old && approvalOf(old).state === state) return [];
  const path = Path.of('metadata', 'annotations').key(ANNOTATION);
  if (state === 'Missing') return [required(path, reason)];
  return state === 'Invalid' ? [invalid(path, crd.metadata.annotations?.[ANNOTATION], reason)] : [];
}
