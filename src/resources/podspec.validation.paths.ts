// Rules on file paths and file modes inside pods.
// Called by: podspec's validation of volumes, mounts, env and security. Must not know: what lies at a path.
import { type FieldErrors, type Path, invalid } from '../machinery/field.ts';

/** Upstream: validateLocalDescendingPath. */
export function validateLocalDescendingPath(target: string, path: Path): FieldErrors {
  const errors = target.startsWith('/') ? [invalid(path, target, 'must be a relative path')] : [];
  return [...errors, ...validatePathNoBacksteps(target, path)];
}

/** Upstream: validatePathNoBacksteps. */
export function validatePathNoBacksteps(target: string, path: Path): FieldErrors {
  return target.split('/').includes('..') ? [invalid(path, target, "must not contain '..'")] : [];
}

/** Upstream: ValidateLocalNonReservedPath. */
export function validateLocalNonReservedPath(target: string, path: Path): FieldErrors {
  const errors = validateLocalDescendingPath(target, path);
  if (target.startsWith('..') && !target.startsWith('../'))
    errors.push(invalid(path, target, "must not start with '..'"));
  return errors;
}

/** File modes go from 0 to 0777. */
export function validateFileMode(mode: number | undefined, path: Path): FieldErrors {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}
