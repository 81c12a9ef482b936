// Which Secrets, ConfigMaps, claims and ServiceAccounts a pod refers to by name.
// Called by: the Node authorizer. Must not know: users. Upstream: kubernetes pkg/api/v1/pod/util.go VisitPodSecretNames.
import type { Container, Volume } from 'kubernetes-types/core/v1';
import type { Pod } from '../resources/pod.ts';

export type ReferencedKind = 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts';

/** Returns the names of the objects of a kind, all in the pod's namespace. */
export function referencedNames({ metadata, spec }: Pod, kind: ReferencedKind): Set<string> {
  const names = new Set<string>();
  const add = (name: string | undefined): void => void (name && names.add(name));
  if (kind === 'serviceaccounts') add(spec.serviceAccountName);
  if (kind === 'secrets') for (const { name } of spec.imagePullSecrets ?? []) add(name);
  for (const volume of spec.volumes ?? []) for (const name of namesIn(volume, kind, metadata.name)) add(name);
  const containers: readonly Partial<Container>[] = [
    ...(spec.initContainers ?? []),
    ...spec.containers,
    ...(spec.ephemeralContainers ?? []),
  ];
  for (const { env = [], envFrom = [] } of containers) {
    for (const { valueFrom } of env)
      add(kind === 'secrets' ? valueFrom?.secretKeyRef?.name : configMapName(kind, valueFrom?.configMapKeyRef));
    for (const { secretRef, configMapRef } of envFrom)
      add(kind === 'secrets' ? secretRef?.name : configMapName(kind, configMapRef));
  }
  return names;
}

function configMapName(kind: ReferencedKind, reference: { name?: string } | undefined): string | undefined {
  return kind === 'configmaps' ? reference?.name : undefined;
}

function namesIn(volume: Volume, kind: ReferencedKind, podName: string): (string | undefined)[] {
  const sources = volume.projected?.sources ?? [];
  switch (kind) {
    case 'secrets':
      return [volume.secret?.secretName, ...sources.map(({ secret }) => secret?.name)];
    case 'configmaps':
      return [volume.configMap?.name, ...sources.map(({ configMap }) => configMap?.name)];
    case 'persistentvolumeclaims':
      return [volume.persistentVolumeClaim?.claimName, volume.ephemeral ? `${podName}-${volume.name}` : undefined];
    default:
      return [];
  }
}
