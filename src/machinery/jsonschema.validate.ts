// Checks a value against a schema, with the words of the API server's OpenAPI validator.
// Called by: resources/customresource.strategy, jsonschema.defaults. Must not know: any kind.
// Upstream: kube-openapi pkg/validation/validate; apiextensions-apiserver pkg/apiserver/validation/validation.go and ratcheting.go.
import { FieldError, type FieldErrors } from './field.ts';
import { goString } from './gofmt.ts';
import { additionalOf, isIntOrString, isSchemaList, isValues, propertyOf, sortedEntries } from './jsonschema.ts';
import type { JSONSchema, Values } from './jsonschema.ts';
import type { Correlation } from './jsonschema.correlation.ts';
import { isKnownFormat, matchesFormat } from './jsonschema.formats.ts';
import { checkNumber, checkString, type Finding } from './jsonschema.leaves.ts';
import { childPath, errorPath, type MaybePath } from './jsonschema.paths.ts';
import { deepEqual } from './meta.ts';
import { quote } from './strconv.ts';

/** What a part of a schema says of a value, and how many of its checks the value met: that picks among alternatives. */
interface Result {
  findings: Finding[];
  matchCount: number;
}

interface Place {
  /** 'spec.list[0].name'; '' for the value itself. */
  path: string;
  /** Set in updates: findings about what has not changed are dropped. */
  correlation: Correlation | undefined;
}

export interface ValidateOptions {
  /** In updates: the value beside the old one. */
  correlation?: Correlation | undefined;
}

/** Returns what is wrong with a value, in the order in which fields are looked at: alphabetical. */
export function validateValue(
  path: MaybePath,
  value: unknown,
  schema: JSONSchema,
  { correlation }: ValidateOptions = {},
): FieldErrors {
  return validateField(value, schema, { path: '', correlation }).findings.map((finding) => fieldErrorOf(path, finding));
}

function fieldErrorOf(path: MaybePath, { reason, name, value, detail }: Finding): FieldError {
  if (name === undefined) return new FieldError('FieldValueInvalid', errorPath(path), '', detail);
  const text = name.replace(/^\./, '');
  return new FieldError(reason, text === '' ? errorPath(path) : childPath(path, text), value, detail);
}

function emptyResult(): Result {
  return { findings: [], matchCount: 0 };
}

function add(result: Result, finding: Finding): void {
  const isKnown = result.findings.some(({ key }) => key === finding.key);
  if (!isKnown) result.findings.push(finding);
}

function merge(result: Result, other: Result): void {
  for (const finding of other.findings) add(result, finding);
  result.matchCount += other.matchCount;
}

/** A field or an item: what has not changed may stay wrong. */
function validateField(value: unknown, schema: JSONSchema, place: Place): Result {
  const result = validate(value, schema, place);
  if (result.findings.length === 0 || !place.correlation?.isSame) return result;
  return { findings: [], matchCount: result.matchCount };
}

function typesOf(schema: JSONSchema): readonly string[] {
  if (isIntOrString(schema)) return ['integer', 'string'];
  return schema.type ? [schema.type] : [];
}

function formatOf({ format = '' }: JSONSchema): string {
  return isKnownFormat(format) ? format : '';
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number' || typeof value === 'bigint')
    return typeof value === 'bigint' || Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'object' ? 'object' : typeof value;
}

function validate(value: unknown, schema: JSONSchema, place: Place): Result {
  const result = emptyResult();
  if (value === null || value === undefined) {
    merge(result, checkType(null, schema, place));
    merge(result, checkEnum(null, schema, place));
    return result;
  }
  const steps: (() => Result)[] = [];
  if (typesOf(schema).length > 0 || formatOf(schema) !== '') steps.push(() => checkType(value, schema, place));
  steps.push(() => checkJunctors(value, schema, place));
  if (typeof value === 'string') {
    steps.push(() => found(checkString(value, schema, place.path)));
    if (formatOf(schema) !== '') steps.push(() => checkFormat(value, schema, place));
  }
  if (typeof value === 'number' || typeof value === 'bigint')
    steps.push(() => ({ findings: checkNumber(Number(value), schema, place.path), matchCount: 1 }));
  if (Array.isArray(value)) steps.push(() => checkItems(value, schema, place));
  steps.push(() => checkEnum(value, schema, place));
  if (isValues(value)) steps.push(() => checkFields(value, schema, place));
  for (const step of steps) {
    merge(result, step());
    result.matchCount++;
  }
  result.matchCount++;
  return result;
}

function found(finding: Finding | undefined): Result {
  return { findings: finding ? [finding] : [], matchCount: 0 };
}

function wrongType(path: string, type: string, given: string): Finding {
  const detail = `${path} in body must be of type ${type}: ${quote(given)}`;
  return { key: detail, reason: 'FieldValueTypeInvalid', name: path, value: given, detail };
}

function checkType(value: unknown, schema: JSONSchema, { path }: Place): Result {
  const types = typesOf(schema);
  if (value === null) {
    const isRefused = types.length > 0 && !schema.nullable;
    return isRefused ? found(wrongType(path, types.join(','), 'null')) : { findings: [], matchCount: 1 };
  }
  const given = typeName(value);
  const format = formatOf(schema);
  const isText = given === 'string' || given === 'array';
  const isNumeric = types.includes('number') || types.includes('integer');
  const fits = types.includes(given) || (given === 'integer' && types.includes('number'));
  if (!isText && format !== '' && !fits) return found(wrongType(path, format, goFormatOf(given)));
  if (!isNumeric && format !== '' && isText) return { findings: [], matchCount: 1 };
  return fits ? { findings: [], matchCount: 1 } : found(wrongType(path, types.join(','), given));
}

/** What upstream's reflection says of the format of a value. */
function goFormatOf(type: string): string {
  return type === 'integer' ? 'int64' : type === 'number' ? 'float64' : '';
}

function checkEnum(value: unknown, schema: JSONSchema, { path }: Place): Result {
  const { enum: allowed = [] } = schema;
  if (allowed.length === 0 || (value !== null && allowed.some((each) => deepEqual(each, value)))) return emptyResult();
  const texts = allowed.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  const detail = `supported values: ${texts.map(quote).join(', ')}`;
  const key = `${path} in body should be one of ${goString(allowed)}`;
  return found({ key, reason: 'FieldValueNotSupported', name: path, value, detail });
}

function checkFormat(value: string, schema: JSONSchema, { path }: Place): Result {
  const { format = '' } = schema;
  return matchesFormat(format, value) ? emptyResult() : found(wrongType(path, format, value));
}

/** A finding about alternatives names no field. */
function junctor(detail: string): Finding {
  return { key: detail, reason: 'FieldValueInvalid', value: '', detail };
}

// allOf, anyOf, oneOf and not look at the same value; only what lies beneath it can have stayed as it was.
function checkJunctors(value: unknown, schema: JSONSchema, place: Place): Result {
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  const result = emptyResult();
  const path = quote(place.path);
  if (anyOf.length > 0) {
    const results = resultsUntilValid(value, anyOf, place);
    const valid = results.find(({ findings }) => findings.length === 0);
    if (!valid) add(result, junctor(`${path} must validate at least one schema (anyOf)`));
    merge(result, valid ?? bestOf(results));
  }
  if (oneOf.length > 0) {
    const results = oneOf.map((each) => validate(value, each, place));
    const valid = results.filter(({ findings }) => findings.length === 0);
    const count = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`;
    if (valid.length === 1) merge(result, valid[0] as Result);
    else add(result, junctor(`${path} must validate one and only one schema (oneOf). ${count}`));
    if (valid.length === 0) merge(result, bestOf(results));
  }
  if (allOf.length > 0) {
    const results = allOf.map((each) => validate(value, each, place));
    const valid = results.filter(({ findings }) => findings.length === 0);
    for (const each of results) merge(result, each);
    const none = valid.length === 0 ? '. None validated' : '';
    if (valid.length < results.length) add(result, junctor(`${path} must validate all the schemas (allOf)${none}`));
  }
  if (not && validate(value, not, place).findings.length === 0)
    add(result, junctor(`${path} must not validate the schema (not)`));
  result.matchCount++;
  return result;
}

function resultsUntilValid(value: unknown, schemas: readonly JSONSchema[], place: Place): Result[] {
  const results: Result[] = [];
  for (const schema of schemas) {
    const result = validate(value, schema, place);
    results.push(result);
    if (result.findings.length === 0) break;
  }
  return results;
}

/** The alternative that fits best speaks for all: the first with the most checks met. */
function bestOf(results: readonly Result[]): Result {
  return results.reduce((best, each) => (each.matchCount > best.matchCount ? each : best));
}

function checkItems(list: readonly unknown[], schema: JSONSchema, { path, correlation }: Place): Result {
  const result = emptyResult();
  const { items } = schema;
  if (items && !isSchemaList(items))
    for (const [i, item] of list.entries())
      merge(result, validateField(item, items, { path: `${path}[${i}]`, correlation: correlation?.index(i) }));
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && list.length < minItems) {
    const detail = `${path} in body should have at least ${minItems} items`;
    add(result, { key: detail, reason: 'FieldValueInvalid', name: path, value: list.length, detail });
  }
  if (maxItems !== undefined && list.length > maxItems) add(result, tooManyOf(path, list.length, maxItems, 'items'));
  if (schema.uniqueItems && list.some((item, i) => list.slice(0, i).some((other) => deepEqual(item, other)))) {
    const detail = `${path} in body shouldn't contain duplicates`;
    add(result, { key: detail, reason: 'FieldValueInvalid', name: path, value: '', detail });
  }
  result.matchCount++;
  return result;
}

function tooManyOf(path: string, actual: number, max: number, what: string): Finding {
  const detail = `must have at most ${max} item${max === 1 ? '' : 's'}`;
  const key = `${path} in body should have at most ${max} ${what}`;
  return { key, reason: 'FieldValueTooMany', name: path, value: actual, detail };
}

function checkFields(value: Values, schema: JSONSchema, place: Place): Result {
  const result = emptyResult();
  const { path } = place;
  const count = Object.keys(value).length;
  const { minProperties, maxProperties } = schema;
  if (minProperties !== undefined && count < minProperties) {
    const detail = `${path} in body should have at least ${minProperties} properties`;
    add(result, { key: detail, reason: 'FieldValueInvalid', name: path, value: count, detail });
  }
  if (maxProperties !== undefined && count > maxProperties)
    add(result, tooManyOf(path, count, maxProperties, 'properties'));
  checkOtherFields(value, schema, place, result);
  for (const [name, field] of sortedEntries(schema.properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const isType = path === '' && (name === 'kind' || name === 'apiVersion');
    const correlation = isType ? undefined : place.correlation?.key(name);
    merge(result, validateField(value[name], field, { path: path === '' ? name : `${path}.${name}`, correlation }));
  }
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(value, name)) continue;
    const key = `${path}.${name} in body is required`;
    add(result, { key, reason: 'FieldValueRequired', name: `${path}.${name}`, value: '', detail: '' });
  }
  return result;
}

function checkOtherFields(value: Values, schema: JSONSchema, { path, correlation }: Place, result: Result): void {
  const additional = additionalOf(schema);
  const isClosed = schema.additionalProperties === false;
  if (!additional && !isClosed) return;
  for (const name of Object.keys(value).sort()) {
    if (propertyOf(schema, name)) continue;
    const at = `${path}.${name}`;
    if (additional)
      merge(result, validateField(value[name], additional, { path: at, correlation: correlation?.key(name) }));
    else {
      const detail = `${at} in body is a forbidden property`;
      add(result, { key: detail, reason: 'FieldValueInvalid', name: path, value: name, detail });
    }
  }
}
