// Names that objects call each other by, made right again after names have changed.
// Called by: kustomize/target.ts. Must not know: why names changed. Upstream: kustomize api/filters/nameref, builtinpluginconsts/namereference.go.
import { changeField, isFor, type FieldSpec } from './fieldspecs.ts';
import { effectiveNamespace, isClusterScoped, isOfType, idText, type KustomizeResource } from './resources.ts';

type Values = Record<string, unknown>;

interface Reference {
  /** The kind that is referred to. */
  kind: string;
  group?: string;
  version?: string;
  from: FieldSpec[];
}

const RBAC = 'rbac.authorization.k8s.io';
const TEMPLATE = 'spec/template/spec';
const POD_SPECS: readonly (readonly [kind: string, path: string])[] = [
  ['Pod', 'spec'],
  ['PodTemplate', 'template/spec'],
  ['Deployment', TEMPLATE],
  ['ReplicaSet', TEMPLATE],
  ['DaemonSet', TEMPLATE],
  ['StatefulSet', TEMPLATE],
  ['Job', TEMPLATE],
  ['CronJob', 'spec/jobTemplate/spec/template/spec'],
];
const POD_SPECS_WITH_RC = [
  ...POD_SPECS.filter(([kind]) => kind !== 'PodTemplate' && kind !== 'ReplicaSet'),
  ['ReplicationController', TEMPLATE] as const,
];

const inPods = (specs: typeof POD_SPECS, ...paths: string[]): FieldSpec[] =>
  specs.flatMap(([kind, root]) => paths.map((path) => ({ kind, path: `${root}/${path}` })));
const inContainers = (...paths: string[]): string[] =>
  ['containers', 'initContainers'].flatMap((list) => paths.map((path) => `${list}/${path}`));
const inKinds = (path: string, ...kinds: string[]): FieldSpec[] => kinds.map((kind) => ({ kind, path }));

const REFERENCES: readonly Reference[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) => ({
    kind,
    from: inKinds('spec/scaleTargetRef/name', 'HorizontalPodAutoscaler'),
  })),
  {
    kind: 'ConfigMap',
    version: 'v1',
    from: [
      ...inPods(
        POD_SPECS,
        'volumes/configMap/name',
        ...inContainers('env/valueFrom/configMapKeyRef/name', 'envFrom/configMapRef/name'),
        'volumes/projected/sources/configMap/name',
      ),
      ...inKinds('rules/resourceNames', 'Role', 'ClusterRole'),
    ],
  },
  {
    kind: 'Secret',
    version: 'v1',
    from: [
      ...inPods(
        POD_SPECS,
        'volumes/secret/secretName',
        ...inContainers('env/valueFrom/secretKeyRef/name', 'envFrom/secretRef/name'),
        'imagePullSecrets/name',
        'volumes/projected/sources/secret/name',
      ),
      ...inKinds('spec/tls/secretName', 'Ingress'),
      ...['ingress', 'nginx.ingress'].map((prefix) => ({
        kind: 'Ingress',
        path: `metadata/annotations/${prefix}.kubernetes.io\\/auth-secret`,
      })),
      ...inKinds('imagePullSecrets/name', 'ServiceAccount'),
      ...inKinds('rules/resourceNames', 'Role', 'ClusterRole'),
    ],
  },
  {
    kind: 'Service',
    version: 'v1',
    from: [
      ...inKinds('spec/serviceName', 'StatefulSet'),
      ...[
        'rules/http/paths/backend/serviceName',
        'backend/serviceName',
        'rules/http/paths/backend/service/name',
        'defaultBackend/service/name',
      ].map((path) => ({ kind: 'Ingress', path: `spec/${path}` })),
      { kind: 'APIService', group: 'apiregistration.k8s.io', path: 'spec/service/name' },
      ...inKinds('webhooks/clientConfig/service', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'),
    ],
  },
  { kind: 'Role', group: RBAC, from: inKinds('roleRef/name', 'RoleBinding') },
  { kind: 'ClusterRole', group: RBAC, from: inKinds('roleRef/name', 'RoleBinding', 'ClusterRoleBinding') },
  {
    kind: 'ServiceAccount',
    version: 'v1',
    from: [
      ...inKinds('subjects', 'RoleBinding', 'ClusterRoleBinding'),
      ...inPods(POD_SPECS_WITH_RC, 'serviceAccountName'),
    ],
  },
  {
    kind: 'PersistentVolumeClaim',
    version: 'v1',
    from: inPods(POD_SPECS_WITH_RC, 'volumes/persistentVolumeClaim/claimName'),
  },
  {
    kind: 'PersistentVolume',
    version: 'v1',
    from: [...inKinds('spec/volumeName', 'PersistentVolumeClaim'), ...inKinds('rules/resourceNames', 'ClusterRole')],
  },
  {
    kind: 'StorageClass',
    version: 'v1',
    group: 'storage.k8s.io',
    from: [
      ...inKinds('spec/storageClassName', 'PersistentVolume', 'PersistentVolumeClaim'),
      ...inKinds('spec/volumeClaimTemplates/spec/storageClassName', 'StatefulSet'),
    ],
  },
  {
    kind: 'PriorityClass',
    version: 'v1',
    group: 'scheduling.k8s.io',
    from: inPods(POD_SPECS_WITH_RC, 'priorityClassName'),
  },
];

/** Changes every reference to the name that its target has now. @throws Error when several could be meant. */
export function fixReferences(resources: readonly KustomizeResource[]): void {
  for (const referrer of resources)
    for (const reference of REFERENCES)
      for (const spec of reference.from) {
        if (!isFor(spec, referrer.id)) continue;
        changeField(referrer.object, spec, (value) => renamed(value, { referrer, reference, spec, resources }));
      }
}

interface Search {
  referrer: KustomizeResource;
  reference: Reference;
  spec: FieldSpec;
  resources: readonly KustomizeResource[];
}

function renamed(value: unknown, search: Search): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, search));
  if (typeof value === 'string') return findTarget(value, search.resources, search)?.id.name ?? value;
  if (typeof value !== 'object' || value === null) return value;
  const { name, namespace } = value as Values;
  if (typeof name !== 'string') return value;
  const inNamespace = (namespaceOf: (resource: KustomizeResource) => string) =>
    search.resources.filter((resource) => namespaceOf(resource) === namespace);
  let candidates = search.resources;
  if (namespace !== undefined) {
    candidates = inNamespace((resource) => effectiveNamespace(resource.originalId));
    if (candidates.length === 0) candidates = inNamespace((resource) => effectiveNamespace(resource.id));
  }
  const target = findTarget(name, candidates, search);
  if (!target) return value;
  const { id } = target;
  return { ...value, name: id.name, ...(id.namespace === '' ? {} : { namespace: id.namespace }) };
}

function findTarget(
  name: string,
  resources: readonly KustomizeResource[],
  { referrer, reference, spec }: Search,
): KustomizeResource | undefined {
  const { kind, group, version } = reference;
  const wanted = { kind, ...(group ? { group } : {}), ...(version ? { version } : {}) };
  let candidates = resources.filter(
    (resource) =>
      resource.previous.some((id) => id.name === name) &&
      resource.previous.some((id) => isOfType(id, wanted)) &&
      isRoleMeant(resource, referrer, spec) &&
      isInReach(resource, referrer),
  );
  if (candidates.length === 1) return candidates[0];
  candidates = candidates.filter((resource) => resource.hasSameAffixes(referrer, true));
  if (candidates.length > 1) candidates = candidates.filter((resource) => resource.hasSameAffixes(referrer, false));
  const [first] = candidates;
  if (!first || candidates.every((resource) => resource.id.name === first.id.name)) return first;
  throw new Error(
    `updating name reference in '${spec.path}' field of '${idText(referrer.id)}': found multiple possible referrals: ${candidates.map((c) => idText(c.id)).join(', ')}`,
  );
}

function isRoleMeant(resource: KustomizeResource, referrer: KustomizeResource, spec: FieldSpec): boolean {
  if (!spec.path.endsWith('roleRef/name')) return true;
  const { apiGroup: group, kind } = (referrer.object['roleRef'] ?? {}) as { apiGroup?: string; kind?: string };
  if (group === undefined || kind === undefined) return true;
  return resource.previous.some((id) => isOfType(id, { group, kind }));
}

function isInReach(resource: KustomizeResource, referrer: KustomizeResource): boolean {
  if (isClusterScoped(referrer.id.kind) || isClusterScoped(resource.id.kind)) return true;
  if (resource.id.kind === 'ServiceAccount') return true;
  return effectiveNamespace(resource.id) === effectiveNamespace(referrer.id);
}
