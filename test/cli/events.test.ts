import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

const event = (name: string, fields: string) => `apiVersion: v1
kind: Event
metadata: {name: ${name}}
${fields}
`;
const pod = 'involvedObject: {apiVersion: v1, kind: Pod, name: web, namespace: default}';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
  const events = [
    event(
      'web.a',
      `${pod}\ntype: Warning\nreason: BackOff\nmessage: " late "\ncount: 4\nfirstTimestamp: 2025-12-31T23:00:00Z\nlastTimestamp: 2025-12-31T23:59:50Z`,
    ),
    event(
      'web.b',
      `${pod}\ntype: Normal\nreason: Pulled\nmessage: early\nfirstTimestamp: 2025-12-31T23:30:00Z\nlastTimestamp: 2025-12-31T23:30:00Z`,
    ),
    event(
      'up.c',
      'involvedObject: {apiVersion: apps/v1, kind: Deployment, name: up, namespace: default}\ntype: Normal\nreason: Scaled\nmessage: first',
    ),
  ];
  // Those of the nodes, which the cluster begins with.
  await sandbox.out('kubectl delete events --all');
  sandbox.write('events.yaml', events.join('---\n'));
  await sandbox.out('kubectl apply -f events.yaml');
});
afterAll(() => sandbox.close());

const HEAD = 'LAST SEEN           TYPE      REASON    OBJECT          MESSAGE\n';
const ROWS = {
  first: '<unknown>           Normal    Scaled    Deployment/up   first\n',
  early: '30m                 Normal    Pulled    Pod/web         early\n',
  late: '10s (x4 over 60m)   Warning   BackOff   Pod/web         late\n',
};

describe('kubectl events', () => {
  it.each([
    ['events', HEAD + ROWS.first + ROWS.early + ROWS.late, '', 0],
    ['events --no-headers', ROWS.first + ROWS.early + ROWS.late, '', 0],
    [
      'events --for pod/web --types=normal',
      'LAST SEEN   TYPE     REASON   OBJECT    MESSAGE\n30m         Normal   Pulled   Pod/web   early\n',
      '',
      0,
    ],
    [
      'events -A --for=deploy/up',
      'NAMESPACE   LAST SEEN   TYPE     REASON   OBJECT          MESSAGE\ndefault     <unknown>   Normal   Scaled   Deployment/up   first\n',
      '',
      0,
    ],
    ['events --for po/web -o jsonpath={.items[*].reason}', 'Pulled BackOff', '', 0],
    ['events -o name', '', '', 0],
    ['events -n kube-public', '', 'No events found in kube-public namespace.\n', 0],
    ['events -A --for pod/none', '', 'No events found.\n', 0],
    ['events --for web', '', 'error: --for must be in resource/name form\n', 1],
    ['events --for a/b/c', '', 'error: arguments in resource/name form may not have more than one slash\n', 1],
    ['events --for nope/b', '', 'the server doesn\'t have a resource type "nope"\n', 1],
    ['events --types=Error', '', 'error: valid --types are Normal or Warning\n', 1],
    [
      'events -o wide',
      '',
      'error: unable to match a printer suitable for the output format "wide", allowed formats are: go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml\n',
      1,
    ],
  ])('%s', async (line, out, err, exitCode) => {
    const { stdout, stderr, exitCode: code } = await sandbox.run(`kubectl ${line}`);
    expect({ out: stdout, err: stderr, exitCode: code }).toEqual({ out, err, exitCode });
  });

  it('prints the fields of an event in the order of its type', async () => {
    const text = await sandbox.out('kubectl events --for deploy/up -o json');
    const { items } = JSON.parse(text) as { items: object[] };
    expect(Object.keys(items[0] ?? {})).toEqual([
      'kind',
      'apiVersion',
      'metadata',
      'involvedObject',
      'reason',
      'message',
      'source',
      'firstTimestamp',
      'lastTimestamp',
      'type',
      'eventTime',
      'reportingComponent',
      'reportingInstance',
    ]);
  });

  it('watches until it is interrupted', async () => {
    let stop = (): void => undefined;
    const interrupt = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const watching = sandbox.run('kubectl events --for cm/later --watch --no-headers', { interrupt });
    const later = event(
      'later.d',
      'involvedObject: {apiVersion: v1, kind: ConfigMap, name: later, namespace: default}\ntype: Normal\nreason: Later\nmessage: now',
    );
    await sandbox.out('kubectl create -f -', { stdin: later });
    // The watch looks for what others wrote at every turn of the event loop.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    stop();
    expect(await watching).toEqual({
      stdout: '<unknown>   Normal   Later   ConfigMap/later   now\n',
      stderr: '',
      exitCode: 1,
    });
  });
});
