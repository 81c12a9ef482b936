import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ApiextensionsV1Api,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  makeInformer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  type V1ConfigMap,
  type V1CustomResourceDefinition,
  type V1Deployment,
  type V1Pod,
} from '@kubernetes/client-node';
import { serveCluster, type ServedCluster } from '../server/fixture.ts';
import { connect, later, patchAs, refusal } from './clientnode.ts';
import { listSites, siteDefinition, SiteOperator, sitesPath, type Site } from './operator.ts';

const namespace = 'default';
const site = { group: 'example.com', version: 'v1', namespace, plural: 'sites', name: 'home' };

let served: ServedCluster;
let config: KubeConfig;
let core: CoreV1Api;
let apps: AppsV1Api;
let custom: CustomObjectsApi;
let operator: SiteOperator;
const failures: unknown[] = [];
beforeAll(async () => {
  served = await serveCluster({ isPlain: true, advancesOnWait: true });
  config = connect(served);
  core = config.makeApiClient(CoreV1Api);
  apps = config.makeApiClient(AppsV1Api);
  custom = config.makeApiClient(CustomObjectsApi);
  const api = config.makeApiClient(ApiextensionsV1Api);
  await api.createCustomResourceDefinition({ body: siteDefinition });
  await until<V1CustomResourceDefinition>(
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    () => api.listCustomResourceDefinition(),
    ([definition]) => definition?.status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True'),
  );
  operator = new SiteOperator(config, (error) => failures.push(error));
  await operator.start();
});
afterAll(async () => {
  await operator.stop();
  await served.close();
  expect(failures).toEqual([]);
});

/** Watches a list until it satisfies; returns it. */
async function until<T extends KubernetesObject>(
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
  isSatisfied: (items: readonly T[]) => boolean | undefined,
): Promise<readonly T[]> {
  const informer = makeInformer<T>(config, path, list);
  const satisfied = later<void>();
  let hasListed = false;
  const check = (): void => void (hasListed && isSatisfied(informer.list()) && satisfied.resolve());
  informer.on('change', check);
  await informer.start();
  hasListed = true;
  check();
  await satisfied.promise;
  await informer.stop();
  return informer.list();
}

const sites = (isSatisfied: (found: Site | undefined) => boolean | undefined): Promise<readonly Site[]> =>
  until<Site>(
    sitesPath,
    () => listSites(config),
    ([found]) => isSatisfied(found),
  );

/** It makes what a Site needs, and says when it is ready. */
async function create(): Promise<void> {
  const body = {
    apiVersion: 'example.com/v1',
    kind: 'Site',
    metadata: { name: 'home' },
    spec: { page: '<p>one</p>' },
  };
  const { spec, metadata } = (await custom.createNamespacedCustomObject({ ...site, body })) as Site;
  expect(spec).toEqual({ page: '<p>one</p>', replicas: 1 });
  const [ready] = await sites((found) => found?.status?.phase === 'Ready');
  expect(ready?.status).toEqual({ phase: 'Ready', readyReplicas: 1, observedGeneration: 1 });
  expect(ready?.metadata.finalizers).toEqual(['example.com/archive']);
  const owner = { apiVersion: 'example.com/v1', kind: 'Site', name: 'home', uid: metadata.uid };
  const owners = [{ ...owner, controller: true, blockOwnerDeletion: true }];
  const named = { namespace, name: 'home' };
  for (const child of await Promise.all([
    core.readNamespacedConfigMap(named),
    core.readNamespacedService(named),
    apps.readNamespacedDeployment(named),
  ]))
    expect(child.metadata?.ownerReferences).toEqual(owners);
  const page = await core.connectGetNamespacedServiceProxyWithPath({ ...named, name: 'home:80', path: 'index.html' });
  expect(page).toBe('<p>one</p>');
}

/** It follows the Site. */
async function scale(): Promise<void> {
  await custom.patchNamespacedCustomObject({ ...site, body: { spec: { replicas: 3 } } }, patchAs('MergePatch'));
  const [ready] = await sites((found) => found?.status?.observedGeneration === 2 && found.status.phase === 'Ready');
  expect(ready?.status).toEqual({ phase: 'Ready', readyReplicas: 3, observedGeneration: 2 });
}

/** It puts right what others changed or removed. */
async function disturb(): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  await apps.patchNamespacedDeployment(
    { namespace, name: 'home', body: { spec: { replicas: 0 } } },
    patchAs('MergePatch'),
  );
  await until<V1Deployment>(
    path,
    () => apps.listNamespacedDeployment({ namespace }),
    ([found]) => found?.spec?.replicas === 3,
  );
  const { metadata } = await core.readNamespacedConfigMap({ namespace, name: 'home' });
  await core.deleteNamespacedConfigMap({ namespace, name: 'home' });
  await until<V1ConfigMap>(
    `/api/v1/namespaces/${namespace}/configmaps`,
    () => core.listNamespacedConfigMap({ namespace }),
    (found) => found.some((other) => other.metadata?.name === 'home' && other.metadata.uid !== metadata?.uid),
  );
}

/** The page is archived before the Site goes; what it owned is collected. */
async function remove(): Promise<void> {
  const events: string[] = [];
  const informer = makeInformer<Site>(config, sitesPath, () => listSites(config));
  const gone = later<void>();
  informer.on('update', (found) => events.push(`${found.metadata.finalizers?.length ?? 0} finalizers`));
  informer.on('delete', () => gone.resolve());
  await informer.start();
  const deleted = (await custom.deleteNamespacedCustomObject(site)) as Site;
  expect(deleted.metadata.deletionTimestamp).toBeDefined();
  await gone.promise;
  await informer.stop();
  expect(events).toEqual(['1 finalizers']);
  expect((await core.readNamespacedConfigMap({ namespace, name: 'home-archive' })).data).toEqual({
    page: '<p>one</p>',
  });
  await until<V1Pod>(
    `/api/v1/namespaces/${namespace}/pods`,
    () => core.listNamespacedPod({ namespace }),
    (found) => found.length === 0,
  );
  const named = { namespace, name: 'home' };
  for (const read of [
    core.readNamespacedConfigMap(named),
    core.readNamespacedService(named),
    apps.readNamespacedDeployment(named),
  ])
    expect((await refusal(read)).code).toBe(404);
}

describe('an operator', () => {
  it('takes a Site through its life', async () => {
    for (const step of [create, scale, disturb, remove]) await step();
  });

  it('is not given what its schema refuses', async () => {
    const body = { apiVersion: 'example.com/v1', kind: 'Site', metadata: { name: 'bad' }, spec: { replicas: -1 } };
    const { message } = await refusal(custom.createNamespacedCustomObject({ ...site, body }));
    expect(message).toBe(
      'Site.example.com "bad" is invalid: [spec.replicas: Invalid value: -1: ' +
        'spec.replicas in body should be greater than or equal to 0, spec.page: Required value]',
    );
  });
});
