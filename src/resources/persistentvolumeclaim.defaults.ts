// What the server fills into a claim, on its own or as a template of a StatefulSet.
// Called by: persistentvolumeclaim.ts, statefulset.ts. Must not know: storage classes.

interface Claim {
  spec?: { volumeMode?: string };
  status?: { phase?: string };
}

/** Upstream: kubernetes pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolumeClaim. Changes its argument. */
export function setClaimDefaults(claim: Claim): void {
  claim.spec ??= {};
  claim.spec.volumeMode ??= 'Filesystem';
  claim.status ??= {};
  claim.status.phase ||= 'Pending';
}
