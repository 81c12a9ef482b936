// Validation of the rules in schemas (x-kubernetes-validations).
// Called by: customresourcedefinition.schema.ts. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
import { invalid, notSupported, required, type FieldErrors, type Path } from '../machinery/field.ts';
import { fieldPathIn, FieldPathError } from '../machinery/jsonschema.fieldpath.ts';
import type { JSONSchema, ValidationRule } from '../machinery/jsonschema.ts';
import { structuralObstacle } from '../machinery/jsonschema.structural.ts';
import type { SchemaContext } from './customresourcedefinition.schema.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

export function validateRules(schema: JSONSchema, path: Path, _context: SchemaContext): FieldErrors {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.flatMap((rule, i) => validateTexts(rule, path.child('x-kubernetes-validations').index(i), schema));
}

function hasLineBreaks(text: string): boolean {
  return /[\n\r]/.test(text);
}

function validateTexts(rule: ValidationRule, path: Path, schema: JSONSchema): FieldErrors {
  const { rule: text = '', message = '', messageExpression = '', reason, fieldPath = '' } = rule;
  const errors: FieldErrors = [];
  const messagePath = path.child('message');
  if (text.trim() === '') errors.push(required(path.child('rule'), 'rule is not specified'));
  else if (message !== '' && message.trim() === '')
    errors.push(invalid(messagePath, message, 'must be non-empty if specified'));
  else if (hasLineBreaks(message.trim())) errors.push(invalid(messagePath, message, 'must not contain line breaks'));
  else if (hasLineBreaks(text.trim()) && message.trim() === '')
    errors.push(required(messagePath, 'message must be specified if rule contains line breaks'));
  if (messageExpression !== '' && messageExpression.trim() === '')
    errors.push(required(path.child('messageExpression'), 'messageExpression must be non-empty if specified'));
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(path.child('reason'), reason, REASONS));
  if (fieldPath === '') return errors;
  const at = path.child('fieldPath');
  if (fieldPath.trim() === '') errors.push(invalid(at, fieldPath, 'must be non-empty if specified'));
  if (hasLineBreaks(fieldPath)) errors.push(invalid(at, fieldPath, 'must not contain line breaks'));
  if (!isFieldPath(fieldPath, schema)) errors.push(invalid(at, fieldPath, 'must be a valid path'));
  return errors;
}

function isFieldPath(text: string, schema: JSONSchema): boolean {
  if (structuralObstacle(schema) !== undefined) return true;
  try {
    fieldPathIn(text, schema);
    return true;
  } catch (error) {
    if (error instanceof FieldPathError) return false;
    throw error;
  }
}
