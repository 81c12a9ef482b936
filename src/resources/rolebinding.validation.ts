// Validation of RoleBindings and ClusterRoleBindings: to what role they refer, and of whom they speak.
// Called by: rolebinding.ts, clusterrolebinding.ts. Must not know: storage, HTTP.
import { type FieldErrors, Path, invalid, notSupported, required } from '../machinery/field.ts';
import { deepEqual } from '../machinery/meta.ts';
import { isDNS1123Subdomain, isValidPathSegmentName } from '../machinery/validation.ts';
import type { ClusterRoleBinding } from './clusterrolebinding.ts';
import { invalidEach } from './podspec.validation.names.ts';
import type { RoleBinding, Subject } from './rolebinding.ts';

type Binding = RoleBinding | ClusterRoleBinding;

const GROUP = 'rbac.authorization.k8s.io';
const ROLE_REF = Path.of('roleRef');

/** Upstream: kubernetes pkg/apis/rbac/validation ValidateRoleBinding and ValidateClusterRoleBinding. */
export function validateBinding({ roleRef, subjects }: Binding, isNamespaced: boolean): FieldErrors {
  const { apiGroup = '', kind = '', name = '' } = roleRef;
  const errors: FieldErrors = [];
  if (apiGroup !== GROUP) errors.push(notSupported(ROLE_REF.child('apiGroup'), apiGroup, [GROUP]));
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind)) errors.push(notSupported(ROLE_REF.child('kind'), kind, kinds));
  const namePath = ROLE_REF.child('name');
  errors.push(...(name === '' ? [required(namePath)] : invalidEach(namePath, name, isValidPathSegmentName(name))));
  for (const [i, subject] of (subjects ?? []).entries())
    errors.push(...validateSubject(subject, isNamespaced, Path.of('subjects').index(i)));
  return errors;
}

/** Upstream: ValidateRoleBindingUpdate and ValidateClusterRoleBindingUpdate. */
export function validateBindingUpdate(binding: Binding, old: Binding, isNamespaced: boolean): FieldErrors {
  const errors = validateBinding(binding, isNamespaced);
  if (deepEqual(binding.roleRef, old.roleRef)) return errors;
  const { apiGroup, kind, name } = binding.roleRef;
  return [...errors, invalid(ROLE_REF, { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
}

function validateSubject(subject: Subject, isNamespaced: boolean, path: Path): FieldErrors {
  const { kind = '', apiGroup = '', name = '', namespace = '' } = subject;
  const namePath = path.child('name');
  const groupPath = path.child('apiGroup');
  const errors = name === '' ? [required(namePath)] : [];
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') errors.push(...invalidEach(namePath, name, isDNS1123Subdomain(name)));
      if (apiGroup !== '') errors.push(notSupported(groupPath, apiGroup, ['']));
      if (!isNamespaced && namespace === '') errors.push(required(path.child('namespace')));
      break;
    case 'User':
    case 'Group':
      if (name === '') errors.push(invalid(namePath, name, `${kind.toLowerCase()} name cannot be empty`));
      if (apiGroup !== GROUP) errors.push(notSupported(groupPath, apiGroup, [GROUP]));
      break;
    default:
      errors.push(notSupported(path.child('kind'), kind, ['ServiceAccount', 'User', 'Group']));
  }
  return errors;
}
