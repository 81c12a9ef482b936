// Paths into an object and the errors of validation, with the API server's texts.
// Called by: resources' validation, admission, the strict decoder. Must not know: any kind.

import { quote } from './strconv.ts';

/** A path such as `spec.containers[0].env[A].name`. Immutable. Upstream: apimachinery/pkg/util/validation/field Path. */
export class Path {
  readonly #text: string;
  private constructor(text: string) {
    this.#text = text;
  }
  static of(name: string, ...more: string[]): Path {
    return new Path([name, ...more].join('.'));
  }
  /** The empty path, for errors about the whole object. */
  static root(): Path {
    return new Path('');
  }
  child(name: string, ...more: string[]): Path {
    const tail = [name, ...more].join('.');
    return new Path(this.#text === '' ? tail : `${this.#text}.${tail}`);
  }
  index(i: number): Path {
    return new Path(`${this.#text}[${i}]`);
  }
  key(key: string): Path {
    return new Path(`${this.#text}[${key}]`);
  }
  toString(): string {
    return this.#text;
  }
}

export type FieldErrorReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

const WORDS: Record<FieldErrorReason, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
  FieldValueTypeInvalid: 'Invalid value',
};

/** A bad value that the text leaves out, because the field's is no help. Upstream: OmitValueType. */
export const OMIT_VALUE = Symbol('omitted');

const WITHOUT_VALUE: readonly FieldErrorReason[] = [
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'InternalError',
];

/** Prints a value as Go's `%#v` of the error does: strings quoted, objects and lists as JSON (since 1.34), null as `null`. */
export function formatBadValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return JSON.stringify(value);
}

/** One finding of validation. Upstream: apimachinery/pkg/util/validation/field Error. */
export class FieldError {
  readonly reason: FieldErrorReason;
  readonly field: string;
  readonly badValue: unknown;
  readonly detail: string;
  constructor(reason: FieldErrorReason, field: Path | string, badValue: unknown, detail: string) {
    this.reason = reason;
    this.field = field.toString();
    this.badValue = badValue;
    this.detail = detail;
  }
  /** The text without the field: `Invalid value: "x": must be …`. */
  body(): string {
    const words = WORDS[this.reason];
    const isAlone = WITHOUT_VALUE.includes(this.reason) || this.badValue === OMIT_VALUE;
    const head = isAlone ? words : `${words}: ${formatBadValue(this.badValue)}`;
    return this.detail === '' ? head : `${head}: ${this.detail}`;
  }
  /** The text with the field in front: `spec.replicas: Invalid value: -1: must be …`. */
  message(): string {
    return this.field === '' ? this.body() : `${this.field}: ${this.body()}`;
  }
}

export type FieldErrors = FieldError[];

export function notFound(path: Path, value: unknown): FieldError {
  return new FieldError('FieldValueNotFound', path, value, '');
}
export function required(path: Path, detail = ''): FieldError {
  return new FieldError('FieldValueRequired', path, '', detail);
}
export function duplicate(path: Path, value: unknown): FieldError {
  return new FieldError('FieldValueDuplicate', path, value, '');
}
export function invalid(path: Path, value: unknown, detail: string): FieldError {
  return new FieldError('FieldValueInvalid', path, value, detail);
}
/** `supported` is printed in the order given, quoted and comma-separated: `supported values: "A", "B"`. */
export function notSupported(path: Path, value: unknown, supported: readonly string[]): FieldError {
  const quoted = supported.map(quote).join(', ');
  const detail = quoted === '' ? '' : `supported values: ${quoted}`;
  return new FieldError('FieldValueNotSupported', path, value, detail);
}
export function forbidden(path: Path, detail: string): FieldError {
  return new FieldError('FieldValueForbidden', path, '', detail);
}
export function tooLong(path: Path, maxBytes: number): FieldError {
  return new FieldError(
    'FieldValueTooLong',
    path,
    '',
    `may not be more than ${maxBytes} byte${maxBytes === 1 ? '' : 's'}`,
  );
}
export function tooMany(path: Path, actual: number, max: number): FieldError {
  return new FieldError('FieldValueTooMany', path, actual, `must have at most ${max} item${max === 1 ? '' : 's'}`);
}
