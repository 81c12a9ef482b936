// Which flow a request is counted in, as the headers of its answer tell.
// Called by: http.ts. Must not know: what is asked beyond the path. Upstream: apiserver pkg/util/flowcontrol,
// pkg/apis/flowcontrol/bootstrap: the schemas that a new cluster has, by precedence.
import { Random } from '../machinery/random.ts';
import type { Store } from '../storage/types.ts';
import type { UserInfo } from '../apiserver/user.ts';

interface Flow {
  schema: string;
  level: string;
  matches(user: UserInfo, path: string): boolean;
}

const inGroup =
  (group: string) =>
  ({ groups }: UserInfo): boolean =>
    groups.includes(group);
const isUser =
  (name: string) =>
  (user: UserInfo): boolean =>
    user.name === name;

const FLOWS: readonly Flow[] = [
  { schema: 'exempt', level: 'exempt', matches: inGroup('system:masters') },
  { schema: 'probes', level: 'exempt', matches: (_, path) => /^\/(healthz|livez|readyz)$/.test(path) },
  { schema: 'system-nodes', level: 'system', matches: inGroup('system:nodes') },
  {
    schema: 'kube-controller-manager',
    level: 'workload-high',
    matches: isUser('system:kube-controller-manager'),
  },
  { schema: 'kube-scheduler', level: 'workload-high', matches: isUser('system:kube-scheduler') },
  {
    schema: 'kube-system-service-accounts',
    level: 'workload-high',
    matches: inGroup('system:serviceaccounts:kube-system'),
  },
  { schema: 'service-accounts', level: 'workload-low', matches: inGroup('system:serviceaccounts') },
  { schema: 'global-default', level: 'global-default', matches: () => true },
];
const GROUP = 'flowcontrol.apiserver.k8s.io';

/** Returns the function that gives the headers with the uids of a request's flow schema and priority level. */
export function createFlowHeaders(
  store: () => Store,
  seed: string,
): (user: UserInfo, path: string) => Record<string, string> {
  const random = new Random(seed);
  const made = new Map<string, string>();
  const uidOf = (resource: string, name: string): string => {
    const stored = store().get(`${resource}.${GROUP}`, { name })?.metadata.uid;
    if (stored !== undefined) return stored;
    const key = `${resource}/${name}`;
    let uid = made.get(key);
    if (uid === undefined) made.set(key, (uid = random.uid('uid', key)));
    return uid;
  };
  return (user, path): Record<string, string> => {
    const flow = FLOWS.find(({ matches }) => matches(user, path));
    if (!flow) return {};
    return {
      'x-kubernetes-pf-flowschema-uid': uidOf('flowschemas', flow.schema),
      'x-kubernetes-pf-prioritylevel-uid': uidOf('prioritylevelconfigurations', flow.level),
    };
  };
}
