// What NetworkPolicies let through: from which pods and addresses to which ports, and where pods may go.
// Called by: request.ts. Must not know: HTTP. Upstream: the documentation of the kind; what network plugins do.
import type { NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import type { LoopbackClient } from '../client/loopback.ts';
import { addressInBlock } from '../machinery/validation.ip.ts';
import { labelSelectorAsSelector, matchesLabels } from '../machinery/selectors.ts';
import { namespace as namespaceResource } from '../resources/namespace.ts';
import { networkPolicy, type NetworkPolicy } from '../resources/networkpolicy.ts';
import type { Pod } from '../resources/pod.ts';
import type { Endpoint, Origin } from './types.ts';

type Protocol = 'TCP' | 'UDP';

/** Pods in their node's network are the node, which no policy stops. */
function isSubject(pod: Pod | undefined): pod is Pod {
  return pod !== undefined && !pod.spec.hostNetwork;
}

/** Returns whether a connection may be made: the one side must let it out, the other in. */
export function isAllowed(
  client: LoopbackClient,
  origin: Origin,
  target: Endpoint,
  protocol: Protocol = 'TCP',
): boolean {
  const [from, to] = [origin.pod, target.pod];
  // A pod always reaches itself.
  if (from && to && from.metadata.uid === to.metadata.uid) return true;
  return mayLeave(client, from, target, protocol) && mayEnter(client, origin, target, protocol);
}

function policiesOf(client: LoopbackClient, pod: Pod, type: 'Ingress' | 'Egress'): NetworkPolicy[] {
  return client
    .list(networkPolicy, pod.metadata.namespace)
    .filter(({ spec }) => spec.policyTypes?.includes(type) && selects(spec.podSelector, pod.metadata.labels));
}

function selects(
  selector: Parameters<typeof labelSelectorAsSelector>[0],
  labels: Record<string, string> | undefined,
): boolean {
  return matchesLabels(labelSelectorAsSelector(selector), labels ?? {});
}

function mayLeave(client: LoopbackClient, from: Pod | undefined, target: Endpoint, protocol: Protocol): boolean {
  if (!isSubject(from)) return true;
  const policies = policiesOf(client, from, 'Egress');
  return (
    policies.length === 0 ||
    policies.some((policy) =>
      policy.spec.egress?.some(
        ({ to, ports }) => isPort(ports, target, protocol) && isPeer(client, policy, to, target),
      ),
    )
  );
}

function mayEnter(client: LoopbackClient, origin: Origin, target: Endpoint, protocol: Protocol): boolean {
  const { pod } = target;
  if (!isSubject(pod)) return true;
  const policies = policiesOf(client, pod, 'Ingress');
  return (
    policies.length === 0 ||
    policies.some((policy) =>
      policy.spec.ingress?.some(
        ({ from, ports }) => isPort(ports, target, protocol) && isPeer(client, policy, from, origin),
      ),
    )
  );
}

/** A rule without ports is about all of them. */
function isPort(ports: readonly NetworkPolicyPort[] = [], { pod, port }: Endpoint, protocol: Protocol): boolean {
  if (ports.length === 0) return true;
  return ports.some((rule) => {
    if ((rule.protocol ?? 'TCP') !== protocol) return false;
    if (rule.port === undefined) return true;
    if (typeof rule.port === 'number') return port >= rule.port && port <= (rule.endPort ?? rule.port);
    const named = pod?.spec.containers.flatMap((c) => c.ports ?? []).find(({ name }) => name === rule.port);
    return named?.containerPort === port;
  });
}

/** A rule without peers is about everybody. */
function isPeer(
  client: LoopbackClient,
  { metadata }: NetworkPolicy,
  peers: readonly NetworkPolicyPeer[] = [],
  { pod, address }: { pod?: Pod; address: string },
): boolean {
  if (peers.length === 0) return true;
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock) {
      const { cidr, except = [] } = ipBlock;
      return addressInBlock(address, cidr) && !except.some((block) => addressInBlock(address, block));
    }
    if (!isSubject(pod)) return false;
    if (podSelector && !selects(podSelector, pod.metadata.labels)) return false;
    if (!namespaceSelector) return pod.metadata.namespace === metadata.namespace;
    const inside = client.get(namespaceResource, { name: pod.metadata.namespace ?? '' });
    return selects(namespaceSelector, inside?.metadata.labels);
  });
}
