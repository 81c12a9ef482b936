// What the server fills into a claim, on its own or as a template of a StatefulSet.
// Called by: persistentvolumeclaim.ts, statefulset.ts. Must not know: storage classes.
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';

/** Upstream's types call a status read-only; this is the server. */
type WritableClaim = { -readonly [K in keyof PersistentVolumeClaim]: PersistentVolumeClaim[K] };

/** Upstream: kubernetes pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolumeClaim. Changes its argument. */
export function setClaimDefaults(claim: WritableClaim): void {
  claim.spec ??= {};
  claim.spec.volumeMode ??= 'Filesystem';
  claim.status ??= {};
  claim.status.phase ||= 'Pending';
}
