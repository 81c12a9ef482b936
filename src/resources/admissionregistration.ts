// The kinds that register what else decides on writes: webhooks, and policies written in CEL.
// Called by: resources/index.ts. Must not know: HTTP, storage. They are kept and shown; nothing here calls webhooks or
// evaluates CEL.
import { type FieldErrors, Path, invalid, notSupported, required } from '../machinery/field.ts';
import type { KubeObject } from '../machinery/types.ts';
import { isFullyQualifiedDomainName } from '../machinery/validation.ts';
import { ageCell, ageColumn, integerColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource, type ResourceDefinition } from './definition.ts';
import { raiseGeneration, startGeneration } from './strategy.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';

interface Rule {
  scope?: string;
}
interface Webhook {
  name?: string;
  clientConfig?: { url?: string; service?: { port?: number } };
  rules?: Rule[];
  failurePolicy?: string;
  matchPolicy?: string;
  namespaceSelector?: object;
  objectSelector?: object;
  sideEffects?: string;
  timeoutSeconds?: number;
  admissionReviewVersions?: string[];
  reinvocationPolicy?: string;
}
type WebhookConfiguration = KubeObject & { webhooks?: Webhook[] };

const GROUP = { group: 'admissionregistration.k8s.io', version: 'v1' };
const WEBHOOKS = Path.of('webhooks');

function webhookKind(word: 'Mutating' | 'Validating'): ResourceDefinition<WebhookConfiguration> {
  const kind = `${word}WebhookConfiguration`;
  return defineResource<WebhookConfiguration>({
    gvr: { ...GROUP, resource: `${kind.toLowerCase()}s` },
    kind,
    singular: kind.toLowerCase(),
    categories: ['api-extensions'],
    namespaced: false,
    subresources: [],
    schema: `io.k8s.api.admissionregistration.v1.${kind}`,
    setDefaults({ webhooks = [] }) {
      for (const webhook of webhooks) setWebhookDefaults(webhook, word);
    },
    strategy: {
      prepareForCreate: startGeneration,
      prepareForUpdate: (object, old) => raiseGeneration(object, old, !semanticEqual(object.webhooks, old.webhooks)),
      validate: validateWebhooks,
      validateUpdate: validateWebhooks,
    },
    table: {
      columns: [nameColumn, integerColumn('Webhooks'), ageColumn],
      row: (object, nowMs) => [object.metadata.name, object.webhooks?.length ?? 0, ageCell(object, nowMs)],
    },
  });
}

export const mutatingWebhookConfiguration = webhookKind('Mutating');
export const validatingWebhookConfiguration = webhookKind('Validating');

/** Upstream: kubernetes pkg/apis/admissionregistration/v1/defaults.go. */
function setWebhookDefaults(webhook: Webhook, word: 'Mutating' | 'Validating'): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (word === 'Mutating') webhook.reinvocationPolicy ??= 'Never';
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
  if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443;
}

/** Upstream: kubernetes pkg/apis/admissionregistration/validation validateMutatingWebhook, validateValidatingWebhook. */
function validateWebhooks({ webhooks = [] }: WebhookConfiguration): FieldErrors {
  return webhooks.flatMap((webhook, i) => {
    const at = WEBHOOKS.index(i);
    const { name = '', sideEffects, admissionReviewVersions = [], clientConfig, timeoutSeconds = 10 } = webhook;
    const errors = validateWebhookName(name, at.child('name'));
    const effectsPath = at.child('sideEffects');
    const effects = ['None', 'NoneOnDryRun'];
    if (sideEffects === undefined) errors.push(required(effectsPath, `must specify one of ${effects.join(', ')}`));
    else if (!effects.includes(sideEffects)) errors.push(notSupported(effectsPath, sideEffects, effects));
    if (timeoutSeconds < 1 || timeoutSeconds > 30) {
      const detail = 'the timeout value must be between 1 and 30 seconds';
      errors.push(invalid(at.child('timeoutSeconds'), timeoutSeconds, detail));
    }
    if (admissionReviewVersions.length === 0)
      errors.push(required(at.child('admissionReviewVersions'), 'must specify one of v1, v1beta1'));
    if ((clientConfig?.url === undefined) === (clientConfig?.service === undefined))
      errors.push(required(at.child('clientConfig'), 'exactly one of url or service is required'));
    return errors;
  });
}

function validateWebhookName(name: string, path: Path): FieldErrors {
  if (name === '') return [required(path)];
  const why = isFullyQualifiedDomainName(name);
  if (why.length > 0 || name.split('.').length >= 3) return why.map((text) => invalid(path, name, text));
  return [invalid(path, name, 'should be a domain with at least three segments separated by dots')];
}

type Policy = KubeObject & {
  spec: {
    failurePolicy?: string;
    paramKind?: { apiVersion?: string; kind?: string };
    validations?: object[];
    matchConstraints?: {
      matchPolicy?: string;
      namespaceSelector?: object;
      objectSelector?: object;
      resourceRules?: Rule[];
    };
  };
  status: object;
};

export const validatingAdmissionPolicy = defineResource<Policy>({
  gvr: { ...GROUP, resource: 'validatingadmissionpolicies' },
  kind: 'ValidatingAdmissionPolicy',
  singular: 'validatingadmissionpolicy',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicy',
  setDefaults({ spec }) {
    spec.failurePolicy ??= 'Fail';
    const { matchConstraints } = spec;
    if (!matchConstraints) return;
    matchConstraints.matchPolicy ??= 'Equivalent';
    matchConstraints.namespaceSelector ??= {};
    matchConstraints.objectSelector ??= {};
    for (const rule of matchConstraints.resourceRules ?? []) rule.scope ??= '*';
  },
  strategy: {
    prepareForCreate(object) {
      object.status = {};
      startGeneration(object);
    },
    prepareForUpdate(object, old) {
      object.status = old.status;
      raiseGeneration(object, old, !semanticEqual(object.spec, old.spec));
    },
  },
  table: {
    columns: [nameColumn, integerColumn('Validations'), textColumn('ParamKind'), ageColumn],
    row(object, nowMs) {
      const { paramKind, validations } = object.spec;
      const param = paramKind ? `${paramKind.apiVersion ?? ''}/${paramKind.kind ?? ''}` : '<unset>';
      return [object.metadata.name, validations?.length ?? 0, param, ageCell(object, nowMs)];
    },
  },
});

type PolicyBinding = KubeObject & {
  spec: { policyName?: string; paramRef?: { namespace?: string; name?: string }; validationActions?: string[] };
};

export const validatingAdmissionPolicyBinding = defineResource<PolicyBinding>({
  gvr: { ...GROUP, resource: 'validatingadmissionpolicybindings' },
  kind: 'ValidatingAdmissionPolicyBinding',
  singular: 'validatingadmissionpolicybinding',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [],
  schema: 'io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding',
  strategy: {
    prepareForCreate: startGeneration,
    prepareForUpdate: (object, old) => raiseGeneration(object, old, !semanticEqual(object.spec, old.spec)),
    validate: ({ spec }) => [
      ...(spec.policyName ? [] : [required(Path.of('spec', 'policyName'))]),
      ...((spec.validationActions ?? []).length > 0 ? [] : [required(Path.of('spec', 'validationActions'))]),
    ],
  },
  table: {
    columns: [nameColumn, textColumn('PolicyName'), textColumn('ParamRef'), ageColumn],
    row(object, nowMs) {
      const { policyName, paramRef } = object.spec;
      const param = !paramRef
        ? '<unset>'
        : paramRef.namespace
          ? `${paramRef.namespace}/${paramRef.name ?? '*'}`
          : (paramRef.name ?? '*');
      return [object.metadata.name, policyName ?? '', param, ageCell(object, nowMs)];
    },
  },
});
