import { describe, expect, it } from '@jest/globals';
import { applyStrategicPatch } from '../../src/machinery/strategic.ts';

const POD = 'io.k8s.api.core.v1.Pod';
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'x', finalizers: ['f/b', 'f/a'], labels: { a: '1' } },
  spec: {
    nodeSelector: { d: 'e' },
    tolerations: [{ key: 'k', operator: 'Exists' }],
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'w', hostPath: { path: '/p' } },
    ],
    containers: [
      {
        name: 'a',
        image: 'a:1',
        args: ['x', 'y'],
        ports: [
          { containerPort: 53, protocol: 'TCP' },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
      {
        name: 'b',
        image: 'b:1',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      { name: 'c', image: 'c:1' },
    ],
  },
};

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

// Every row of the two tables is what `kubectl patch --local --type=strategic` of 1.35 made of the pod.
describe('applyStrategicPatch', () => {
  it.each([
    [
      'merges an item by its key',
      { spec: { containers: [{ name: 'b', image: 'b:2' }] } },
      {
        spec: {
          containers: [
            {
              args: ['x', 'y'],
              image: 'a:1',
              name: 'a',
              ports: [
                { containerPort: 53, protocol: 'TCP' },
                { containerPort: 53, protocol: 'UDP' },
              ],
            },
            {
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              image: 'b:2',
              name: 'b',
            },
            { image: 'c:1', name: 'c' },
          ],
        },
      },
    ],
    [
      'puts a new item first',
      { spec: { containers: [{ name: 'z', image: 'z:1' }] } },
      {
        spec: {
          containers: [
            { image: 'z:1', name: 'z' },
            {
              args: ['x', 'y'],
              image: 'a:1',
              name: 'a',
              ports: [
                { containerPort: 53, protocol: 'TCP' },
                { containerPort: 53, protocol: 'UDP' },
              ],
            },
            {
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              image: 'b:1',
              name: 'b',
            },
            { image: 'c:1', name: 'c' },
          ],
        },
      },
    ],
    [
      'deletes an item',
      { spec: { containers: [{ name: 'b', $patch: 'delete' }] } },
      {
        spec: {
          containers: [
            {
              args: ['x', 'y'],
              image: 'a:1',
              name: 'a',
              ports: [
                { containerPort: 53, protocol: 'TCP' },
                { containerPort: 53, protocol: 'UDP' },
              ],
            },
            { image: 'c:1', name: 'c' },
          ],
        },
      },
    ],
    [
      'replaces a list',
      { spec: { containers: [{ $patch: 'replace' }, { name: 'q', image: 'q' }] } },
      { spec: { containers: [{ image: 'q', name: 'q' }] } },
    ],
    [
      'orders a list',
      { spec: { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }] } },
      {
        spec: {
          containers: [
            {
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              image: 'b:1',
              name: 'b',
            },
            { image: 'c:1', name: 'c' },
            {
              args: ['x', 'y'],
              image: 'a:1',
              name: 'a',
              ports: [
                { containerPort: 53, protocol: 'TCP' },
                { containerPort: 53, protocol: 'UDP' },
              ],
            },
          ],
        },
      },
    ],
    [
      'orders what it adds and deletes',
      {
        spec: {
          '$setElementOrder/containers': [{ name: 'c' }, { name: 'z' }],
          containers: [
            { name: 'z', image: 'z' },
            { name: 'a', $patch: 'delete' },
          ],
        },
      },
      {
        spec: {
          containers: [
            {
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              image: 'b:1',
              name: 'b',
            },
            { image: 'c:1', name: 'c' },
            { image: 'z', name: 'z' },
          ],
        },
      },
    ],
    [
      'merges lists in lists',
      {
        spec: {
          containers: [
            {
              name: 'b',
              env: [
                { name: 'B', $patch: 'delete' },
                { name: 'C', value: '3' },
              ],
            },
          ],
        },
      },
      {
        spec: {
          containers: [
            {
              args: ['x', 'y'],
              image: 'a:1',
              name: 'a',
              ports: [
                { containerPort: 53, protocol: 'TCP' },
                { containerPort: 53, protocol: 'UDP' },
              ],
            },
            {
              env: [
                { name: 'C', value: '3' },
                { name: 'A', value: '1' },
              ],
              image: 'b:1',
              name: 'b',
            },
            { image: 'c:1', name: 'c' },
          ],
        },
      },
    ],
    [
      'takes the first of equal keys',
      { spec: { containers: [{ name: 'a', ports: [{ containerPort: 53, name: 'dns' }] }] } },
      {
        spec: {
          containers: [
            {
              args: ['x', 'y'],
              image: 'a:1',
              name: 'a',
              ports: [
                { containerPort: 53, name: 'dns', protocol: 'TCP' },
                { containerPort: 53, protocol: 'UDP' },
              ],
            },
            {
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              image: 'b:1',
              name: 'b',
            },
            { image: 'c:1', name: 'c' },
          ],
        },
      },
    ],
    [
      'replaces plain lists',
      { spec: { tolerations: [{ key: 'z' }], containers: [{ name: 'a', args: ['q'] }] } },
      {
        spec: {
          tolerations: [{ key: 'z' }],
          containers: [
            {
              args: ['q'],
              image: 'a:1',
              name: 'a',
              ports: [
                { containerPort: 53, protocol: 'TCP' },
                { containerPort: 53, protocol: 'UDP' },
              ],
            },
            {
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              image: 'b:1',
              name: 'b',
            },
            { image: 'c:1', name: 'c' },
          ],
        },
      },
    ],
    [
      'keeps the keys that are retained',
      { spec: { volumes: [{ name: 'v', $retainKeys: ['name', 'secret'], secret: { secretName: 's' } }] } },
      {
        spec: {
          volumes: [
            { name: 'v', secret: { secretName: 's' } },
            { hostPath: { path: '/p' }, name: 'w' },
          ],
        },
      },
    ],
    [
      'adds to and deletes from lists of texts',
      { metadata: { finalizers: ['f/c', 'f/b'], '$deleteFromPrimitiveList/finalizers': ['f/a'] } },
      { metadata: { finalizers: ['f/c', 'f/b'] } },
    ],
    [
      'orders lists of texts',
      { metadata: { '$setElementOrder/finalizers': ['f/a', 'f/b'], finalizers: ['f/a'] } },
      { metadata: { finalizers: ['f/a', 'f/b'] } },
    ],
    ['replaces a map', { metadata: { labels: { $patch: 'replace', z: '9' } } }, { metadata: { labels: { z: '9' } } }],
    ['empties a map', { metadata: { labels: { $patch: 'delete' } } }, { metadata: { labels: {} } }],
    [
      'deletes by null and drops nulls of what is new',
      { spec: { nodeSelector: null, securityContext: { runAsUser: 1, runAsGroup: null } } },
      { spec: { nodeSelector: null, securityContext: { runAsUser: 1 } } },
    ],
  ])('%s', (_name, patch, change: { metadata?: object; spec?: object }) => {
    const expected = {
      ...pod,
      metadata: { ...pod.metadata, ...change.metadata },
      spec: Object.fromEntries(Object.entries({ ...pod.spec, ...change.spec }).filter(([, value]) => value !== null)),
    };
    expect(applyStrategicPatch(pod, patch, POD)).toEqual(expected);
  });

  it.each([
    [{ spec: { containers: [{ image: 'x' }] } }, 'map: map[image:x] does not contain declared merge key: name'],
    [
      { spec: { containers: [{ name: 'a', $patch: 'bogus' }] } },
      'unknown patch type: bogus in map: map[$patch:bogus name:a]',
    ],
    [{ spec: { containers: [{ name: 'a', $patch: 'merge' }] } }, 'merging lists cannot yet be specified in the patch'],
    [
      { spec: { containers: ['a'] } },
      'list element types are not identical: [[map[args:[x y] image:a:1 name:a ports:[map[containerPort:53 protocol:TCP] map[containerPort:53 protocol:UDP]]] map[env:[map[name:A value:1] map[name:B value:2]] image:b:1 name:b] map[image:c:1 name:c]] [a]]',
    ],
    [{ spec: { volumes: [{ name: 'v', $retainKeys: ['name'], secret: {} }] } }, 'invalid patch format of retainKeys'],
    [{ spec: { volumes: [{ name: 'v', $retainKeys: 'name' }] } }, 'invalid patch format of retainKeys'],
    [
      {
        spec: {
          '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
          containers: [{ name: 'a' }, { name: 'b' }],
        },
      },
      "The order in patch list:\n[map[name:a] map[name:b]]\n doesn't match $setElementOrder list:\n[map[name:b] map[name:a]]",
    ],
    [{ spec: { '$setElementOrder/containers': 'a' } }, 'expected a []interface {}, but received a string'],
    [{ spec: { $setElementOrdercontainers: [] } }, 'invalid patch format of setElementOrder list'],
    [{ metadata: { $deleteFromPrimitiveList: ['f/a'] } }, 'invalid patch format of primitive list'],
    [{ spec: { $patch: 'bogus' } }, 'unknown patch type: bogus in map: map[$patch:bogus]'],
    [
      { spec: { containers: [{ $patch: 'delete' }] } },
      'map: map[$patch:delete] does not contain declared merge key: name',
    ],
    [{ metadata: { finalizers: ['a', 1] } }, 'list element types are not identical: [[f/b f/a] [a 1]]'],
  ])('%j is refused', (patch, message) => {
    expect(messageOf(() => applyStrategicPatch(pod, patch, POD)).trim()).toBe(message);
  });
});
