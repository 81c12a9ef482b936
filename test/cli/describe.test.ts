import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { smartLabel } from '../../src/cli/genericdescriber.ts';
import { createSandbox, type Sandbox } from '../harness.ts';

const lease = (name: string) => `apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: ${name}, labels: {app: lock}, annotations: {note: hand-made}}
spec: {holderIdentity: me, leaseDurationSeconds: 40}
`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  sandbox.write('leases.yaml', `${lease('lock-a')}---\n${lease('lock-b')}`);
  await sandbox.out('kubectl apply -f leases.yaml');
});
afterAll(() => sandbox.close());

async function run(line: string) {
  const { stdout, stderr, exitCode } = await sandbox.run(`kubectl ${line}`);
  return { out: stdout, err: stderr, exitCode };
}

async function textOf(name: string, events = 'Events:                    <none>\n'): Promise<string> {
  const [uid, version, time] = (
    await sandbox.out(
      `kubectl get lease ${name} -o jsonpath={.metadata.uid},{.metadata.resourceVersion},{.metadata.creationTimestamp}`,
    )
  ).split(',');
  return `Name:         ${name}
Namespace:    default
Labels:       app=lock
Annotations:  note: hand-made
API Version:  coordination.k8s.io/v1
Kind:         Lease
Metadata:
  Creation Timestamp:  ${time}
  Resource Version:    ${version}
  UID:                 ${uid}
Spec:
  Holder Identity:         me
  Lease Duration Seconds:  40
${events}`;
}

describe('describe, for kinds without words of their own', () => {
  it.each([
    ['describe lease lock-a', async () => textOf('lock-a')],
    ['describe lease/lock-a', async () => textOf('lock-a')],
    ['describe lease lock-a --show-events=false', async () => textOf('lock-a', '')],
    ['describe lease lock-a lock-b', async () => `${await textOf('lock-a')}\n\n${await textOf('lock-b')}`],
    [
      'describe leases -l app=lock --chunk-size=1',
      async () => `${await textOf('lock-a')}\n\n${await textOf('lock-b')}`,
    ],
    ['describe -f leases.yaml', async () => `${await textOf('lock-a')}\n\n${await textOf('lock-b')}`],
    // By prefix one empty line is between them, and one below the last.
    ['describe lease lock', async () => `${await textOf('lock-a')}\n${await textOf('lock-b')}\n`],
  ])('%s', async (line, expected) => {
    expect(await run(line)).toEqual({ out: await expected(), err: '', exitCode: 0 });
  });

  it('describes the others when one is missing', async () => {
    expect(await run('describe lease nope lock-b')).toEqual({
      out: await textOf('lock-b'),
      err: 'Error from server (NotFound): leases.coordination.k8s.io "nope" not found\n',
      exitCode: 1,
    });
  });
});

describe('describe, when there is nothing to describe', () => {
  it.each([
    [
      'describe',
      'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
      1,
    ],
    ['describe nope', 'error: the server doesn\'t have a resource type "nope"\n', 1],
    ['describe lease nope', 'Error from server (NotFound): leases.coordination.k8s.io "nope" not found\n', 1],
    ['describe lease/lock', 'Error from server (NotFound): leases.coordination.k8s.io "lock" not found\n', 1],
    ['describe lease -l app=none', 'No resources found in default namespace.\n', 0],
    ['describe lease -A -l app=none', 'No resources found\n', 0],
    ['describe -f none.yaml', 'error: the path "none.yaml" does not exist\n', 1],
  ])('%s', async (line, err, exitCode) => {
    expect(await run(line)).toEqual({ out: '', err, exitCode });
  });
});

describe('labels of fields', () => {
  it.each([
    ['apiVersion', 'API Version'],
    ['uid', 'UID'],
    ['holderIdentity', 'Holder Identity'],
    ['podCIDR', 'Pod Cidr'],
    ['clusterIPs', 'Cluster I Ps'],
    ['foo-bar', 'Foo - Bar'],
    ['f:metadata', 'f:metadata'],
    ['v1', 'v1'],
  ])('%s', (field, label) => {
    expect(smartLabel(field)).toBe(label);
  });
});
