// metav1.DeleteOptions: from a body and a query, checked.
// Called by: handler, deletion, subresources. Must not know: the store.
import { FieldError, Path, invalid, notSupported, type FieldErrors } from '../machinery/field.ts';
import { newBadRequest, newInvalid } from '../machinery/status.ts';
import { decodeStrict } from '../machinery/strictdecoding.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const POLICIES = ['Orphan', 'Background', 'Foreground'];
const KNOWN = ['Orphan', 'Background', 'Foreground', ''];
const SCHEMA = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const GROUP_KIND = { group: 'meta.k8s.io', kind: 'DeleteOptions' };

/** Returns the options of a DELETE: those of the body, else those of the query. @throws StatusError. */
export function deleteOptionsFrom(body: unknown, query: URLSearchParams): DeleteOptions {
  if (body !== undefined && body !== null) {
    const { value, error } = decodeStrict(body, SCHEMA, { mode: 'Ignore' });
    if (error !== undefined) throw newBadRequest(error);
    return checked(value as DeleteOptions, query);
  }
  const options: Record<string, unknown> = {};
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null && grace !== '') {
    if (!/^[+-]?\d+$/.test(grace))
      throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(grace)}: invalid syntax`);
    options['gracePeriodSeconds'] = Number(grace);
  }
  const policy = query.get('propagationPolicy');
  if (policy) options['propagationPolicy'] = policy;
  const orphan = query.get('orphanDependents');
  if (orphan) options['orphanDependents'] = orphan === 'true' || orphan === '1';
  return checked(options as DeleteOptions, query);
}

// Upstream: apimachinery pkg/apis/meta/v1/validation ValidateDeleteOptions.
function checked(given: DeleteOptions, query: URLSearchParams): DeleteOptions {
  const options = { ...given };
  const dryRun = query.getAll('dryRun');
  if (dryRun.length > 0 && !options.dryRun) options.dryRun = dryRun;
  const errors: FieldErrors = [];
  const policy = options.propagationPolicy;
  if (policy !== undefined && options.orphanDependents !== undefined)
    errors.push(
      invalid(Path.of('propagationPolicy'), policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(
      new FieldError(
        'FieldValueNotSupported',
        'propagationPolicy',
        policy,
        `supported values: ${KNOWN.map((p) => (p === '' ? '"nil"' : `"${p}"`)).join(', ')}`,
      ),
    );
  errors.push(...validateDryRun(options.dryRun ?? []));
  if (errors.length > 0) throw newInvalid(GROUP_KIND, '', errors);
  return options;
}

/** Upstream: apimachinery pkg/apis/meta/v1/validation ValidateDryRun. */
export function validateDryRun(dryRun: readonly string[]): FieldErrors {
  return dryRun.every((value) => value === 'All') ? [] : [notSupported(Path.of('dryRun'), [...dryRun], ['All'])];
}
