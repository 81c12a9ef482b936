import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  Health,
  KubernetesObjectApi,
  Metrics,
  topNodes,
  topPods,
  VersionApi,
  type KubeConfig,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { serveCluster, type ServedCluster } from '../server/fixture.ts';
import { connect, patchAs, refusal } from './clientnode.ts';

const namespace = 'default';

let served: ServedCluster;
let config: KubeConfig;
let core: CoreV1Api;
let apps: AppsV1Api;
beforeAll(async () => {
  served = await serveCluster({ advancesOnWait: true });
  config = connect(served);
  core = config.makeApiClient(CoreV1Api);
  apps = config.makeApiClient(AppsV1Api);
});
afterAll(() => served.close());

const deployment = (name: string): V1Deployment => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'nginx', env: [{ name: 'A', value: '1' }] }] },
    },
  },
});

describe('client-node', () => {
  it('finds the server well', async () => {
    const health = new Health(config);
    expect([await health.livez({}), await health.readyz({})]).toEqual([true, true]);
    expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).toBe('v1.35.2');
  });

  it('creates, reads, replaces, lists and deletes', async () => {
    const body: V1ConfigMap = { metadata: { name: 'one', labels: { part: 'first' } }, data: { a: '1' } };
    const made = await core.createNamespacedConfigMap({ namespace, body });
    expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
    const changed = await core.replaceNamespacedConfigMap({
      namespace,
      name: 'one',
      body: { ...made, data: { a: '2' } },
    });
    expect(changed.data).toEqual({ a: '2' });
    const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: 'part in (first,second)' });
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['one']);
    const status = await core.deleteNamespacedConfigMap({ namespace, name: 'one' });
    expect(status).toMatchObject({ status: 'Success', details: { name: 'one', kind: 'configmaps' } });
  });

  it('is refused with a Status', async () => {
    const body: V1ConfigMap = { metadata: { name: 'twice' } };
    await core.createNamespacedConfigMap({ namespace, body });
    const stale = { ...body, metadata: { name: 'twice', resourceVersion: '1' } };
    const refused = await Promise.all([
      refusal(core.readNamespacedConfigMap({ namespace, name: 'nosuch' })),
      refusal(core.createNamespacedConfigMap({ namespace, body })),
      refusal(core.replaceNamespacedConfigMap({ namespace, name: 'twice', body: stale })),
      refusal(core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'Bad_Name' } } })),
    ]);
    expect(refused.map(({ code, reason }) => [code, reason])).toEqual([
      [404, 'NotFound'],
      [409, 'AlreadyExists'],
      [409, 'Conflict'],
      [422, 'Invalid'],
    ]);
  });

  it('patches in all four ways', async () => {
    const name = 'patched';
    await apps.createNamespacedDeployment({ namespace, body: deployment(name) });
    const patch = (body: unknown, strategy: Parameters<typeof patchAs>[0], rest = {}) =>
      apps.patchNamespacedDeployment({ namespace, name, body, ...rest }, patchAs(strategy));

    const byJson = await patch([{ op: 'replace', path: '/spec/replicas', value: 3 }], 'JsonPatch');
    expect(byJson.spec?.replicas).toBe(3);
    const byMerge = await patch({ metadata: { labels: { tier: 'front' }, annotations: null } }, 'MergePatch');
    expect(byMerge.metadata?.labels).toEqual({ tier: 'front' });
    const containers = [{ name: 'web', env: [{ name: 'B', value: '2' }] }];
    const byStrategy = await patch({ spec: { template: { spec: { containers } } } }, 'StrategicMergePatch');
    expect(byStrategy.spec?.template.spec?.containers[0]?.env).toEqual([
      { name: 'B', value: '2' },
      { name: 'A', value: '1' },
    ]);
    const applied = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 4 } };
    const refused = await refusal(patch(applied, 'ServerSideApply', { fieldManager: 'operator' }));
    expect(refused).toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "node-fetch" using apps/v1: .spec.replicas',
    });
    const byApply = await patch(applied, 'ServerSideApply', { fieldManager: 'operator', force: true });
    expect(byApply.spec?.replicas).toBe(4);
    expect(byApply.metadata?.managedFields).toContainEqual(
      expect.objectContaining({
        manager: 'operator',
        operation: 'Apply',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      }),
    );
  });

  it('applies what it knows only by kind', async () => {
    const api = KubernetesObjectApi.makeApiClient(config);
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once', namespace },
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } },
    };
    await api.create(job);
    const read = await api.read<typeof job & { status?: object }>(job);
    expect(read.spec).toMatchObject({ completions: 1, backoffLimit: 6 });
    const { items } = await config.makeApiClient(BatchV1Api).listNamespacedJob({ namespace });
    expect(items).toHaveLength(1);
    await api.delete(job, undefined, undefined, undefined, undefined, 'Background');
    expect(await refusal(api.read(job))).toMatchObject({ code: 404, message: 'jobs.batch "once" not found' });
  });

  it('lists in pieces', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `piece-${letter}`);
    for (const name of names)
      await core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels: { is: 'piece' } } } });
    const seen: (string | undefined)[] = [];
    let _continue: string | undefined;
    do {
      const options = _continue === undefined ? {} : { _continue };
      const list = await core.listNamespacedConfigMap({ namespace, limit: 2, labelSelector: 'is=piece', ...options });
      seen.push(...list.items.map(({ metadata }) => metadata?.name));
      _continue = list.metadata?._continue;
    } while (_continue);
    expect(seen).toEqual(names);
    await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'is=piece' });
    expect((await core.listNamespacedConfigMap({ namespace, labelSelector: 'is=piece' })).items).toEqual([]);
  });

  it('works on parts: scale, status, dry runs, evictions', async () => {
    const name = 'parts';
    await apps.createNamespacedDeployment({ namespace, body: deployment(name) });
    const scale = await apps.readNamespacedDeploymentScale({ namespace, name });
    const replaced = await apps.replaceNamespacedDeploymentScale({
      namespace,
      name,
      body: { ...scale, spec: { replicas: 1 } },
    });
    expect([scale.spec?.replicas, replaced.spec?.replicas]).toEqual([2, 1]);
    const dry = await apps.patchNamespacedDeployment(
      { namespace, name, body: { spec: { paused: true } }, dryRun: 'All' },
      patchAs('MergePatch'),
    );
    expect(dry.spec?.paused).toBe(true);
    expect((await apps.readNamespacedDeploymentStatus({ namespace, name })).spec?.paused).toBeUndefined();
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${name}` });
    const pod = items[0]?.metadata?.name ?? '';
    const eviction = { metadata: { name: pod, namespace } };
    const evicted = await core.createNamespacedPodEviction({ namespace, name: pod, body: eviction });
    // The library takes the Status for an Eviction.
    expect(evicted.kind).toBe('Status');
  });

  it('tells what nodes and Pods use', async () => {
    const metrics = new Metrics(config);
    const { items } = await metrics.getNodeMetrics();
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['control-plane', 'node-1', 'node-2', 'node-3']);
    const nodes = await topNodes(core);
    expect(nodes.map(({ CPU }) => CPU.Capacity)).toEqual([2, 4, 4, 4]);
    const [etcd] = (await topPods(core, metrics, 'kube-system')).filter(({ Pod }) =>
      Pod.metadata?.name?.startsWith('etcd'),
    );
    expect(Number(etcd?.Memory.CurrentUsage)).toBeGreaterThan(1024 * 1024);
    expect(etcd?.Containers.map(({ Container }) => Container)).toEqual(['etcd']);
  });
});
