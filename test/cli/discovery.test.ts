import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSandbox, type Sandbox } from '../harness.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

async function run(line: string, env: Record<string, string> = {}) {
  const { stdout, stderr, exitCode } = await sandbox.run(`kubectl ${line}`, { env });
  return { out: stdout, err: stderr, exitCode };
}

const CLIENT = `Client Version: v1.35.2
Kustomize Version: v5.7.1
`;

describe('version', () => {
  it.each([
    ['version', `${CLIENT}Server Version: v1.35.2\n`, '', 0],
    ['version --client', CLIENT, '', 0],
    ['version x', '', 'error: extra arguments: [x]\n', 1],
    ['version -o xml', '', "error: --output must be 'yaml' or 'json'\n", 1],
    [
      'version --server http://127.0.0.1:1',
      CLIENT,
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
      1,
    ],
  ])('%s', async (line, out, err, exitCode) => {
    expect(await run(line)).toEqual({ out, err, exitCode });
  });

  it('prints YAML with an empty line below it', async () => {
    const { out } = await run('version --client -o yaml');
    expect(out).toMatch(
      /^clientVersion:\n {2}buildDate: ".*"\n {2}compiler: gc\n[^]*\nkustomizeVersion: v5\.7\.1\n\n$/,
    );
  });
});

describe('api-resources', () => {
  it.each([
    [
      'api-resources --api-group=coordination.k8s.io --verbs=list,watch --namespaced=true',
      `NAME     SHORTNAMES   APIVERSION               NAMESPACED   KIND
leases                coordination.k8s.io/v1   true         Lease
`,
      '',
      0,
    ],
    [
      'api-resources --api-group=autoscaling -o wide',
      `NAME                       SHORTNAMES   APIVERSION       NAMESPACED   KIND                      VERBS                                                        CATEGORIES
horizontalpodautoscalers   hpa          autoscaling/v2   true         HorizontalPodAutoscaler   create,delete,deletecollection,get,list,patch,update,watch   all
`,
      '',
      0,
    ],
    ['api-resources --api-group=coordination.k8s.io -o name', 'leases.coordination.k8s.io\n', '', 0],
    ['api-resources --verbs=fly', 'NAME   SHORTNAMES   APIVERSION   NAMESPACED   KIND\n', '', 0],
    ['api-resources --sort-by=size', '', 'error: --sort-by accepts only name or kind\n', 1],
    [
      'api-resources -o table',
      '',
      'error: unable to match a printer suitable for the output format "table", allowed formats are: json,kyaml,name,wide,yaml\n',
      1,
    ],
    [
      'api-resources x',
      '',
      "error: unexpected arguments: [x]\nSee 'kubectl api-resources -h' for help and examples\n",
      1,
    ],
    [
      'api-versions x',
      '',
      "error: unexpected arguments: [x]\nSee 'kubectl api-versions -h' for help and examples\n",
      1,
    ],
    [
      'api-resources --api-group=autoscaling -o yaml',
      `apiVersion: v1
groupVersion: ""
kind: APIResourceList
resources:
- categories:
  - all
  group: autoscaling
  kind: HorizontalPodAutoscaler
  name: horizontalpodautoscalers
  namespaced: true
  shortNames:
  - hpa
  singularName: horizontalpodautoscaler
  verbs:
  - create
  - delete
  - deletecollection
  - get
  - list
  - patch
  - update
  - watch
  version: v2
`,
      '',
      0,
    ],
  ])('%s', async (line, out, err, exitCode) => {
    expect(await run(line)).toEqual({ out, err, exitCode });
  });

  it.each([
    ['api-resources --no-headers', -3, (version: string) => version.replace(/\/?v\d\w*$/, '')],
    ['api-resources --no-headers --sort-by=name', 0, (name: string) => name],
    ['api-resources --no-headers --sort-by=kind', -1, (kind: string) => kind],
  ])('%s', async (line, column, keyOf) => {
    const keys = (await run(line)).out
      .trimEnd()
      .split('\n')
      .map((row) => row.split(/ +/))
      .map((cells) => keyOf(cells.at(column) ?? ''));
    expect(keys).toEqual([...keys].sort());
    expect(keys.length).toBeGreaterThan(20);
  });

  it('sorts the versions', async () => {
    const { out } = await run('api-versions');
    const lines = out.trimEnd().split('\n');
    expect(lines).toEqual([...lines].sort());
    expect(lines).toEqual(expect.arrayContaining(['apps/v1', 'v1']));
  });
});

describe('cluster-info', () => {
  it('names the control plane and the services of the cluster', async () => {
    const base = 'https://127.0.0.1:6443';
    expect(await run('cluster-info')).toEqual({
      out:
        `Kubernetes control plane is running at ${base}\n` +
        `CoreDNS is running at ${base}/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\n` +
        "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
      err: '',
      exitCode: 0,
    });
  });

  it('dumps nodes, objects and logs', async () => {
    const { out, err, exitCode } = await run('cluster-info dump --namespaces=kube-public -o yaml');
    expect({ err, exitCode }).toEqual({ err: '', exitCode: 0 });
    const kinds = [...out.matchAll(/^kind: (\w+)$/gm)].map((match) => match[1]);
    expect(kinds.slice(0, 2)).toEqual(['NodeList', 'EventList']);
    expect(kinds.at(-1)).toBe('PodList');
  });
});

describe('explain', () => {
  it.each([
    [
      'explain',
      '',
      'error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
      1,
    ],
    ['explain a b', '', 'error: We accept only this format: explain RESOURCE\n', 1],
    ['explain nope', '', 'the server doesn\'t have a resource type "nope"\n', 1],
    ['explain nope.spec --api-version=v1', '', 'the server doesn\'t have a resource type "nope"\n', 1],
    ['explain pods --output=html', '', 'error: unrecognized format: html\n', 1],
    ['explain pods --api-version=v9', '', 'error: couldn\'t find resource for "/v9, Resource=pods"\n', 1],
    ['explain pods.spec.nope --output=plaintext-openapiv2', '', 'error: field "nope" does not exist\n', 1],
    ['explain pods.spec.nope', 'KIND:       Pod\nVERSION:    v1\n\n', 'error: field "nope" does not exist\n', 1],
  ])('%s', async (line, out, err, exitCode) => {
    expect(await run(line)).toEqual({ out, err, exitCode });
  });

  // Descriptions belong to the documents of the API: only what is laid out around them is judged here.
  it.each([
    [
      'explain pods.spec.containers.name',
      'KIND:       Pod\nVERSION:    v1\n\nFIELD: name <string>\n\n\nDESCRIPTION:\n',
    ],
    [
      'explain deploy.spec.replicas',
      'GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\nFIELD: replicas <integer>\n\n\nDESCRIPTION:\n',
    ],
    [
      'explain pod.spec.restartPolicy',
      'KIND:       Pod\nVERSION:    v1\n\nFIELD: restartPolicy <string>\nENUM:\n    Always\n    Never\n    OnFailure\n\nDESCRIPTION:\n',
    ],
    [
      'explain hpa.spec.maxReplicas --api-version=autoscaling/v1',
      'GROUP:      autoscaling\nKIND:       HorizontalPodAutoscaler\nVERSION:    v1\n\nFIELD: maxReplicas <integer>\n\n\nDESCRIPTION:\n',
    ],
    [
      'explain deployments.apps.spec',
      'GROUP:      apps\nKIND:       Deployment\nVERSION:    v1\n\nFIELD: spec <DeploymentSpec>\n\n\nDESCRIPTION:\n',
    ],
    [
      'explain deploy.spec.replicas --output=plaintext-openapiv2',
      'KIND:     Deployment\nVERSION:  apps/v1\n\nFIELD:    replicas <integer>\n\nDESCRIPTION:\n',
    ],
    [
      'explain pods.spec.containers --output=plaintext-openapiv2',
      'KIND:     Pod\nVERSION:  v1\n\nRESOURCE: containers <[]Object>\n\nDESCRIPTION:\n',
    ],
  ])('%s', async (line, head) => {
    const { out, err, exitCode } = await run(line);
    expect({ head: out.slice(0, head.length), err, exitCode }).toEqual({ head, err: '', exitCode: 0 });
  });

  it('names the fields of fields in the older layout', async () => {
    const { out } = await run('explain pods.spec.containers.lifecycle --recursive --output=plaintext-openapiv2');
    expect(out.slice(out.indexOf('   preStop')).split('\n').slice(0, 3)).toEqual([
      '   preStop\t<Object>',
      '      exec\t<Object>',
      '         command\t<[]string>',
    ]);
  });

  it('names the fields of fields', async () => {
    const { out } = await run('explain pods.spec.containers.lifecycle.preStop.exec --recursive');
    expect(out.slice(out.indexOf('FIELDS:'))).toBe('FIELDS:\n  command\t<[]string>\n\n');
  });
});
