import { describe, expect, it } from '@jest/globals';
import { duplicateFields } from '../../src/machinery/jsonduplicates.ts';
import { decodeStrict } from '../../src/machinery/strictdecoding.ts';
import { addZeroValues } from '../../src/machinery/zerovalues.ts';

const DEPLOYMENT = 'io.k8s.api.apps.v1.Deployment';
const POD = 'io.k8s.api.core.v1.Pod';

function container(fields: object): object {
  return { spec: { containers: [{ name: 'c', ...fields }] } };
}

function errorOf(value: unknown, schema: string): string | undefined {
  return decodeStrict(value, schema, { mode: 'Strict' }).error;
}

// The texts are those of `kubectl set image --local -f …` of 1.35, which decodes as the server does.
describe('wrong types', () => {
  it.each([
    [{ spec: { replicas: '3' } }, DEPLOYMENT, 'string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    [
      { spec: { replicas: 1.5 } },
      DEPLOYMENT,
      'number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      { spec: { replicas: 3e9 } },
      DEPLOYMENT,
      'number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [{ spec: 5 }, DEPLOYMENT, 'number into Go struct field Deployment.spec of type v1.DeploymentSpec'],
    [
      { spec: { template: { spec: { containers: {} } } } },
      DEPLOYMENT,
      'object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container',
    ],
    [
      container({ env: [{ name: 'A', value: 5 }] }),
      POD,
      'number into Go struct field EnvVar.spec.containers.env.value of type string',
    ],
    [
      container({ imagePullPolicy: true }),
      POD,
      'bool into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy',
    ],
    [container({ args: [1] }), POD, 'number into Go struct field Container.spec.containers.args of type string'],
    [container({ stdin: 'yes' }), POD, 'string into Go struct field Container.spec.containers.stdin of type bool'],
    [{ metadata: { labels: { a: 1 } } }, POD, 'number into Go struct field ObjectMeta.metadata.labels of type string'],
    [
      container({ resources: { limits: 'much' } }),
      POD,
      'string into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList',
    ],
    [
      container({ livenessProbe: { httpGet: { port: true } } }),
      POD,
      'bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32',
    ],
    [
      { spec: { volumes: [{ name: 'v', configMap: { name: 5 } }] } },
      POD,
      'number into Go struct field ConfigMapVolumeSource.spec.volumes.VolumeSource.configMap.LocalObjectReference.name of type string',
    ],
    [
      { metadata: { creationTimestamp: 5 } },
      POD,
      'number into Go struct field ObjectMeta.metadata.creationTimestamp of type string',
    ],
  ])('%j', (value, schema, message) => {
    expect(errorOf(value, schema)).toBe(`json: cannot unmarshal ${message}`);
  });

  it.each([
    [
      container({ resources: { limits: { cpu: 'lots' } } }),
      POD,
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      { metadata: { creationTimestamp: 'now' } },
      POD,
      'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
    ],
    [
      { metadata: { creationTimestamp: '2026-13-01T00:00:00Z' } },
      POD,
      'parsing time "2026-13-01T00:00:00Z": month out of range',
    ],
    [{ data: { a: 'not base64!' } }, 'core.v1.Secret', 'illegal base64 data at input byte 3'],
    [{ data: { a: 'YWI' } }, 'core.v1.Secret', 'illegal base64 data at input byte 0'],
  ])('%j', (value, schema, message) => {
    expect(errorOf(value, schema)).toBe(message);
  });

  it('tells the first of several', () => {
    expect(errorOf({ spec: { replicas: 'x', paused: 'y' } }, DEPLOYMENT)).toMatch(/replicas of type int32$/);
  });
});

describe('unknown and duplicate fields', () => {
  const value = {
    apiVersion: 'v1',
    kind: 'Pod',
    foo: { bar: 1 },
    spec: { containers: [{ name: 'c', VolumeMounts: [], ports: [{ containerport: 1 }] }], replicas: 2 },
    metadata: { name: 'x', labels: { anything: 'goes' } },
  };

  it('reports them by path and drops them, minding the case', () => {
    expect(decodeStrict(value, POD, { mode: 'Strict' })).toEqual({
      value: {
        apiVersion: 'v1',
        kind: 'Pod',
        spec: { containers: [{ name: 'c', ports: [{}] }] },
        metadata: { name: 'x', labels: { anything: 'goes' } },
      },
      strictErrors: [
        'unknown field "foo"',
        'unknown field "spec.containers[0].VolumeMounts"',
        'unknown field "spec.containers[0].ports[0].containerport"',
        'unknown field "spec.replicas"',
      ],
      error: undefined,
    });
  });

  it('only drops them when asked to ignore', () => {
    expect(decodeStrict(value, POD, { mode: 'Ignore' }).strictErrors).toEqual([]);
  });

  it('finds duplicates in the text', () => {
    const text =
      '{"a":1,"a":2,"spec":{"ports":[{"name":"x","name":"y"}],"esc":1,"e\\u0073c":2},"s":"{\\"q\\":1,\\"q\\":2}"}';
    expect(duplicateFields(text)).toEqual(['a', 'spec.ports[0].name', 'spec.esc']);
    expect(decodeStrict({}, POD, { mode: 'Strict', duplicates: ['a'] }).strictErrors).toEqual(['duplicate field "a"']);
  });
});

describe('what remains', () => {
  it('has canonical values and no zero values', () => {
    const value = {
      metadata: { name: 'x', creationTimestamp: null, labels: {}, annotations: { a: null } },
      spec: {
        hostNetwork: false,
        automountServiceAccountToken: false,
        restartPolicy: '',
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [
          {
            name: 'c',
            env: [{ name: 'A', value: '' }],
            args: [],
            resources: { limits: { cpu: '0.5', memory: 1048576 }, requests: { cpu: null } },
          },
        ],
      },
      status: { startTime: '2026-01-02T03:04:05.6+02:00', conditions: null },
    };
    expect(decodeStrict(value, POD, { mode: 'Strict' })).toEqual({
      value: {
        metadata: { name: 'x', annotations: { a: '' } },
        spec: {
          automountServiceAccountToken: false,
          volumes: [{ name: 'v', emptyDir: {} }],
          containers: [
            {
              name: 'c',
              env: [{ name: 'A' }],
              resources: { limits: { cpu: '500m', memory: '1048576' }, requests: { cpu: '0' } },
            },
          ],
        },
        status: { startTime: '2026-01-02T01:04:05Z' },
      },
      strictErrors: [],
      error: undefined,
    });
  });

  it('keeps legacy fields apart', () => {
    const value = { spec: { backend: { serviceName: 's', servicePort: 80 }, defaultBackend: {} } };
    expect(decodeStrict(value, 'io.k8s.api.extensions.v1beta1.Ingress', { mode: 'Strict' }).strictErrors).toEqual([
      'unknown field "spec.defaultBackend"',
    ]);
  });

  it('shows the zero values of the server', () => {
    const pod = {
      metadata: { name: 'x' },
      spec: { containers: [{ name: 'c' }] },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    };
    expect(addZeroValues(pod, POD)).toEqual({
      metadata: { name: 'x' },
      spec: { containers: [{ name: 'c', resources: {} }] },
      status: { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null }] },
    });
    expect(pod.spec.containers).toEqual([{ name: 'c' }]);
    expect(addZeroValues({ metadata: { name: 'x' } }, DEPLOYMENT)).toEqual({
      metadata: { name: 'x' },
      spec: { selector: null, strategy: {}, template: { metadata: {}, spec: { containers: null } } },
      status: {},
    });
  });
});
