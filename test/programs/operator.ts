// A small operator, written with client-node alone: a Site is a page served by a Deployment behind a Service.
// Called by: operator.test.ts. Must not know: the simulator, tests.
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  type Informer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  type V1CustomResourceDefinition,
  type V1Deployment,
  type V1ObjectMeta,
} from '@kubernetes/client-node';
import { patchAs } from './clientnode.ts';

const group = 'example.com';
const version = 'v1';
const plural = 'sites';
const namespace = 'default';
const resource = { group, version, namespace, plural };
const FINALIZER = `${group}/archive`;
const LABEL = `${group}/site`;
const MANAGER = 'site-operator';
export const sitesPath = `/apis/${group}/${version}/namespaces/${namespace}/${plural}`;

export interface Site extends KubernetesObject {
  metadata: V1ObjectMeta;
  spec: { page: string; replicas?: number };
  status?: { phase: string; readyReplicas: number; observedGeneration: number };
}

const fields = (properties: object, rest = {}): object => ({ type: 'object', properties, ...rest });

export const siteDefinition: V1CustomResourceDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, singular: 'site', kind: 'Site' },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: fields({
            spec: fields(
              { page: { type: 'string', maxLength: 100 }, replicas: { type: 'integer', minimum: 0, _default: 1 } },
              { required: ['page'] },
            ),
            status: fields({
              phase: { type: 'string' },
              readyReplicas: { type: 'integer' },
              observedGeneration: { type: 'integer' },
            }),
          }) as never,
        },
      },
    ],
  },
};

export function listSites(config: KubeConfig): Promise<KubernetesListObject<Site>> {
  return config.makeApiClient(CustomObjectsApi).listNamespacedCustomObject(resource) as never;
}

/** Brings the world to what Sites say, one Site after another, whenever a Site or what belongs to one changes. */
export class SiteOperator {
  readonly #custom: CustomObjectsApi;
  readonly #core: CoreV1Api;
  readonly #objects: KubernetesObjectApi;
  readonly #sites: Informer<Site> & { get(name: string, namespace?: string): Site | undefined };
  readonly #children: Informer<KubernetesObject>[];
  readonly #queue = new Set<string>();
  #working: Promise<void> = Promise.resolve();
  readonly #report: (error: unknown) => void;

  constructor(config: KubeConfig, report: (error: unknown) => void) {
    this.#report = report;
    this.#custom = config.makeApiClient(CustomObjectsApi);
    this.#core = config.makeApiClient(CoreV1Api);
    this.#objects = KubernetesObjectApi.makeApiClient(config);
    const apps = config.makeApiClient(AppsV1Api);
    this.#sites = makeInformer<Site>(config, sitesPath, () => listSites(config));
    const labelSelector = LABEL;
    this.#children = [
      makeInformer<KubernetesObject>(
        config,
        `/apis/apps/v1/namespaces/${namespace}/deployments`,
        () => apps.listNamespacedDeployment({ namespace, labelSelector }),
        labelSelector,
      ),
      makeInformer<KubernetesObject>(
        config,
        `/api/v1/namespaces/${namespace}/configmaps`,
        () => this.#core.listNamespacedConfigMap({ namespace, labelSelector }),
        labelSelector,
      ),
    ];
    this.#sites.on('change', ({ metadata }) => this.#enqueue(metadata.name));
    for (const children of this.#children)
      children.on('change', ({ metadata }) => this.#enqueue(metadata?.labels?.[LABEL]));
  }

  async start(): Promise<void> {
    for (const informer of [this.#sites, ...this.#children]) await informer.start();
  }

  async stop(): Promise<void> {
    for (const informer of [this.#sites, ...this.#children]) await informer.stop();
    await this.#working;
  }

  #enqueue(name: string | undefined): void {
    if (name === undefined || this.#queue.has(name)) return;
    this.#queue.add(name);
    this.#working = this.#working.then(async () => {
      this.#queue.delete(name);
      try {
        await this.#reconcile(name);
      } catch (error) {
        // What was changed meanwhile comes again as an event.
        if (!isCode(error, 409) && !isCode(error, 404)) this.#report(error);
      }
    });
  }

  async #reconcile(name: string): Promise<void> {
    const site = this.#sites.get(name, namespace);
    if (!site) return;
    const { finalizers = [], deletionTimestamp } = site.metadata;
    if (deletionTimestamp) return this.#finish(site);
    if (!finalizers.includes(FINALIZER)) return this.#setFinalizers(site, [...finalizers, FINALIZER]);
    const children = childrenOf(site);
    const applied: KubernetesObject[] = [];
    for (const child of children)
      applied.push(
        await this.#objects.patch(child, undefined, undefined, MANAGER, true, PatchStrategy.ServerSideApply),
      );
    const { readyReplicas = 0 } = (applied.find(({ kind }) => kind === 'Deployment') as V1Deployment).status ?? {};
    const phase = readyReplicas >= (site.spec.replicas ?? 1) ? 'Ready' : 'Progressing';
    const status = { phase, readyReplicas, observedGeneration: site.metadata.generation ?? 0 };
    if (JSON.stringify(status) === JSON.stringify(site.status)) return;
    await this.#custom.patchNamespacedCustomObjectStatus(
      { ...resource, name, body: { status } },
      patchAs('MergePatch'),
    );
  }

  /** The page is kept before the Site goes. */
  async #finish(site: Site): Promise<void> {
    const { name = '', finalizers = [] } = site.metadata;
    if (!finalizers.includes(FINALIZER)) return;
    const archive = { metadata: { name: `${name}-archive` }, data: { page: site.spec.page } };
    try {
      await this.#core.createNamespacedConfigMap({ namespace, body: archive });
    } catch (error) {
      if (!isCode(error, 409)) throw error;
    }
    await this.#setFinalizers(
      site,
      finalizers.filter((other) => other !== FINALIZER),
    );
  }

  async #setFinalizers({ metadata }: Site, finalizers: string[]): Promise<void> {
    const { name = '', resourceVersion } = metadata;
    const body = { metadata: { resourceVersion, finalizers } };
    await this.#custom.patchNamespacedCustomObject({ ...resource, name, body }, patchAs('MergePatch'));
  }
}

function isCode(error: unknown, code: number): boolean {
  return error instanceof ApiException && error.code === code;
}

function childrenOf({ apiVersion, kind, metadata, spec }: Site): KubernetesObject[] {
  const { name = '', uid = '' } = metadata;
  const labels = { [LABEL]: name };
  const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
  const own = { name, namespace, labels, ownerReferences: [owner] as never };
  const container = {
    name: 'web',
    image: 'nginx',
    volumeMounts: [{ name: 'page', mountPath: '/usr/share/nginx/html' }],
  };
  const children = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: own, data: { 'index.html': spec.page } },
    { apiVersion: 'v1', kind: 'Service', metadata: own, spec: { selector: labels, ports: [{ port: 80 }] } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: own,
      spec: {
        replicas: spec.replicas ?? 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [container], volumes: [{ name: 'page', configMap: { name } }] },
        },
      },
    },
  ];
  return children;
}
