import { describe, expect, it } from '@jest/globals';
import { type Given, errorsOnCreate, errorsOnUpdate } from './definitions.ts';

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
  "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

function pod(spec: object, metadata = {}): Given {
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}
function podWith(container: object, spec: object = {}): Given {
  return pod({ containers: [{ name: 'c', image: 'acme/c', ...container }], ...spec });
}
function deployment(spec: object, app = 'x'): Given {
  const template = { metadata: { labels: { app } }, spec: { containers: [{ name: 'c', image: 'acme/c' }] } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { app } }, template, ...spec } };
}

function job(image: string, spec: object = {}): Given {
  return {
    kind: 'Job',
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u1' } },
      template: {
        metadata: {
          labels: {
            'job-name': 'x',
            'batch.kubernetes.io/job-name': 'x',
            'controller-uid': 'u1',
            'batch.kubernetes.io/controller-uid': 'u1',
          },
        },
        spec: { restartPolicy: 'Never', containers: [{ name: 'c', image }] },
      },
    },
  };
}

describe('what a cluster says of pods', () => {
  it.each<[string, Given, string[]]>([
    ['a right one', podWith({ ports: [{ containerPort: 80, name: 'http' }] }), []],
    ['no image', pod({ containers: [{ name: 'c' }] }), ['spec.containers[0].image: Required value']],
    ['no containers', pod({ restartPolicy: 'Never' }), ['spec.containers: Required value']],
    [
      'two of one name',
      pod({
        containers: [
          { name: 'c', image: 'acme/c' },
          { name: 'c', image: 'acme/d' },
        ],
      }),
      ['spec.containers[1].name: Duplicate value: "c"'],
    ],
    [
      'words that are none',
      podWith({ terminationMessagePolicy: 'Loud', imagePullPolicy: 'Maybe' }, { restartPolicy: 'Sometimes' }),
      [
        'spec.containers[0].terminationMessagePolicy: Unsupported value: "Loud": supported values: "File", "FallbackToLogsOnError"',
        'spec.containers[0].imagePullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"',
        'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
      ],
    ],
    [
      'ports',
      podWith({
        ports: [
          { containerPort: 0 },
          { containerPort: 70000 },
          { containerPort: 80, name: 'web_1' },
          { containerPort: 85, name: 'a--b' },
          { containerPort: 81, name: 'web' },
          { containerPort: 82, name: 'web' },
          { containerPort: 83, protocol: 'ICMP' },
        ],
      }),
      [
        'spec.containers[0].ports[0].containerPort: Required value',
        'spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.containers[0].ports[2].name: Invalid value: "web_1": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'spec.containers[0].ports[3].name: Invalid value: "a--b": must not contain consecutive hyphens',
        'spec.containers[0].ports[5].name: Duplicate value: "web"',
        'spec.containers[0].ports[6].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    [
      'probes',
      podWith({
        livenessProbe: { initialDelaySeconds: -1, periodSeconds: -1 },
        readinessProbe: { httpGet: { path: '/ready', port: 99999 }, tcpSocket: { port: 80 } },
      }),
      [
        'spec.containers[0].livenessProbe: Required value: must specify a handler type',
        'spec.containers[0].livenessProbe.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.containers[0].livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.containers[0].readinessProbe.httpGet.port: Invalid value: 99999: must be between 1 and 65535, inclusive',
        'spec.containers[0].readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
      ],
    ],
    [
      'resources',
      podWith({ resources: { requests: { cpu: '2' }, limits: { cpu: '1', memory: '-1Mi' } } }),
      [
        'spec.containers[0].resources.limits[memory]: Invalid value: "-1Mi": must be greater than or equal to 0',
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
        'spec.containers[0].resources.requests[memory]: Invalid value: "-1Mi": must be greater than or equal to 0',
      ],
    ],
    [
      'a resource that is no resource',
      podWith({ resources: { limits: { pods: '1', 'acme.io/gpu': '1500m' } } }),
      [
        'spec.containers[0].resources.limits[acme.io/gpu]: Invalid value: "1500m": must be an integer',
        'spec.containers[0].resources.limits[pods]: Invalid value: "pods": must be a standard resource for containers',
        'spec.containers[0].resources.requests[acme.io/gpu]: Invalid value: "1500m": must be an integer',
        'spec.containers[0].resources.requests[pods]: Invalid value: "pods": must be a standard resource for containers',
      ],
    ],
    [
      'mounts',
      podWith(
        {
          volumeMounts: [
            { name: 'dta', mountPath: '/data' },
            { name: 'data', mountPath: '/same' },
            { name: 'data', mountPath: '/same' },
          ],
        },
        { volumes: [{ name: 'data', emptyDir: {} }] },
      ),
      [
        'spec.containers[0].volumeMounts[0].name: Not found: "dta"',
        'spec.containers[0].volumeMounts[2].mountPath: Invalid value: "/same": must be unique',
      ],
    ],
    [
      'variables',
      podWith({
        env: [
          { name: 'BOTH', value: 'a', valueFrom: { configMapKeyRef: { name: 'x', key: 'k' } } },
          { name: '', value: 'lost' },
          { name: 'FIELD', valueFrom: { fieldRef: { fieldPath: 'status.phase' } } },
          { name: 'NONE', valueFrom: { fieldRef: { fieldPath: 'status.wrong' } } },
        ],
      }),
      [
        'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
        'spec.containers[0].env[1].name: Required value',
        'spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: ' +
          '"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", ' +
          '"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
        'spec.containers[0].env[3].valueFrom.fieldRef.fieldPath: Invalid value: "status.wrong": ' +
          'error converting fieldPath: field label not supported: status.wrong',
      ],
    ],
    [
      'volumes',
      podWith(
        {},
        {
          volumes: [
            { name: 'Upper', emptyDir: {} },
            { name: 'twice', emptyDir: {}, configMap: { name: 'x' } },
            { name: 'twice', emptyDir: {} },
            { name: 'secretless', secret: {} },
          ],
        },
      ),
      [
        `spec.volumes[0].name: Invalid value: "Upper": ${LABEL}`,
        'spec.volumes[1].configMap: Forbidden: may not specify more than 1 volume type',
        'spec.volumes[3].secret.secretName: Required value',
      ],
    ],
    [
      'tolerations',
      podWith(
        {},
        { tolerations: [{ operator: 'Equal' }, { key: 'a', operator: 'Exists', value: 'b', effect: 'Never' }] },
      ),
      [
        'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
        'spec.tolerations[1].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\'',
        'spec.tolerations[1].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      ],
    ],
    [
      'a contradiction in security',
      podWith({ securityContext: { allowPrivilegeEscalation: false, privileged: true } }),
      [
        'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,' +
          '"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,' +
          '"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: ' +
          'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
      ],
    ],
    [
      'an init container with a probe',
      podWith({}, { initContainers: [{ name: 'i', image: 'acme/i', readinessProbe: { tcpSocket: { port: 1 } } }] }),
      [
        'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
      ],
    ],
    [
      'names',
      pod({ containers: [{ name: 'Not_OK', image: 'acme/c' }] }, { name: '-dash' }),
      [
        "metadata.name: Invalid value: \"-dash\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
          "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
          "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        `spec.containers[0].name: Invalid value: "Not_OK": ${LABEL}`,
      ],
    ],
  ])('%s', (_, given, errors) => expect(errorsOnCreate(given)).toEqual(errors));
});

describe('what a cluster says of a change of a pod', () => {
  const single = podWith({ image: 'nginx:1.26' }, { activeDeadlineSeconds: 9000 });
  it.each<[string, Given, string[]]>([
    ['another image', podWith({ image: 'nginx:1.27' }, { activeDeadlineSeconds: 9000 }), []],
    [
      'a later deadline',
      podWith({ image: 'nginx:1.26' }, { activeDeadlineSeconds: 9001 }),
      ['spec.activeDeadlineSeconds: Invalid value: 9001: must be less than or equal to previous value'],
    ],
    [
      'one container more',
      pod({
        containers: [
          { name: 'c', image: 'nginx:1.26' },
          { name: 'd', image: 'nginx' },
        ],
        activeDeadlineSeconds: 9000,
      }),
      ['spec.containers: Forbidden: pod updates may not add or remove containers'],
    ],
    [
      'another command',
      podWith({ image: 'nginx:1.26', command: ['sleep'] }, { activeDeadlineSeconds: 9000 }),
      [
        'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
          '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
          '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n' +
          '@@ -5,7 +5,9 @@\n   {\n    "Name": "c",\n    "Image": "nginx:1.26",\n-   "Command": null,\n' +
          '+   "Command": [\n+    "sleep"\n+   ],\n    "Args": null,\n    "WorkingDir": "",\n    "Ports": null,\n',
      ],
    ],
  ])('%s', (_, given, errors) => expect(errorsOnUpdate(single, given)).toEqual(errors));
});

describe('what a cluster says of workloads', () => {
  const mismatch = '{"app":"right"}: `selector` does not match template `labels`';
  const rightTemplate = {
    metadata: { labels: { app: 'right' } },
    spec: { containers: [{ name: 'c', image: 'acme/c' }] },
  };
  it.each<[string, Given, string[]]>([
    [
      'negative numbers',
      deployment({ replicas: -1, minReadySeconds: -5, revisionHistoryLimit: -2 }),
      [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.minReadySeconds: Invalid value: -5: must be greater than or equal to 0',
        'spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
      ],
    ],
    [
      'a selector of other pods',
      deployment({ template: rightTemplate }, 'left'),
      [`spec.template.metadata.labels: Invalid value: ${mismatch}`],
    ],
    [
      'no selector',
      deployment({ selector: undefined, template: rightTemplate }),
      ['spec.selector: Required value', `spec.template.metadata.labels: Invalid value: ${mismatch}`],
    ],
    [
      'a strategy of two minds',
      deployment({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'an unknown strategy',
      deployment({ strategy: { type: 'Slow' } }),
      [
        'spec.strategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      'a deadline before pods can be ready',
      deployment({ minReadySeconds: 600 }),
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
    [
      'no update at all',
      deployment({ strategy: { rollingUpdate: { maxSurge: '0%', maxUnavailable: 0 } } }),
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    ],
    [
      'a DaemonSet that ends',
      {
        ...deployment(
          { template: { ...rightTemplate, spec: { ...rightTemplate.spec, restartPolicy: 'Never' } } },
          'right',
        ),
        kind: 'DaemonSet',
      },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'a Job that never ends',
      { kind: 'Job', spec: { template: { spec: { containers: [{ name: 'c', image: 'acme/c' }] } } } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'a Job with rules for failures that say nothing',
      job('acme/c', { podFailurePolicy: { rules: [{ action: 'FailIndex' }] } }),
      [
        'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
        'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
      ],
    ],
    [
      'a Job of many indexes',
      job('acme/c', { completionMode: 'Indexed', completions: 100001, parallelism: 10001, backoffLimitPerIndex: 1 }),
      [
        'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
        'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
      ],
    ],
    [
      'an autoscaler of nothing',
      {
        kind: 'HorizontalPodAutoscaler',
        spec: { minReplicas: 3, maxReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'x' } },
      },
      [
        'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
        'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
      ],
    ],
  ])('%s', (_, given, errors) => expect(errorsOnCreate(given)).toEqual(errors));

  const count = 'spec.successPolicy.rules[0].succeededCount: Invalid value:';
  const indexes = (text: string, why: string): string =>
    `spec.successPolicy.rules[0].succeededIndexes: Invalid value: "${text}": error parsing succeededIndexes: ${why}`;
  it.each<[object, string[]]>([
    [
      {},
      [
        'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
      ],
    ],
    [{ succeededIndexes: '0,2-4' }, []],
    [{ succeededIndexes: '0,5' }, [indexes('0,5', 'too large index: "5"')]],
    [{ succeededIndexes: '1,x' }, [indexes('1,x', 'cannot convert string to integer for index: "x"')]],
    [{ succeededIndexes: '2,1' }, [indexes('2,1', 'non-increasing order, previous: 2, current: 1')]],
    [{ succeededIndexes: '3-2' }, [indexes('3-2', 'non-increasing order, previous: 3, current: 2')]],
    [{ succeededCount: -1 }, [`${count} -1: must be greater than or equal to 0`]],
    [{ succeededCount: 6 }, [`${count} 6: must be less than or equal to 5 (the number of specified completions)`]],
    [
      { succeededIndexes: '0-1', succeededCount: 3 },
      [`${count} 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)`],
    ],
  ])('a Job with the rule for success %j', (rule, errors) => {
    const spec = { completionMode: 'Indexed', completions: 5, successPolicy: { rules: [rule] } };
    expect(errorsOnCreate(job('acme/c', spec))).toEqual(errors);
  });

  it('a selector may not change', () => {
    const template = { metadata: { labels: { app: 'new' } }, spec: { containers: [{ name: 'c', image: 'acme/c' }] } };
    const after = deployment({ selector: { matchLabels: { app: 'new' } }, template });
    expect(errorsOnUpdate(deployment({}), after)).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"new"}}: field is immutable',
    ]);
  });

  it("a Job's template may not change", () => {
    const [error = ''] = errorsOnUpdate(job('acme/c:1'), job('acme/c:2'));
    const start =
      'spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"u1","batch.kubernetes.io/job-name":"x",' +
      '"controller-uid":"u1","job-name":"x"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"c",';
    expect([error.slice(0, start.length), error.slice(-20)]).toEqual([start, ': field is immutable']);
  });
});
