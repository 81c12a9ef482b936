// Warnings about pod specs: what is deprecated, ambiguous or has no effect, though it is accepted.
// Called by: pod.ts and the workloads' files. Must not know: the kinds around a spec.
// Upstream: kubernetes pkg/api/pod/warnings.go.
import type { ContainerPort, NodeSelectorTerm, PodAffinity } from 'kubernetes-types/core/v1';
import type { Path } from '../machinery/field.ts';
import { milliValue, parseQuantity } from '../machinery/quantity.ts';
import { isDNS1123Label, isValidLabelValue } from '../machinery/validation.ts';
import { warningsForIP } from './ip.validation.ts';
import type { Container, PodSpec, PodTemplateSpec } from './podspec.types.ts';
import { overlappingPathWarnings } from './podspec.warnings.volumes.ts';
import { sortedKeys } from './strategy.ts';

type Annotations = Record<string, string> | undefined;

/** Returns the warning about a name that makes surprising hostnames. `used` says where it is used. */
export function hostnameWarnings(name: string, used: string): string[] {
  const messages = isDNS1123Label(name);
  if (messages.length === 0) return [];
  const surprise = 'which can result in surprising behavior; a DNS label is recommended';
  return [`metadata.name: this is used in ${used}, ${surprise}: [${messages.join(' ')}]`];
}

/** Returns the warnings about a pod template at `path` ('spec.template'). */
export function podTemplateWarnings(template: object, path: Path): string[] {
  const { metadata, spec } = template as PodTemplateSpec;
  return spec ? podSpecWarnings(spec, metadata?.annotations, path) : [];
}

const DEPRECATED_LABELS: Record<string, string> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};
const DEPRECATED_ANNOTATIONS: Record<string, string> = {
  'scheduler.alpha.kubernetes.io/critical-pod': 'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls': 'non-functional in v1.11+; use the "sysctls" field instead',
};
const DEPRECATED_VOLUMES: Record<string, string> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

/** Returns the warnings about a spec whose parent (the pod or its template) stands at `path`. */
export function podSpecWarnings(spec: PodSpec, annotations: Annotations, path: Path): string[] {
  const at = path.child('spec');
  const warnings: string[] = [...placementWarnings(spec, at)];
  for (const [key, message] of Object.entries(DEPRECATED_ANNOTATIONS))
    if (annotations?.[key] !== undefined)
      warnings.push(`${path.child('metadata', 'annotations').key(key)}: ${message}`);
  for (const [i, volume] of (spec.volumes ?? []).entries()) {
    for (const [kind, message] of Object.entries(DEPRECATED_VOLUMES)) {
      const name = kind === 'storageos' ? 'storageOS' : kind;
      if (kind in volume) warnings.push(`${at.child('volumes').index(i).child(name)}: ${message}`);
    }
  }
  warnings.push(...overlappingPathWarnings(spec.volumes ?? []));
  warnings.push(...duplicateWarnings(spec, at));
  for (const [container, containerPath] of allContainers(spec, at))
    warnings.push(...containerWarnings(container, containerPath));
  warnings.push(...portWarnings(spec, at), ...portNameWarnings(spec, at));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const field = at.child('terminationGracePeriodSeconds');
    warnings.push(`${field}: must be >= 0; negative values are invalid and will be treated as 1`);
  }
  for (const name of ['podAffinity', 'podAntiAffinity'] as const)
    warnings.push(...affinityWarnings(spec.affinity?.[name], at.child('affinity', name)));
  const servers = spec.dnsConfig?.nameservers ?? [];
  warnings.push(...servers.flatMap((ip, i) => warningsForIP(ip, at.child('dnsConfig', 'nameservers').index(i))));
  const aliases = spec.hostAliases ?? [];
  warnings.push(
    ...aliases.flatMap(({ ip }, i) => warningsForIP(ip ?? '', at.child('hostAliases').index(i).child('ip'))),
  );
  return warnings;
}

function* allContainers(spec: PodSpec, path: Path): Generator<[Container, Path]> {
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const)
    for (const [i, container] of (spec[list] ?? []).entries()) yield [container, path.child(list).index(i)];
}

function placementWarnings({ nodeSelector, affinity, topologySpreadConstraints = [] }: PodSpec, path: Path): string[] {
  const warnings: string[] = [];
  for (const key of sortedKeys(nodeSelector)) {
    const message = DEPRECATED_LABELS[key];
    if (message) warnings.push(`${path.child('nodeSelector').key(key)}: ${message}`);
  }
  const [required, preferred] = ['required', 'preferred'].map((w) => `${w}DuringSchedulingIgnoredDuringExecution`) as [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'preferredDuringSchedulingIgnoredDuringExecution',
  ];
  const nodePath = path.child('affinity', 'nodeAffinity');
  const terms = affinity?.nodeAffinity?.[required]?.nodeSelectorTerms ?? [];
  for (const [i, term] of terms.entries())
    warnings.push(...termWarnings(term, nodePath.child(required, 'nodeSelectorTerms').index(i), false));
  for (const [i, { preference }] of (affinity?.nodeAffinity?.[preferred] ?? []).entries())
    warnings.push(...termWarnings(preference, nodePath.child(preferred).index(i).child('preference'), true));
  for (const [i, { topologyKey, labelSelector }] of topologySpreadConstraints.entries()) {
    const at = path.child('topologySpreadConstraints').index(i);
    const message = DEPRECATED_LABELS[topologyKey];
    if (message) warnings.push(`${at.child('topologyKey')}: ${topologyKey} is ${message}`);
    if (!labelSelector) warnings.push(`${at.child('labelSelector')}: a null labelSelector results in matching no pod`);
  }
  return warnings;
}

function termWarnings({ matchExpressions = [] }: NodeSelectorTerm, path: Path, checksValues: boolean): string[] {
  return matchExpressions.flatMap(({ key, values = [] }, i) => {
    const at = path.child('matchExpressions').index(i);
    const message = DEPRECATED_LABELS[key];
    const warnings = message ? [`${at.child('key')}: ${key} is ${message}`] : [];
    if (!checksValues) return warnings;
    const ofValues = values.flatMap((value, j) =>
      isValidLabelValue(value).map((text) => `${at.child('values').index(j)}: ${value} is invalid, ${text}`),
    );
    return [...warnings, ...ofValues];
  });
}

function duplicateWarnings({ hostAliases = [], imagePullSecrets = [] }: PodSpec, path: Path): string[] {
  const warnings: string[] = [];
  const ips = new Set<string | undefined>();
  for (const [i, { ip }] of hostAliases.entries()) {
    const at = path.child('hostAliases').index(i).child('ip');
    if (ips.has(ip)) warnings.push(`${at}: duplicate ip ${JSON.stringify(ip)}`);
    ips.add(ip);
  }
  const names = new Set<string | undefined>();
  const namePath = (i: number): Path => path.child('imagePullSecrets').index(i).child('name');
  for (const [i, { name = '' }] of imagePullSecrets.entries()) {
    if (names.has(name)) warnings.push(`${namePath(i)}: duplicate name ${JSON.stringify(name)}`);
    names.add(name);
  }
  for (const [i, { name = '' }] of imagePullSecrets.entries())
    if (name === '') warnings.push(`${namePath(i)}: invalid empty name ""`);
  return warnings;
}

/** Fractions of a byte, and variables that hide others. */
function containerWarnings({ resources, env = [] }: Container, path: Path): string[] {
  const warnings: string[] = [];
  for (const name of ['memory', 'ephemeral-storage']) {
    for (const list of ['limits', 'requests'] as const) {
      const text = resources?.[list]?.[name];
      if (text === undefined || milliValue(parseQuantity(text)) % 1000 === 0) continue;
      const at = path.child('resources', list).key(name);
      warnings.push(`${at}: fractional byte value ${JSON.stringify(text)} is invalid, must be an integer`);
    }
  }
  const seen = new Set<string>();
  for (const [i, { name, value = '', valueFrom }] of env.entries()) {
    const reference = `$(${name})`;
    const isHiding = valueFrom !== undefined || value === reference || !value.includes(reference);
    if (seen.has(name) && isHiding) {
      const hides = `hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`;
      warnings.push(`${path.child('env').index(i)}: ${hides}`);
    }
    seen.add(name);
  }
  return warnings;
}

function portWarnings(spec: PodSpec, path: Path): string[] {
  const warnings: string[] = [];
  const seen = new Map<string, { at: Path; port: ContainerPort }[]>();
  for (const [{ ports = [] }, containerPath] of allContainers(spec, path)) {
    for (const [i, port] of ports.entries()) {
      const at = containerPath.child('ports').index(i);
      const { name = '', hostPort = 0, containerPort, protocol, hostIP = '' } = port;
      if (hostIP !== '' && hostPort === 0) {
        const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
        warnings.push(`${at}: hostIP set without hostPort: ${shown}`);
      }
      const key = `${containerPort}/${protocol}`;
      const others = seen.get(key) ?? [];
      for (const other of others) {
        const how = conflict(port, other.port);
        if (how !== '') warnings.push(`${at}: ${how} port definition with ${other.at}`);
      }
      seen.set(key, [...others, { at, port }]);
    }
  }
  return warnings;
}

function conflict(a: ContainerPort, b: ContainerPort): string {
  const [aIP, bIP] = [a.hostIP ?? '', b.hostIP ?? ''];
  const [aPort, bPort] = [a.hostPort ?? 0, b.hostPort ?? 0];
  if (aIP === bIP && aPort === bPort) return 'duplicate';
  if (aPort === 0 || bPort === 0) return 'overlapping';
  return aPort === bPort && (aIP === '') !== (bIP === '') ? 'dangerously ambiguous' : '';
}

function portNameWarnings(spec: PodSpec, path: Path): string[] {
  const warnings: string[] = [];
  const seen = new Map<string, Path>();
  for (const [{ ports = [] }, containerPath] of allContainers(spec, path)) {
    for (const [i, { name }] of ports.entries()) {
      if (!name) continue;
      const at = containerPath.child('ports').index(i);
      const other = seen.get(name);
      if (other) {
        const selected = `services and probes that select ports by name will use ${other}`;
        warnings.push(`${at}: duplicate port name ${JSON.stringify(name)} with ${other}, ${selected}`);
      } else seen.set(name, at);
    }
  }
  return warnings;
}

function affinityWarnings(affinity: PodAffinity | undefined, path: Path): string[] {
  const none = 'a null labelSelector results in matching no pod';
  const [required, preferred] = ['required', 'preferred'].map((w) => `${w}DuringSchedulingIgnoredDuringExecution`) as [
    'requiredDuringSchedulingIgnoredDuringExecution',
    'preferredDuringSchedulingIgnoredDuringExecution',
  ];
  const terms = (affinity?.[required] ?? []).map((term, i) => [term, path.child(required).index(i)] as const);
  const weighted = (affinity?.[preferred] ?? []).map(
    ({ podAffinityTerm }, i) => [podAffinityTerm, path.child(preferred).index(i).child('podAffinityTerm')] as const,
  );
  return [...terms, ...weighted]
    .filter(([term]) => !term.labelSelector)
    .map(([, at]) => `${at.child('labelSelector')}: ${none}`);
}
