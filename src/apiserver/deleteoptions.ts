// metav1.DeleteOptions: from a body and a query, checked.
// Called by: handler, deletion, subresources. Must not know: the store.
import { Path, invalid, notSupported, type FieldErrors } from '../machinery/field.ts';
import { newBadRequest, newInvalid } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import { decodeStrict } from '../machinery/strictdecoding.ts';
import { intParameter, optionalBool } from './parameters.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: string[];
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];
const SCHEMA = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const GROUP_KIND = { group: 'meta.k8s.io', kind: 'DeleteOptions' };

/** Returns the options of a DELETE: those of the body, else those of the query. @throws StatusError. */
export function deleteOptionsFrom(body: unknown, query: URLSearchParams): DeleteOptions {
  if (body !== undefined && body !== null) {
    checkKind(body);
    const { value, error } = decodeStrict(body, SCHEMA, { mode: 'Ignore' });
    if (error !== undefined) throw newBadRequest(error);
    return checked(value as DeleteOptions);
  }
  const gracePeriodSeconds = intParameter(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  const orphanDependents = optionalBool(query, 'orphanDependents');
  const dryRun = query.getAll('dryRun');
  return checked({
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(policy === null ? {} : { propagationPolicy: policy as 'Orphan' }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(dryRun.length > 0 ? { dryRun } : {}),
  });
}

// Where the genuine server knows the options' kinds from.
const SCHEME_NAME = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27';

/** Every group has a kind of that name. */
function checkKind(body: unknown): void {
  const { kind, apiVersion } = body as { kind?: unknown; apiVersion?: unknown };
  if (typeof kind !== 'string' || kind === '' || kind === 'DeleteOptions') return;
  const version = typeof apiVersion === 'string' ? apiVersion : 'meta.k8s.io/v1';
  throw newBadRequest(
    `no kind ${quote(kind)} is registered for version ${quote(version)} in scheme ${quote(SCHEME_NAME)}`,
  );
}

// Upstream: apimachinery pkg/apis/meta/v1/validation ValidateDeleteOptions.
function checked(options: DeleteOptions): DeleteOptions {
  const errors: FieldErrors = [];
  const policy = options.propagationPolicy;
  if (policy !== undefined && options.orphanDependents !== undefined)
    errors.push(
      invalid(Path.of('propagationPolicy'), policy, 'orphanDependents and deletionPropagation cannot be both set'),
    );
  if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(notSupported(Path.of('propagationPolicy'), policy, [...POLICIES, 'nil']));
  errors.push(...validateDryRun(options.dryRun ?? []));
  if (errors.length > 0) throw newInvalid(GROUP_KIND, '', errors);
  return options;
}

/** Upstream: apimachinery pkg/apis/meta/v1/validation ValidateDryRun. */
export function validateDryRun(dryRun: readonly string[]): FieldErrors {
  return dryRun.every((value) => value === 'All') ? [] : [notSupported(Path.of('dryRun'), [...dryRun], ['All'])];
}
