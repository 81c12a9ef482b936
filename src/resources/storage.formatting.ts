// How volumes and claims show their access modes, classes and sizes.
// Called by: PersistentVolume, PersistentVolumeClaim, their describers, storage controllers. Must not know: any one kind.
import type { KubeObject } from '../machinery/types.ts';

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Returns 'RWO,ROX' in the order in which Kubernetes lists modes. Upstream: storage/util GetAccessModesAsString. */
export function accessModesText(modes: readonly string[] = []): string {
  return Object.entries(SHORT_MODES)
    .flatMap(([mode, text]) => (modes.includes(mode) ? [text] : []))
    .join(',');
}

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Returns the class of a volume or claim, from its old annotation too; '' for none. Upstream: GetPersistentVolumeClaimClass. */
export function storageClassOf({
  metadata,
  spec,
}: {
  metadata: Pick<KubeObject['metadata'], 'annotations'>;
  spec?: { storageClassName?: string };
}): string {
  return metadata.annotations?.[BETA_CLASS] ?? spec?.storageClassName ?? '';
}

/** The annotation of the class that claims get which name none, and its older form. */
const DEFAULT_ANNOTATIONS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
] as const;

/** Returns whether claims that name no class get this one. Upstream: storage/util IsDefaultAnnotation. */
export function isDefaultClass({ annotations }: KubeObject['metadata']): boolean {
  return DEFAULT_ANNOTATIONS.some((key) => annotations?.[key] === 'true');
}
