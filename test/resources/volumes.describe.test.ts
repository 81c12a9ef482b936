import { describe, expect, it } from '@jest/globals';
import { describedLines } from './describing.ts';

const PLAIN = 'kind: Pod\nmetadata: {name: plain}\nspec: {containers: [{name: only, image: "redis:7"}]}\n';

describe('the volumes of a description', () => {
  it.each([
    ['hostPath: {path: /x}', 'HostPath (bare host directory volume)\nPath: /x\nHostPathType:'],
    [
      'secret: {secretName: s, optional: true}',
      'Secret (a volume populated by a Secret)\nSecretName: s\nOptional: true',
    ],
    [
      'nfs: {server: s, path: /p}',
      'NFS (an NFS mount that lasts the lifetime of a pod)\nServer: s\nPath: /p\nReadOnly: false',
    ],
    [
      'projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 3607}}, {configMap: {name: c}}, {downwardAPI: {}}, {secret: {name: s}}]}',
      'Projected (a volume that contains injected data from multiple sources)\nTokenExpirationSeconds: 3607\nConfigMapName: c\nOptional: false\nDownwardAPI: true\nSecretName: s\nOptional: false',
    ],
    [
      'downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}',
      'DownwardAPI (a volume populated by information about the pod)\nItems:\nmetadata.labels -> l',
    ],
    [
      'image: {reference: r, pullPolicy: Always}',
      'Image (a container image or OCI artifact)\nReference: r\nPullPolicy: Always',
    ],
    [
      'csi: {driver: d, volumeAttributes: {b: "2", a: "1"}}',
      'CSI (a Container Storage Interface (CSI) volume source)\nDriver: d\nFSType:\nReadOnly: false\nVolumeAttributes: a=1\nb=2',
    ],
    [
      'iscsi: {targetPortal: t, iqn: i, lun: 0, iscsiInterface: default, portals: [p, q]}',
      `ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)
TargetPortal: t
IQN: i
Lun: 0
ISCSIInterface default
FSType:
ReadOnly: false
Portals: [p q]
DiscoveryCHAPAuth: false
SessionCHAPAuth: false
SecretRef: nil
InitiatorName: <none>`,
    ],
    [
      'cephfs: {monitors: [m], secretRef: {name: s}}',
      "CephFS (a CephFS mount on the host that shares a pod's lifetime)\nMonitors: [m]\nPath:\nUser:\nSecretFile:\nSecretRef: &LocalObjectReference{Name:s,}\nReadOnly: false",
    ],
    ['fc: {targetWWNs: [a, b]}', 'FC (a Fibre Channel disk)\nTargetWWNs: a, b\nLUN: <none>\nFSType:\nReadOnly: false'],
    [
      'ephemeral: {volumeClaimTemplate: {metadata: {labels: {a: b, c: d}}, spec: {storageClassName: fast, volumeMode: Block}}}',
      `EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)
StorageClass: fast
Volume:
Labels: a=b
c=d
Annotations: <none>
Capacity:
Access Modes:
VolumeMode: Block`,
    ],
  ])('say of %s what it is', async (source, expected) => {
    const yaml = PLAIN.replace('spec: {', `spec: {volumes: [{name: v, ${source}}], `);
    const text = await describedLines(yaml, '  v:', 'QoS');
    const squeezed = text
      .split('\n')
      .slice(1)
      .map((line) => line.trim().replace(/ {2,}/g, ' '));
    expect(squeezed.join('\n')).toBe(`Type: ${expected}`);
  });

  it('are unknown when they are of no known type', async () => {
    const yaml = PLAIN.replace('spec: {', 'spec: {volumes: [{name: v, vapour: {}}], ');
    expect(await describedLines(yaml, 'Volumes', 'QoS')).toBe('Volumes:\n  v:\n  <unknown>');
  });
});
