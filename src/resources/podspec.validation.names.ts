// Checks of names and ports as pod specs need them: upstream's messages at a path.
// Called by: podspec's validation and the validation of kinds. Must not know: any kind.
import { type FieldErrors, type Path, invalid, notSupported, required } from '../machinery/field.ts';
import {
  isDNS1123Label,
  isDNS1123Subdomain,
  isQualifiedName,
  isValidPortName,
  isValidPortNum,
} from '../machinery/validation.ts';

/** Returns one finding a message. */
export function invalidEach(path: Path, value: unknown, messages: readonly string[]): FieldErrors {
  return messages.map((message) => invalid(path, value, message));
}
export function validateDNS1123Label(value: string, path: Path): FieldErrors {
  return invalidEach(path, value, isDNS1123Label(value));
}
export function validateDNS1123Subdomain(value: string, path: Path): FieldErrors {
  return invalidEach(path, value, isDNS1123Subdomain(value));
}
export function validateQualifiedName(value: string, path: Path): FieldErrors {
  return invalidEach(path, value, isQualifiedName(value));
}

/** Upstream: ValidatePortNumOrName. */
export function validatePortNumOrName(port: string | number | undefined, path: Path): FieldErrors {
  if (typeof port === 'string') return invalidEach(path, port, isValidPortName(port));
  return invalidEach(path, port ?? 0, isValidPortNum(port ?? 0));
}

/** A word of a fixed list: required, and one of them. `supported` is printed in its order. */
export function validateWord(value: string | undefined, supported: readonly string[], path: Path): FieldErrors {
  if (!value) return [required(path)];
  return supported.includes(value) ? [] : [notSupported(path, value, supported)];
}
