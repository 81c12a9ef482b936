import { describe, expect, it } from '@jest/globals';
import { created, errorsOnCreate, rowOf, type Given } from './definitions.ts';
import { described } from './describing.ts';

const hook = {
  name: 'a.example.com',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  clientConfig: { url: 'https://x' },
};
const netpol = (spec: object): Given => ({ kind: 'NetworkPolicy', spec });

describe('rows of kinds that are kept and shown', () => {
  it.each<[Given, string]>([
    [{ kind: 'MutatingWebhookConfiguration', webhooks: [hook, hook] }, 'x 2 <unknown>'],
    [{ kind: 'ValidatingWebhookConfiguration' }, 'x 0 <unknown>'],
    [
      {
        kind: 'ValidatingAdmissionPolicy',
        spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{}] },
      },
      'x 1 v1/ConfigMap <unknown>',
    ],
    [
      { kind: 'ValidatingAdmissionPolicyBinding', spec: { policyName: 'p', paramRef: { namespace: 'n', name: 'm' } } },
      'x p n/m <unknown>',
    ],
    [{ kind: 'RuntimeClass', handler: 'runsc' }, 'x runsc <unknown>'],
    [
      {
        kind: 'FlowSchema',
        spec: { priorityLevelConfiguration: { name: 'catch-all' }, matchingPrecedence: 5 },
        status: { conditions: [{ type: 'Dangling', status: 'False' }] },
      },
      'x catch-all 5 <none> <unknown> False',
    ],
    [
      {
        kind: 'PriorityLevelConfiguration',
        spec: {
          type: 'Limited',
          limited: {
            nominalConcurrencyShares: 5,
            limitResponse: { queuing: { queues: 64, handSize: 6, queueLengthLimit: 50 } },
          },
        },
      },
      'x Limited 5 64 6 50 <unknown>',
    ],
    [
      {
        kind: 'APIService',
        spec: { service: { namespace: 'n', name: 's' } },
        status: { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] },
      },
      'x n/s False (MissingEndpoints) <unknown>',
    ],
    [{ kind: 'ServiceCIDR', spec: { cidrs: ['10.96.0.0/12', 'fd00::/108'] } }, 'x 10.96.0.0/12,fd00::/108 <unknown>'],
    [
      {
        kind: 'IPAddress',
        metadata: { name: '10.96.0.1' },
        spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } },
      },
      '10.96.0.1 services/default/kubernetes',
    ],
    [{ kind: 'ResourceClaim', spec: {} }, 'x pending <unknown>'],
    [
      { kind: 'ResourceClaim', spec: {}, status: { allocation: {}, reservedFor: [{}] } },
      'x allocated,reserved <unknown>',
    ],
    [{ kind: 'ResourceSlice', spec: { nodeName: 'n', driver: 'd', pool: { name: 'p' } } }, 'x n d p <unknown>'],
    [{ kind: 'CSINode', spec: { drivers: [{ name: 'd', nodeID: 'n' }] } }, 'x 1 <unknown>'],
    [
      { kind: 'CSIDriver', spec: { volumeLifecycleModes: ['Persistent', 'Ephemeral'] } },
      'x true false false <unset> false Persistent,Ephemeral <unknown>',
    ],
    [
      {
        kind: 'VolumeAttachment',
        spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'v' } },
        status: { attached: true },
      },
      'x a v n true <unknown>',
    ],
    [{ kind: 'VolumeAttributesClass', driverName: 'd' }, 'x d <unknown>'],
    [netpol({ podSelector: { matchLabels: { a: 'b' } } }), 'x a=b <unknown>'],
  ])('%j', (given, expected) => {
    expect(Object.values(rowOf(given)).join(' ')).toBe(expected);
  });
});

describe('what is refused', () => {
  it.each<[Given, string[]]>([
    [{ kind: 'MutatingWebhookConfiguration', webhooks: [hook] }, []],
    [
      { kind: 'ValidatingWebhookConfiguration', webhooks: [{ name: 'short', timeoutSeconds: 60, clientConfig: {} }] },
      [
        'webhooks[0].name: Invalid value: "short": should be a domain with at least two segments separated by dots',
        'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun',
        'webhooks[0].timeoutSeconds: Invalid value: 60: the timeout value must be between 1 and 30 seconds',
        'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1',
        'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
      ],
    ],
    [netpol({ ingress: [{}] }), []],
    [
      netpol({
        policyTypes: ['Sideways'],
        ingress: [
          { ports: [{ port: 0 }, { endPort: 5 }, { port: 9, endPort: 5 }, { port: 'Web', endPort: 5 }], from: [{}] },
        ],
        egress: [
          {
            to: [
              { ipBlock: { cidr: '10.0.0.0/33' } },
              { ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/9'] }, podSelector: {} },
            ],
          },
        ],
      }),
      [
        'spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        'spec.ingress[0].ports[1].port: Required value: must be specified when `endPort` is specified',
        'spec.ingress[0].ports[2].endPort: Invalid value: 9: must be greater than or equal to `port`',
        'spec.ingress[0].ports[3].endPort: Invalid value: 5: may not be specified when `port` is non-numeric',
        'spec.ingress[0].ports[3].port: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'spec.ingress[0].from[0]: Required value: must specify a peer',
        'spec.egress[0].to[0].ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
        'spec.egress[0].to[1].ipBlock.except[0]: Invalid value: "11.0.0.0/9": must be a strict subset of `cidr`',
        'spec.egress[0].to[1]: Forbidden: may not specify both ipBlock and another peer',
        'spec.policyTypes[0]: Unsupported value: "Sideways": supported values: "Egress", "Ingress"',
      ],
    ],
    [{ kind: 'ServiceCIDR', spec: { cidrs: [] } }, ['spec.cidrs: Required value: at least one CIDR required']],
  ])('%j', (given, expected) => {
    expect(errorsOnCreate(given)).toEqual(expected);
  });
});

describe('what is filled in', () => {
  it('of a policy', () => {
    const ports = [{ port: 80 }];
    expect(created(netpol({ egress: [{ ports }] }))).toMatchObject({
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        egress: [{ ports: [{ port: 80, protocol: 'TCP' }] }],
      },
    });
  });

  it('of a webhook', () => {
    expect(
      created({ kind: 'MutatingWebhookConfiguration', webhooks: [{ ...hook, clientConfig: { service: {} } }] }),
    ).toMatchObject({
      webhooks: [
        {
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          timeoutSeconds: 10,
          reinvocationPolicy: 'Never',
          clientConfig: { service: { port: 443 } },
        },
      ],
    });
  });
});

describe('describe networkpolicy', () => {
  it('tells both directions', async () => {
    const text = await described(`
kind: NetworkPolicy
metadata: {name: mixed, creationTimestamp: "2026-11-23T13:55:00Z"}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}
    - namespaceSelector: {matchLabels: {team: red}}
      podSelector: {matchLabels: {app: a}}
    ports: [{port: 80}, {port: 100, endPort: 200, protocol: UDP}]
  - {}
`);
    expect(text).toBe(`Name:         mixed
Namespace:    default
Created on:   2026-11-23 13:55:00 +0000 UTC
Labels:       <none>
Annotations:  <none>
Spec:
  PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)
  Allowing ingress traffic:
    To Port: 80/TCP
    To Port Range: 100-200/UDP
    From:
      IPBlock:
        CIDR: 10.0.0.0/8
        Except: 10.1.0.0/16
    From:
      NamespaceSelector: team=red
      PodSelector: app=a
    ----------
    To Port: <any> (traffic allowed to all ports)
    From: <any> (traffic not restricted by source)
  Allowing egress traffic:
    <none> (Selected pods are isolated for egress connectivity)
  Policy Types: Ingress, Egress
`);
  });
});
