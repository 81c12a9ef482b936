// Validation of the reviews that ask whether something is allowed.
// Called by: subjectaccessreview.ts and its self and local siblings. Must not know: HTTP, who may do what.
import type { NonResourceAttributes, SubjectAccessReviewSpec } from 'kubernetes-types/authorization/v1';
import { type FieldErrors, Path, invalid } from '../machinery/field.ts';
import type { KubeObject } from '../machinery/types.ts';

type Review = KubeObject & { spec: SubjectAccessReviewSpec };

const SPEC = Path.of('spec');

/** Upstream: kubernetes pkg/apis/authorization/validation. */
export function validateAccessReview({ spec, metadata }: Review, who: 'self' | 'any' | 'local'): FieldErrors {
  const { resourceAttributes, nonResourceAttributes, user = '', groups = [] } = spec;
  const errors: FieldErrors = [];
  if (resourceAttributes && nonResourceAttributes) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalid(SPEC.child('nonResourceAttributes'), nonResourceForm(nonResourceAttributes), detail));
  }
  if (!resourceAttributes && !nonResourceAttributes) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalid(SPEC.child('resourceAttributes'), null, detail));
  }
  if (who !== 'self' && user === '' && groups.length === 0)
    errors.push(invalid(SPEC.child('user'), user, 'at least one of user or group must be specified'));
  const { namespace: _, managedFields: _managers, ...rest } = metadata;
  const isEmpty = Object.values(rest).every((value) => value === '' || value === undefined);
  if (!isEmpty || (who !== 'local' && metadata.namespace))
    errors.push(
      invalid(Path.of('metadata'), metadata, `must be empty${who === 'local' ? ' except for namespace' : ''}`),
    );
  if (who !== 'local') return errors;
  const namespace = resourceAttributes?.namespace ?? '';
  if (resourceAttributes && namespace !== (metadata.namespace ?? ''))
    errors.push(invalid(SPEC.child('resourceAttributes', 'namespace'), namespace, 'must match metadata.namespace'));
  if (nonResourceAttributes)
    errors.push(
      invalid(
        SPEC.child('nonResourceAttributes'),
        nonResourceForm(nonResourceAttributes),
        'disallowed on this kind of request',
      ),
    );
  return errors;
}

/** The internal struct, as errors print it. */
function nonResourceForm({ path = '', verb = '' }: NonResourceAttributes): object {
  return { Path: path, Verb: verb };
}
