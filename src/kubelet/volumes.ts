// What a pod's volumes hold: files made from ConfigMaps, Secrets and the downward API; which sources are missing.
// Called by: kubelet (mounting), files.ts. Must not know: containers' own file systems.
// Upstream: kubernetes pkg/volume/{configmap,secret,projected,downwardapi}.
import type {
  DownwardAPIVolumeFile,
  KeyToPath,
  ResourceFieldSelector,
  ServiceAccountTokenProjection,
  Volume,
} from 'kubernetes-types/core/v1';
import type { LoopbackClient } from '../client/loopback.ts';
import { parseTime } from '../machinery/clock.ts';
import { configMap } from '../resources/configmap.ts';
import { node as nodeResource } from '../resources/node.ts';
import type { Pod } from '../resources/pod.ts';
import { secret } from '../resources/secret.ts';
import { claimFailure } from './claims.ts';
import { podFieldValue, podResourceValue } from './downward.ts';

export interface VolumeFile {
  bytes: Uint8Array;
  mode: number;
}
/** By path relative to the volume's root. */
export type VolumeFiles = Map<string, VolumeFile>;

/** A source that is not there; the message is the kubelet's. */
class MissingSource extends Error {}

export interface MountFailure {
  volume: string;
  message: string;
}

const DEFAULT_MODE = 0o644;

/** Returns the volumes that cannot be set up now, with the kubelet's messages. */
export function mountFailures(client: LoopbackClient, pod: Pod): MountFailure[] {
  const failures: MountFailure[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const why = claimFailure(client, pod, volume);
    if (why !== undefined) failures.push({ volume: volume.name, message: why });
    try {
      generatedFiles(client, pod, volume);
    } catch (error) {
      if (!(error instanceof MissingSource)) throw error;
      failures.push({ volume: volume.name, message: error.message });
    }
  }
  return failures;
}

/**
 * Returns the files of a volume that is made from objects, or undefined for one that keeps what containers write.
 * @throws MissingSource
 */
export function generatedFiles(client: LoopbackClient, pod: Pod, volume: Volume): VolumeFiles | undefined {
  const files: VolumeFiles = new Map();
  if (volume.configMap) {
    const { name = '', items, defaultMode = DEFAULT_MODE, optional = false } = volume.configMap;
    addConfigMap(files, { client, pod, name, items, mode: defaultMode, isOptional: optional });
    return files;
  }
  if (volume.secret) {
    const { secretName = '', items, defaultMode = DEFAULT_MODE, optional = false } = volume.secret;
    addSecret(files, { client, pod, name: secretName, items, mode: defaultMode, isOptional: optional });
    return files;
  }
  if (volume.downwardAPI) {
    addDownward(files, client, pod, volume.downwardAPI.items, volume.downwardAPI.defaultMode ?? DEFAULT_MODE);
    return files;
  }
  if (!volume.projected) return undefined;
  const mode = volume.projected.defaultMode ?? DEFAULT_MODE;
  for (const source of volume.projected.sources ?? []) {
    if (source.configMap) {
      const { name = '', items, optional = false } = source.configMap;
      addConfigMap(files, { client, pod, name, items, mode, isOptional: optional || isRootCa(volume, name) });
    }
    if (source.secret) {
      const { name = '', items, optional = false } = source.secret;
      addSecret(files, { client, pod, name, items, mode, isOptional: optional });
    }
    if (source.downwardAPI) addDownward(files, client, pod, source.downwardAPI.items, mode);
    if (source.serviceAccountToken) addToken(files, { client, pod, mode, source: source.serviceAccountToken });
  }
  return files;
}

/** The cluster's own certificate may come a moment after the namespace: its absence holds no pod up. */
function isRootCa(volume: Volume, name: string): boolean {
  return name === 'kube-root-ca.crt' && volume.name.startsWith('kube-api-access-');
}

const DEFAULT_TOKEN_SECONDS = 3600;
/** A token is renewed when so much of its time is over. */
const RENEWAL = 0.8;

/** The token is worked out when somebody reads it: few do. */
function addToken(
  files: VolumeFiles,
  given: { client: LoopbackClient; pod: Pod; mode: number; source: ServiceAccountTokenProjection },
): void {
  const { client, pod, mode, source } = given;
  const { path, audience = '', expirationSeconds = DEFAULT_TOKEN_SECONDS } = source;
  const file = {
    mode,
    get bytes(): Uint8Array {
      const startMs = parseTime(pod.status.startTime) ?? client.clock.nowMs();
      const periodMs = Math.floor(expirationSeconds * RENEWAL) * 1000;
      const renewals = Math.max(0, Math.floor((client.clock.nowMs() - startMs) / periodMs));
      const atMs = startMs + renewals * periodMs;
      return Buffer.from(client.podToken(pod, { audience, expirationSeconds, atMs }) ?? '');
    },
  };
  files.set(path, file);
}

interface Source {
  client: LoopbackClient;
  pod: Pod;
  name: string;
  items: KeyToPath[] | undefined;
  mode: number;
  isOptional: boolean;
}

function addConfigMap(files: VolumeFiles, source: Source): void {
  const { client, pod, name } = source;
  const found = client.get(configMap, { namespace: pod.metadata.namespace, name });
  const data = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) data.set(key, Buffer.from(text));
  for (const [key, text] of Object.entries(found?.binaryData ?? {})) data.set(key, Buffer.from(text, 'base64'));
  addItems(files, source, found && data, {
    notFound: `configmap "${name}" not found`,
    what: 'configmap references non-existent config key',
  });
}

function addSecret(files: VolumeFiles, source: Source): void {
  const { client, pod, name } = source;
  const found = client.get(secret, { namespace: pod.metadata.namespace, name });
  const data = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) data.set(key, Buffer.from(text, 'base64'));
  addItems(files, source, found && data, {
    notFound: `secret "${name}" not found`,
    what: 'references non-existent secret key',
  });
}

function addItems(
  files: VolumeFiles,
  { items, mode, isOptional }: Source,
  data: Map<string, Uint8Array> | undefined,
  texts: { notFound: string; what: string },
): void {
  if (!data) {
    if (isOptional) return;
    throw new MissingSource(texts.notFound);
  }
  if (!items) {
    for (const [key, bytes] of data) files.set(key, { bytes, mode });
    return;
  }
  for (const item of items) {
    const bytes = data.get(item.key);
    if (bytes) files.set(item.path, { bytes, mode: item.mode ?? mode });
    else if (!isOptional) throw new MissingSource(`${texts.what}: ${item.key}`);
  }
}

function addDownward(
  files: VolumeFiles,
  client: LoopbackClient,
  pod: Pod,
  items: DownwardAPIVolumeFile[] | undefined,
  mode: number,
): void {
  for (const item of items ?? []) {
    const text = item.fieldRef
      ? podFieldValue(pod, item.fieldRef.fieldPath)
      : resourceOf(client, pod, item.resourceFieldRef);
    files.set(item.path, { bytes: Buffer.from(text), mode: item.mode ?? mode });
  }
}

function resourceOf(client: LoopbackClient, pod: Pod, ref: ResourceFieldSelector | undefined): string {
  if (!ref) return '';
  const node = client.get(nodeResource, { name: pod.spec.nodeName ?? '' });
  return podResourceValue(pod, ref, { node });
}
