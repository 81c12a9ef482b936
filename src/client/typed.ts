// Kinds that kubectl has typed clients for: it knows how to ask for them without discovery.
// Called by: cli commands. Must not know: servers. Upstream: client-go kubernetes/typed.
import type { RESTMapping } from './types.ts';

/** Group version, kind, resource; a `*` after it says that it belongs to no namespace. */
const TYPED: readonly string[] = [
  'v1 Pod pods',
  'v1 Node nodes*',
  'v1 Namespace namespaces*',
  'v1 Event events',
  'v1 Service services',
  'v1 ServiceAccount serviceaccounts',
  'v1 ConfigMap configmaps',
  'v1 Secret secrets',
  'v1 ResourceQuota resourcequotas',
  'apps/v1 Deployment deployments',
  'apps/v1 DaemonSet daemonsets',
  'apps/v1 StatefulSet statefulsets',
  'batch/v1 Job jobs',
  'batch/v1 CronJob cronjobs',
  'networking.k8s.io/v1 Ingress ingresses',
  'policy/v1 PodDisruptionBudget poddisruptionbudgets',
  'rbac.authorization.k8s.io/v1 Role roles',
  'rbac.authorization.k8s.io/v1 RoleBinding rolebindings',
  'rbac.authorization.k8s.io/v1 ClusterRole clusterroles*',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings*',
  'scheduling.k8s.io/v1 PriorityClass priorityclasses*',
];

/** Returns how to ask for a kind: 'v1', 'Pod'. @throws Error for one that has no typed client. */
export function typedMapping(groupVersion: string, kind: string): RESTMapping {
  const found = TYPED.find((line) => line.startsWith(`${groupVersion} ${kind} `));
  if (found === undefined) throw new Error(`assertion: no typed client for ${groupVersion} ${kind}`);
  const [group = '', version = ''] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  const [, , resource = ''] = found.split(' ');
  return {
    gvr: { group, version, resource: resource.replace('*', '') },
    gvk: { group, version, kind },
    namespaced: !resource.endsWith('*'),
  };
}
