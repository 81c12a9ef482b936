// The defaults of a pod's spec, wherever it stands: in a Pod or in the template of a workload.
// Called by: pod.ts, podtemplate.ts. Must not know: the kinds around it.
import type { Container, Lifecycle, LifecycleHandler, PodSpec, Probe, Volume } from 'kubernetes-types/core/v1';
import { canonicalizeQuantity, formatQuantity, parseQuantity, roundUpQuantity } from '../machinery/quantity.ts';

type QuantityMap = Record<string, string | number>;

/** Fills what every pod spec gets. Changes its argument. Upstream: core/v1/defaults.go SetDefaults_PodSpec. */
export function setPodSpecDefaults(spec: PodSpec): void {
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
  for (const container of spec.initContainers ?? []) setContainerDefaults(container);
  for (const container of spec.containers ?? []) setContainerDefaults(container);
  for (const container of spec.ephemeralContainers ?? []) setContainerDefaults(container);
  canonicalizeResourceList(spec.overhead);
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  // The two names of one field are always written together.
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName;
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount;
}

/** Fills a container, an init container or an ephemeral one. Changes its argument. Upstream: SetDefaults_Container. */
export function setContainerDefaults(container: Container): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ||= 'v1';
  }
  container.resources ??= {};
  canonicalizeResourceList(container.resources.limits);
  canonicalizeResourceList(container.resources.requests);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
    if (probe) setProbeDefaults(probe);
  }
  setLifecycleDefaults(container.lifecycle);
}

/** Returns Always for the tag latest or for neither tag nor digest, else (also for what is no name) IfNotPresent. */
export function defaultPullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const match = /^([\w.:/-]+?)(?::([\w][\w.-]{0,127}))?(@[\w+.-]+:[0-9a-fA-F]{32,})?$/.exec(image);
  if (!match || !isRepositoryName(match[1] ?? '')) return 'IfNotPresent';
  const [, , tag = '', digest = ''] = match;
  return tag === 'latest' || (tag === '' && digest === '') ? 'Always' : 'IfNotPresent';
}

/** Returns whether the text names a repository: lower-case path components after an optional host. */
function isRepositoryName(name: string): boolean {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = /[.:A-Z]/.test(first) || first === 'localhost';
  const path = hasHost ? name.slice(slash + 1) : name;
  return path.split('/').every((part) => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(part));
}

function setProbeDefaults(probe: Probe): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  setHandlerDefaults(probe);
  if (probe.grpc) probe.grpc.service ??= '';
}

function setLifecycleDefaults(lifecycle: Lifecycle | undefined): void {
  setHandlerDefaults(lifecycle?.postStart);
  setHandlerDefaults(lifecycle?.preStop);
}

function setHandlerDefaults(handler: LifecycleHandler | undefined): void {
  if (!handler?.httpGet) return;
  handler.httpGet.path ||= '/';
  handler.httpGet.scheme ||= 'HTTP';
}

/** 0644: what files of ConfigMaps, Secrets and the downward API get. */
const DEFAULT_MODE = 420;

/** Fills a volume; one without any source becomes an emptyDir. Changes its argument. Upstream: SetDefaults_Volume. */
export function setVolumeDefaults(volume: Volume): void {
  if (Object.entries(volume).every(([key, value]) => key === 'name' || value === undefined)) volume.emptyDir = {};
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.secret) volume.secret.defaultMode ??= DEFAULT_MODE;
  if (volume.configMap) volume.configMap.defaultMode ??= DEFAULT_MODE;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= DEFAULT_MODE;
    setFieldRefDefaults(volume.downwardAPI.items);
  }
  if (volume.projected) {
    volume.projected.defaultMode ??= DEFAULT_MODE;
    for (const source of volume.projected.sources ?? []) {
      setFieldRefDefaults(source.downwardAPI?.items);
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
    }
  }
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim) {
    claim.volumeMode ??= 'Filesystem';
    canonicalizeResourceList(claim.resources?.limits);
    canonicalizeResourceList(claim.resources?.requests);
  }
  if (volume.emptyDir?.sizeLimit !== undefined) volume.emptyDir.sizeLimit = canonical(volume.emptyDir.sizeLimit);
  setNetworkVolumeDefaults(volume);
}

function setFieldRefDefaults(items: { fieldRef?: { apiVersion?: string } }[] | undefined): void {
  for (const { fieldRef } of items ?? []) if (fieldRef) fieldRef.apiVersion ||= 'v1';
}

function setNetworkVolumeDefaults(volume: Volume): void {
  if (volume.iscsi) volume.iscsi.iscsiInterface ||= 'default';
  if (volume.rbd) {
    volume.rbd.pool ||= 'rbd';
    volume.rbd.user ||= 'admin';
    volume.rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (volume.azureDisk) {
    volume.azureDisk.cachingMode ??= 'ReadWrite';
    volume.azureDisk.fsType ??= 'ext4';
    volume.azureDisk.readOnly ??= false;
    volume.azureDisk.kind ??= 'Shared';
  }
  if (volume.scaleIO) {
    volume.scaleIO.storageMode ||= 'ThinProvisioned';
    volume.scaleIO.fsType ||= 'xfs';
  }
}

/** Writes the quantities of a list in canonical form, no finer than milli, as the server does. Changes its argument. */
export function canonicalizeResourceList(list: QuantityMap | undefined): void {
  for (const name of Object.keys(list ?? {})) if (list) list[name] = canonical(list[name], -3);
}

function canonical(quantity: string | number | undefined, scale?: number): string {
  const text = String(quantity ?? '0');
  try {
    return scale === undefined
      ? canonicalizeQuantity(text)
      : formatQuantity(roundUpQuantity(parseQuantity(text), scale));
  } catch {
    // The decoder has refused what is no quantity; another caller's wrong text is left for validation to name.
    return text;
  }
}

/**
 * Fills what pods get and templates do not: requests from limits, host ports on the host's network, service links.
 * Changes its argument. Upstream: SetDefaults_Pod.
 */
export function setPodOnlyDefaults(spec: PodSpec): void {
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const { resources } = container;
    if (resources?.limits) resources.requests = { ...resources.limits, ...resources.requests };
    if (!spec.hostNetwork) continue;
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
  }
  spec.enableServiceLinks ??= true;
}
