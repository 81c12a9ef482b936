// Debug profiles: what a debugging container may do, and what a copy keeps of the pod it copies.
// Called by: commands/debug.ts. Upstream: kubectl pkg/cmd/debug/profiles.go.
import type { Container, SecurityContext } from 'kubernetes-types/core/v1';
import type { Pod } from '../../resources/pod.ts';

/** How one debugs: in the pod itself, in a copy of it, or in a pod on a node. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node';

/** What a copy keeps. */
export interface Kept {
  labels: boolean;
  annotations: boolean;
  liveness: boolean;
  readiness: boolean;
  startup: boolean;
  initContainers: boolean;
}

/** Changes the pod in place. */
export type Profile = (pod: Pod, container: Container, style: DebugStyle, kept: Kept) => void;

const PROFILES: Readonly<Record<string, Profile>> = {
  legacy(pod, container, style) {
    if (style === 'copy') delete pod.metadata.labels;
    if (style === 'node') {
      mountRoot(pod, container);
      useHostNamespaces(pod);
    }
  },
  general(pod, container, style, kept) {
    if (style === 'node') {
      mountRoot(pod, container);
      delete container.securityContext;
      useHostNamespaces(pod);
      return;
    }
    if (style === 'copy') prepareCopy(pod, kept);
    addCapabilities(container, 'SYS_PTRACE');
  },
  baseline(pod, container, style, kept) {
    delete container.securityContext;
    if (style === 'copy') prepareCopy(pod, kept);
  },
  restricted(pod, container, style, kept) {
    container.securityContext = {
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      allowPrivilegeEscalation: false,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    if (style === 'copy') prepareCopy(pod, kept);
  },
  netadmin(pod, container, style, kept) {
    addCapabilities(container, 'NET_ADMIN', 'NET_RAW');
    if (style === 'node') useHostNamespaces(pod);
    if (style === 'copy') prepareCopy(pod, kept);
  },
  sysadmin(pod, container, style, kept) {
    securityContextOf(container).privileged = true;
    if (style === 'node') {
      useHostNamespaces(pod);
      mountRoot(pod, container);
    }
    if (style === 'copy') prepareCopy(pod, kept);
  },
};

/** @throws Error `unknown profile: x`. */
export function profileOf(name: string): Profile {
  const profile = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  if (!profile) throw new Error(`unknown profile: ${name}`);
  return profile;
}

function prepareCopy(pod: Pod, kept: Kept): void {
  if (!kept.labels) delete pod.metadata.labels;
  if (!kept.annotations) delete pod.metadata.annotations;
  for (const container of pod.spec.containers) {
    if (!kept.liveness) delete container.livenessProbe;
    if (!kept.readiness) delete container.readinessProbe;
    if (!kept.startup) delete container.startupProbe;
  }
  if (!kept.initContainers) delete pod.spec.initContainers;
  pod.spec.shareProcessNamespace ??= true;
}

function mountRoot(pod: Pod, container: Container): void {
  const name = 'host-root';
  (pod.spec.volumes ??= []).push({ name, hostPath: { path: '/' } });
  (container.volumeMounts ??= []).push({ mountPath: '/host', name });
}

function useHostNamespaces(pod: Pod): void {
  Object.assign(pod.spec, { hostNetwork: true, hostPID: true, hostIPC: true });
}

function securityContextOf(container: Container): SecurityContext {
  container.securityContext ??= {};
  return container.securityContext;
}

function addCapabilities(container: Container, ...names: string[]): void {
  const context = securityContextOf(container);
  context.capabilities ??= {};
  context.capabilities.add = [...(context.capabilities.add ?? []), ...names];
}
