// Binds claims and volumes to each other, asks provisioners for what is missing, and lets go of what is no longer claimed.
// Called by: controllers/manager.ts through the index. Must not know: provisioners, pods.
import { formatTime } from '../machinery/clock.ts';
import { clone, deepEqual, isDeleting, keyOf, parseKey } from '../machinery/meta.ts';
import { persistentVolume, type PersistentVolume } from '../resources/persistentvolume.ts';
import { persistentVolumeClaim, type PersistentVolumeClaim } from '../resources/persistentvolumeclaim.ts';
import { isDefaultClass, storageClassOf } from '../resources/storage.formatting.ts';
import { storageClass } from '../resources/storageclass.ts';
import type { StoredEvent } from '../storage/types.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { syncVolume } from './persistentvolumes.reclaim.ts';
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  CLAIM_PROVISIONER,
  findVolume,
  isMeantFor,
  SELECTED_NODE,
  waitsForConsumer,
  whyUnsuitable,
} from './volumematching.ts';

const CLAIM = 'claim ';
const VOLUME = 'volume ';
const claimKey = (key: { namespace?: string | undefined; name?: string | undefined }): string =>
  `${CLAIM}${key.namespace ?? ''}/${key.name ?? ''}`;

function enqueueForClaim({ object, previous }: StoredEvent): Iterable<string> {
  const volumes = [object, previous].map((claim) => (claim as PersistentVolumeClaim | undefined)?.spec.volumeName);
  return [`${CLAIM}${keyOf(object)}`, ...volumes.filter((name) => name).map((name) => `${VOLUME}${name}`)];
}

function pendingClaims({ client }: ControllerContext): string[] {
  const pending = client.list(persistentVolumeClaim).filter(({ status }) => status.phase === 'Pending');
  return pending.map((claim) => `${CLAIM}${keyOf(claim)}`);
}

/** A volume that comes or is set free may be what a claim waits for. */
function enqueueForVolume({ object, previous, type }: StoredEvent, context: ControllerContext): Iterable<string> {
  const volume = object as PersistentVolume;
  const before = (previous as PersistentVolume | undefined)?.spec.claimRef;
  const refs = [volume.spec.claimRef, before].filter((ref) => ref !== undefined).map(claimKey);
  const isFree = type !== 'DELETED' && !volume.spec.claimRef && (!previous || before !== undefined);
  return [`${VOLUME}${object.metadata.name}`, ...refs, ...(isFree ? pendingClaims(context) : [])];
}

/** Upstream: kubernetes pkg/controller/volume/persistentvolume/pv_controller.go. */
export const persistentVolumeController: Controller = {
  name: 'persistentvolume-controller',
  watches: [
    { definition: persistentVolumeClaim, enqueue: enqueueForClaim },
    { definition: persistentVolume, enqueue: enqueueForVolume },
    { definition: storageClass, enqueue: (_, context) => pendingClaims(context), resync: () => [] },
  ],
  reconcile(context, key) {
    const { client } = context;
    if (key.startsWith(VOLUME)) {
      const volume = client.get(persistentVolume, { name: key.slice(VOLUME.length) });
      if (volume) syncVolume(context, volume);
      return;
    }
    const claim = client.get(persistentVolumeClaim, parseKey(key.slice(CLAIM.length)));
    if (!claim) return;
    if (claim.metadata.annotations?.[BIND_COMPLETED] === undefined) syncUnbound(context, claim);
    else syncBound(context, claim);
  },
};

function setPhase(
  { client }: ControllerContext,
  claim: PersistentVolumeClaim,
  phase: 'Pending' | 'Bound' | 'Lost',
  volume?: PersistentVolume,
): void {
  const changed = clone(claim);
  const { accessModes, capacity } = volume?.spec ?? {};
  changed.status.phase = phase;
  if (phase === 'Bound') Object.assign(changed.status, { accessModes, capacity: { storage: capacity?.['storage'] } });
  if (!deepEqual(changed.status, claim.status)) client.updateStatus(persistentVolumeClaim, changed);
}

/** Upstream: syncUnboundClaim. */
function syncUnbound(context: ControllerContext, found: PersistentVolumeClaim): void {
  const { client, recorder } = context;
  const claim = withDefaultClass(context, found);
  if (claim.spec.volumeName) {
    syncNamed(context, claim, claim.spec.volumeName);
    return;
  }
  const className = storageClassOf(claim);
  const waits = waitsForConsumer(client.get(storageClass, { name: className }));
  const volume = findVolume(client.list(persistentVolume), claim, { onlyMeant: waits });
  if (volume) {
    bind(context, volume, claim);
    return;
  }
  if (waits && claim.metadata.annotations?.[SELECTED_NODE] === undefined) {
    recorder.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  } else if (className !== '') {
    askProvisioner(context, claim, className);
    return;
  } else {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    recorder.event(claim, 'Normal', 'FailedBinding', message);
  }
  setPhase(context, claim, 'Pending');
}

/** A claim that names no class gets the default one as soon as there is one. Upstream: assignDefaultStorageClass. */
function withDefaultClass({ client }: ControllerContext, claim: PersistentVolumeClaim): PersistentVolumeClaim {
  if (claim.spec.storageClassName !== undefined || storageClassOf(claim) !== '' || isDeleting(claim)) return claim;
  const [newest] = client
    .list(storageClass)
    .filter(({ metadata }) => isDefaultClass(metadata))
    .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1));
  if (!newest) return claim;
  const changed = clone(claim);
  changed.spec.storageClassName = newest.metadata.name;
  return client.update(persistentVolumeClaim, changed);
}

/** The claim asks for one volume by name. */
function syncNamed(context: ControllerContext, claim: PersistentVolumeClaim, name: string): void {
  const { client, recorder } = context;
  const volume = client.get(persistentVolume, { name });
  if (!volume || isDeleting(volume)) return setPhase(context, claim, 'Pending');
  if (volume.spec.claimRef) {
    if (isMeantFor(volume, claim)) return bind(context, volume, claim);
    const message = `volume "${name}" already bound to a different claim.`;
    recorder.event(claim, 'Warning', 'FailedBinding', message);
    return setPhase(context, claim, 'Pending');
  }
  const why = whyUnsuitable(volume, claim);
  if (why === undefined) return bind(context, volume, claim);
  recorder.event(claim, 'Warning', 'VolumeMismatch', `Cannot bind to requested volume "${name}": ${why}`);
  setPhase(context, claim, 'Pending');
}

/** Upstream: syncBoundClaim. */
function syncBound(context: ControllerContext, claim: PersistentVolumeClaim): void {
  const { client, recorder } = context;
  const lose = (reason: string, message: string): void => {
    if (claim.status.phase === 'Lost') return;
    recorder.event(claim, 'Warning', reason, message);
    setPhase(context, claim, 'Lost');
  };
  const { volumeName } = claim.spec;
  if (!volumeName)
    return lose('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
  const volume = client.get(persistentVolume, { name: volumeName });
  if (!volume) return lose('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
  if (!volume.spec.claimRef || volume.spec.claimRef.uid === claim.metadata.uid) return bind(context, volume, claim);
  lose('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}

/** Upstream: pv_controller.go bind. Each of the four steps is left out where it is done. */
function bind(context: ControllerContext, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const { client, nowMs } = context;
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  let bound = volume;
  if (volume.spec.claimRef?.uid !== uid) {
    const changed = clone(volume);
    if (!volume.spec.claimRef) note(changed, BOUND_BY_CONTROLLER);
    changed.spec.claimRef = {
      ...volume.spec.claimRef,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      name,
      ...(namespace ? { namespace } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(uid ? { uid } : {}),
    };
    bound = client.update(persistentVolume, changed);
  }
  if (bound.status.phase !== 'Bound') {
    const changed = clone(bound);
    Object.assign(changed.status, { phase: 'Bound', lastPhaseTransitionTime: formatTime(nowMs) });
    bound = client.updateStatus(persistentVolume, changed);
  }
  let stored = claim;
  if (claim.spec.volumeName !== bound.metadata.name || claim.metadata.annotations?.[BIND_COMPLETED] === undefined) {
    const changed = clone(claim);
    if (!claim.spec.volumeName) note(changed, BOUND_BY_CONTROLLER);
    note(changed, BIND_COMPLETED);
    changed.spec.volumeName = bound.metadata.name;
    stored = client.update(persistentVolumeClaim, changed);
  }
  setPhase(context, stored, 'Bound', bound);
}

function note(object: PersistentVolume | PersistentVolumeClaim, annotation: string): void {
  object.metadata.annotations = { ...object.metadata.annotations, [annotation]: 'yes' };
}

/** Upstream: provisionClaimOperation, provisionClaimOperationExternal. */
function askProvisioner(context: ControllerContext, claim: PersistentVolumeClaim, className: string): void {
  const { client, recorder } = context;
  const found = client.get(storageClass, { name: className });
  const fail = (why: string): void => recorder.event(claim, 'Warning', 'ProvisioningFailed', why);
  if (!found) {
    fail(`storageclass.storage.k8s.io "${className}" not found`);
    return setPhase(context, claim, 'Pending');
  }
  const { provisioner } = found;
  if (provisioner.startsWith('kubernetes.io/')) {
    fail(`no volume plugin matched name: ${provisioner}`);
    return setPhase(context, claim, 'Pending');
  }
  let asked = claim;
  if (CLAIM_PROVISIONER.some((key) => claim.metadata.annotations?.[key] !== provisioner)) {
    const changed = clone(claim);
    const named = CLAIM_PROVISIONER.map((key) => [key, provisioner]);
    changed.metadata.annotations = { ...changed.metadata.annotations, ...Object.fromEntries(named) };
    asked = client.update(persistentVolumeClaim, changed);
  }
  const message =
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system ` +
    'administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  recorder.event(asked, 'Normal', 'ExternalProvisioning', message);
  setPhase(context, asked, 'Pending');
}
