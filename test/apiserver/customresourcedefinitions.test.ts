import { describe, expect, it } from '@jest/globals';
import type { CustomResourceDefinition } from '../../src/resources/customresourcedefinition.ts';
import { messageOf, type Fixture } from './fixture.ts';
import { createCustomFixture, CRDS, crontab, crontabs, CRONTABS, type CrdOptions } from './customresources.fixture.ts';

const PREFIX = 'CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: ';

function refusalOf(manifest: object): string {
  return messageOf(createCustomFixture().send('POST', CRDS, manifest)).replace(PREFIX, '');
}

function crdNamed({ send }: Fixture, name: string): CustomResourceDefinition {
  return send('GET', `${CRDS}/${name}`).body as CustomResourceDefinition;
}

function conditionsOf({ status }: CustomResourceDefinition): string[] {
  return (status.conditions ?? []).map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`);
}

describe('a CustomResourceDefinition', () => {
  it('takes defaults and is established', () => {
    const fixture = createCustomFixture();
    const created = fixture.send('POST', CRDS, crontabs()).body as CustomResourceDefinition;
    expect(created.status).toEqual({
      acceptedNames: { kind: '', plural: '' },
      conditions: null,
      storedVersions: ['v1'],
    });
    const crd = crdNamed(fixture, 'crontabs.stable.example.com');
    expect(crd.metadata.generation).toBe(1);
    expect(crd.spec.conversion).toEqual({ strategy: 'None' });
    expect(crd.status).toEqual({
      acceptedNames: { kind: 'CronTab', listKind: 'CronTabList', plural: 'crontabs', singular: 'crontab' },
      conditions: [
        {
          lastTransitionTime: '2026-11-23T12:00:00Z',
          message: 'no conflicts found',
          reason: 'NoConflicts',
          status: 'True',
          type: 'NamesAccepted',
        },
        {
          lastTransitionTime: '2026-11-23T12:00:00Z',
          message: 'the initial names have been accepted',
          reason: 'InitialNamesAccepted',
          status: 'True',
          type: 'Established',
        },
      ],
      storedVersions: ['v1'],
    });
  });

  it('is refused names that another has, until they are free', () => {
    const fixture = createCustomFixture();
    const { send } = fixture;
    send('POST', CRDS, crontabs({ names: { shortNames: ['ct'] } }));
    send('POST', CRDS, crontabs({ plural: 'tabs', names: { singular: 'tab', shortNames: ['ct', 'crontab'] } }));
    const refused = crdNamed(fixture, 'tabs.stable.example.com');
    expect(conditionsOf(refused)).toEqual([
      'NamesAccepted=False ListKindConflict: "CronTabList" is already in use',
      'Established=False NotAccepted: not all names are accepted',
    ]);
    expect(refused.status.acceptedNames).toEqual({ kind: '', plural: 'tabs', singular: 'tab' });
    expect(send('GET', '/apis/stable.example.com/v1/namespaces/default/tabs').status).toBe(404);
    send('DELETE', `${CRDS}/crontabs.stable.example.com`);
    expect(conditionsOf(crdNamed(fixture, 'tabs.stable.example.com'))).toEqual([
      'NamesAccepted=True NoConflicts: no conflicts found',
      'Established=True InitialNamesAccepted: the initial names have been accepted',
    ]);
  });

  it.each<[string, CrdOptions, string[]]>([
    ['unapproved, tested', {}, ['False UnapprovedAnnotation: not approved: "unapproved, tested"']],
    [
      'https://github.com/kubernetes/enhancements/pull/1111',
      {},
      ['True ApprovedAnnotation: approved in https://github.com/kubernetes/enhancements/pull/1111'],
    ],
  ])('of the community says whether it is approved: %s', (approval, _, expected) => {
    const fixture = createCustomFixture();
    const annotations = { 'api-approved.kubernetes.io': approval };
    fixture.send('POST', CRDS, crontabs({ group: 'x.k8s.io', metadata: { annotations } }));
    const found = conditionsOf(crdNamed(fixture, 'crontabs.x.k8s.io'));
    expect(found.filter((text) => text.startsWith('Kube'))).toEqual(
      expected.map((text) => `KubernetesAPIApprovalPolicyConformant=${text}`),
    );
  });

  it('takes its objects with it when it is deleted, and waits for those that are kept', () => {
    const fixture = createCustomFixture();
    const { send } = fixture;
    send('POST', CRDS, crontabs());
    send('POST', CRONTABS, crontab('free'));
    send('POST', CRONTABS, { ...crontab('kept'), metadata: { name: 'kept', finalizers: ['example.com/hold'] } });
    const deleted = send('DELETE', `${CRDS}/crontabs.stable.example.com`);
    expect([deleted.status, conditionsOf(deleted.body as CustomResourceDefinition).at(-1)]).toEqual([
      200,
      'Terminating=True InstanceDeletionPending: CustomResourceDefinition marked for deletion; ' +
        'CustomResource deletion will begin soon',
    ]);
    const crd = crdNamed(fixture, 'crontabs.stable.example.com');
    expect(crd.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    expect(conditionsOf(crd).at(-1)).toBe(
      'Terminating=True InstanceDeletionInProgress: CustomResource deletion is in progress',
    );
    expect(messageOf(send('POST', CRONTABS, crontab('late')))).toBe(
      'crontabs.stable.example.com "late" is forbidden: create not allowed while custom resource definition is terminating',
    );
    send(
      'PATCH',
      `${CRONTABS}/kept`,
      { metadata: { finalizers: null } },
      { 'content-type': 'application/merge-patch+json' },
    );
    expect(send('GET', `${CRDS}/crontabs.stable.example.com`).status).toBe(404);
    expect(send('GET', CRONTABS).status).toBe(404);
  });

  it('may not change what its objects are stored under', () => {
    const fixture = createCustomFixture();
    fixture.send('POST', CRDS, crontabs());
    const path = `${CRDS}/crontabs.stable.example.com`;
    const patch = { spec: { scope: 'Cluster', group: 'other.example.com', names: { kind: 'Tab', listKind: 'Tabs' } } };
    const headers = { 'content-type': 'application/merge-patch+json' };
    expect(messageOf(fixture.send('PATCH', path, patch, headers)).replace(PREFIX, '')).toBe(
      '[spec.scope: Invalid value: "Cluster": field is immutable, ' +
        'spec.names.kind: Invalid value: "Tab": field is immutable, ' +
        'spec.group: Invalid value: "other.example.com": field is immutable]',
    );
  });

  it('remembers every version that objects were stored in', () => {
    const fixture = createCustomFixture();
    fixture.send('POST', CRDS, crontabs());
    const path = `${CRDS}/crontabs.stable.example.com`;
    const headers = { 'content-type': 'application/json-patch+json' };
    const { spec } = crdNamed(fixture, 'crontabs.stable.example.com');
    const [v1] = spec.versions;
    const versions = [
      { ...v1, storage: false },
      { ...v1, name: 'v2' },
    ];
    fixture.send('PATCH', path, [{ op: 'replace', path: '/spec/versions', value: versions }], headers);
    const crd = crdNamed(fixture, 'crontabs.stable.example.com');
    expect([crd.status.storedVersions, crd.metadata.generation]).toEqual([['v1', 'v2'], 2]);
    const gone = [{ op: 'remove', path: '/spec/versions/0' }];
    expect(messageOf(fixture.send('PATCH', path, gone, headers)).replace(PREFIX, '')).toBe(
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, ' +
        'and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes ' +
        'v1 from status.storedVersions',
    );
  });

  it('warns of formats that nobody knows', () => {
    const { send } = createCustomFixture();
    const specSchema = {
      type: 'object',
      properties: { a: { type: 'string', format: 'a-b' }, b: { type: 'integer', format: 'int32' } },
    };
    expect(send('POST', CRDS, crontabs({ specSchema })).warnings).toEqual(['unrecognized format "a-b"']);
  });
});

const SCHEMA = 'spec.validation.openAPIV3Schema';
const FIELD = `${SCHEMA}.properties[spec].properties[a]`;

function withField(a: object): CrdOptions {
  return { specSchema: { type: 'object', properties: { a } } };
}
function withSchema(openAPIV3Schema: object): CrdOptions {
  return { version: { schema: { openAPIV3Schema } } };
}

describe('a CustomResourceDefinition is refused', () => {
  it.each<[string, CrdOptions, string]>([
    [
      'a name of its own',
      { metadata: { name: 'tabs.stable.example.com' } },
      'CustomResourceDefinition.apiextensions.k8s.io "tabs.stable.example.com" is invalid: metadata.name: ' +
        'Invalid value: "tabs.stable.example.com": must be spec.names.plural+"."+spec.group',
    ],
    [
      'a group without a dot',
      { group: 'stable', metadata: { name: 'crontabs.stable' } },
      'CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable" is invalid: ' +
        'spec.group: Invalid value: "stable": should be a domain with at least one dot',
    ],
    [
      'an unknown scope',
      { spec: { scope: 'Galaxy' } },
      'spec.scope: Unsupported value: "Galaxy": supported values: "Cluster", "Namespaced"',
    ],
    ['no schema', { version: { schema: undefined } }, 'spec.versions[0].schema.openAPIV3Schema: Required value'],
    [
      'no storage version',
      { version: { storage: false } },
      '[spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,' +
        '"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,' +
        '"SelectableFields":null}]: must have exactly one version marked as storage version, ' +
        'status.storedVersions: Invalid value: null: must have at least one stored version]',
    ],
    [
      'a list kind that is the kind',
      { names: { listKind: 'CronTab' } },
      'spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same',
    ],
    [
      'a kind that is no word',
      { names: { kind: 'Cron_Tab', singular: 'crontab', listKind: 'CronTabList' } },
      'spec.names.kind: Invalid value: "Cron_Tab": may have mixed case, but should otherwise match: a DNS-1035 label must ' +
        "consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an " +
        "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      'unknown fields kept',
      { spec: { preserveUnknownFields: true } },
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true ' +
        'in spec.versions[*].schema instead',
    ],
    [
      'a group of the community without approval',
      { group: 'x.k8s.io', metadata: { name: 'crontabs.x.k8s.io' } },
      'CustomResourceDefinition.apiextensions.k8s.io "crontabs.x.k8s.io" is invalid: ' +
        'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation ' +
        '"api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
    [
      'a field without a type',
      withField({}),
      `${FIELD}.type: Required value: must not be empty for specified object fields`,
    ],
    ['a list without items', withField({ type: 'array' }), `${FIELD}.items: Required value: must be specified`],
    [
      'a root that is no object',
      withSchema({ type: 'array', items: { type: 'string' } }),
      `${SCHEMA}.type: Invalid value: "array": must be object at the root`,
    ],
    [
      'a type nobody knows',
      withField({ type: 'text' }),
      `${FIELD}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
    [
      'types within anyOf',
      withField({ type: 'string', anyOf: [{ type: 'string' }] }),
      `${FIELD}.anyOf[0].type: Forbidden: must be empty to be structural`,
    ],
    [
      'fields that only a junctor has',
      withSchema({ type: 'object', oneOf: [{ properties: { x: { minimum: 1 } } }] }),
      `${SCHEMA}.properties[x]: Required value: because it is defined in ${SCHEMA}.oneOf[0].properties[x]`,
    ],
    [
      'a pattern that is none',
      withField({ type: 'string', pattern: '(' }),
      `${FIELD}.pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(\``,
    ],
    [
      'a default of another type',
      withField({ type: 'integer', default: 'x' }),
      `${FIELD}.default: Invalid value: "string":  in body must be of type integer: "string"`,
    ],
    [
      'a default with unknown fields',
      withField({ type: 'object', properties: { b: { type: 'string' } }, default: { c: 'x' } }),
      `${FIELD}.default: Invalid value: {"c":"x"}: must not have unknown fields`,
    ],
    [
      'metadata said again',
      withSchema({
        type: 'object',
        properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
      }),
      `${SCHEMA}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ],
    [
      'fields both named and not',
      withField({ type: 'object', properties: { b: { type: 'string' } }, additionalProperties: { type: 'string' } }),
      `${FIELD}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
    [
      'keys of a map that may be absent',
      withField({
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', properties: { name: { type: 'string' } } },
      }),
      `${FIELD}.items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
    [
      'a set of objects',
      withField({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } }),
      `${FIELD}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
    ],
    ['a reference', withField({ type: 'string', $ref: '#/x' }), `${FIELD}.$ref: Forbidden: $ref is not supported`],
    [
      'a column without type and path',
      { version: { additionalPrinterColumns: [{ name: 'A' }] } },
      '[spec.additionalPrinterColumns[0].type: Required value: must be one of boolean,date,integer,number,string, ' +
        'spec.additionalPrinterColumns[0].JSONPath: Required value]',
    ],
    [
      'a column whose path has no dot',
      { version: { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: 'spec.a' }] } },
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.a": must be a simple json path starting with .',
    ],
    [
      'a scale in the wrong place',
      {
        version: {
          subresources: { scale: { specReplicasPath: '.status.replicas', statusReplicasPath: '.spec.replicas' } },
        },
      },
      '[spec.subresources.scale.specReplicasPath: Invalid value: ".status.replicas": should be a json path under .spec, ' +
        'spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.replicas": should be a json path under .status]',
    ],
    [
      'selectable fields that are none',
      { version: { selectableFields: [{ jsonPath: '.spec.nope' }, { jsonPath: '.spec' }] } },
      '[spec.selectableFields[0].jsonPath: Invalid value: ".spec.nope": is an invalid path: does not refer to a valid field, ' +
        'spec.selectableFields[1].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. ' +
        'Enum string fields and strings with formats are allowed.]',
    ],
    [
      'a warning for a version that is not deprecated',
      { version: { deprecationWarning: 'old' } },
      'spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions',
    ],
    [
      'a webhook without a place',
      { spec: { conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v3'] } } } },
      '[spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook, ' +
        'spec.conversion.conversionReviewVersions: Invalid value: ["v3"]: must include at least one of v1, v1beta1]',
    ],
    [
      'a rule without a rule',
      withField({ type: 'string', 'x-kubernetes-validations': [{ rule: ' ', reason: 'Because' }] }),
      `[${FIELD}.x-kubernetes-validations[0].rule: Required value: rule is not specified, ` +
        `${FIELD}.x-kubernetes-validations[0].reason: Unsupported value: "Because": supported values: ` +
        '"FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"]',
    ],
  ])('%s', (_, options, expected) => {
    expect(refusalOf(crontabs(options))).toBe(expected);
  });

  it('two versions that differ, by version', () => {
    const version = (name: string, type: string, isStorage: boolean): object => ({
      name,
      served: true,
      storage: isStorage,
      schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type } } } },
    });
    const spec = { versions: [version('v1', 'object', true), version('v2', 'thing', false)] };
    expect(refusalOf(crontabs({ spec }))).toBe(
      'spec.versions[1].schema.openAPIV3Schema.properties[spec].type: Unsupported value: "thing": ' +
        'supported values: "array", "boolean", "integer", "number", "object", "string"',
    );
  });

  it('unknown fields, but for those within items', () => {
    const { send } = createCustomFixture();
    const items = { type: 'string', nope: 1 };
    const manifest = crontabs({ ...withField({ type: 'array', items, nix: 1 }) });
    expect(messageOf(send('POST', `${CRDS}?fieldValidation=Strict`, manifest))).toBe(
      'CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: strict decoding error: ' +
        'unknown field "spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.a.nix"',
    );
    const created = send('POST', CRDS, manifest).body as CustomResourceDefinition;
    const spec = created.spec.versions[0]?.schema?.openAPIV3Schema?.properties?.['spec'];
    expect(spec?.properties?.['a']).toEqual({ type: 'array', items: { type: 'string' } });
  });
});
