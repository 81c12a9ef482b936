// Validation of Events.
// Called by: event.ts. Must not know: storage, HTTP, which version a client wrote.
// Differs: an Event with an eventTime is held to what both versions require; the stricter rules of
// events.k8s.io/v1 on creation are not applied, for the version is not known here.
import { type FieldErrors, Path, invalid, required } from '../machinery/field.ts';
import { isDNS1123Subdomain } from '../machinery/validation.ts';
import type { Event } from './event.ts';
import { invalidEach, validateQualifiedName } from './podspec.validation.names.ts';

const MAX_NOTE = 1024;
const MAX_WORD = 128;

/** Upstream: kubernetes pkg/apis/core/validation/events.go legacyValidateEvent. */
export function validateEvent(event: Event): FieldErrors {
  const namespace = event.metadata.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  const mismatch = invalid(Path.of('involvedObject', 'namespace'), involved, 'does not match event.namespace');
  const errors: FieldErrors = [];
  if (event.eventTime) {
    if (involved === '' && namespace !== 'default' && namespace !== 'kube-system') errors.push(mismatch);
    errors.push(...validateNewFields(event));
  } else {
    const agrees = involved === '' ? namespace === '' || namespace === 'default' : namespace === involved;
    if (!agrees) errors.push(mismatch);
  }
  return [...errors, ...invalidEach(Path.of('namespace'), namespace, isDNS1123Subdomain(namespace))];
}

function validateNewFields(event: Event): FieldErrors {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  const controllerPath = Path.of('reportingComponent');
  const errors = reportingComponent === '' ? [required(controllerPath)] : [];
  errors.push(...validateQualifiedName(reportingComponent, controllerPath));
  for (const [name, value] of Object.entries({ reportingInstance, action, reason })) {
    if (value === '') errors.push(required(Path.of(name)));
    if (value.length > MAX_WORD) errors.push(invalid(Path.of(name), '', `can have at most ${MAX_WORD} characters`));
  }
  if (message.length > MAX_NOTE)
    errors.push(invalid(Path.of('message'), '', `can have at most ${MAX_NOTE} characters`));
  return errors;
}
