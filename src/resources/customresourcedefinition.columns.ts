// Validation of printer columns and of the scale subresource: paths into the objects of a definition.
// Called by: customresourcedefinition.validation.ts. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
import { invalid, required, type FieldErrors, type Path } from '../machinery/field.ts';
import type { PrinterColumn, Subresources } from './customresourcedefinition.internal.ts';

const TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** Upstream: ValidateCustomResourceColumnDefinition. */
export function validateColumns(columns: readonly PrinterColumn[] = [], path: Path): FieldErrors {
  return columns.flatMap((column, i) => validateColumn(column, path.index(i)));
}

function validateColumn({ name, type, format, jsonPath }: PrinterColumn, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  if (!name) errors.push(required(path.child('name')));
  const types = `must be one of ${TYPES.join(',')}`;
  if (!type) errors.push(required(path.child('type'), types));
  else if (!TYPES.includes(type)) errors.push(invalid(path.child('type'), type, types));
  if (format && !FORMATS.includes(format))
    errors.push(invalid(path.child('format'), format, `must be one of ${FORMATS.join(',')}`));
  if (!jsonPath) errors.push(required(path.child('JSONPath')));
  else errors.push(...validateSimplePath(jsonPath, path.child('JSONPath')));
  return errors;
}

function validateSimplePath(text: string, path: Path): FieldErrors {
  return text.startsWith('.') ? [] : [invalid(path, text, 'must be a simple json path starting with .')];
}

/** Upstream: ValidateCustomResourceDefinitionSubresources. */
export function validateSubresources(subresources: Subresources | undefined, path: Path): FieldErrors {
  const scale = subresources?.scale;
  if (!scale) return [];
  const errors: FieldErrors = [];
  const check = (field: string, text: string | undefined, parts: readonly string[], message: string): void => {
    const at = path.child(`scale.${field}`);
    const wrong = validateSimplePath(text ?? '', at);
    if (wrong.length > 0) errors.push(...wrong);
    else if (!parts.some((part) => text?.startsWith(part))) errors.push(invalid(at, text, message));
  };
  for (const [field, part] of [
    ['specReplicasPath', '.spec.'],
    ['statusReplicasPath', '.status.'],
  ] as const) {
    if (!scale[field]) errors.push(required(path.child(`scale.${field}`)));
    else check(field, scale[field], [part], `should be a json path under ${part.slice(0, -1)}`);
  }
  if (scale.labelSelectorPath)
    check(
      'labelSelectorPath',
      scale.labelSelectorPath,
      ['.spec.', '.status.'],
      'should be a json path under either .spec or .status',
    );
  return errors;
}
