// The file systems of a pod's containers: image, volumes, what was changed since.
// Called by: simulation.ts. Must not know: processes, a pod's status.
import type { Volume, VolumeMount } from 'kubernetes-types/core/v1';
import type { LoopbackClient } from '../client/loopback.ts';
import type { ImageDefinition } from '../images/image.ts';
import { parseTime } from '../machinery/clock.ts';
import { service as serviceResource } from '../resources/service.ts';
import type { Pod } from '../resources/pod.ts';
import { hostPathOf } from './claims.ts';
import { hostnameOf, expand } from './env.ts';
import { addNodeFiles, imageTree } from './rootfs.ts';
import { generatedFiles } from './volumes.ts';
import { FileSystem, FileTree, normalizePath, type Mount } from './vfs.ts';
import type { ContainerSpec } from './work.ts';

/** Where containers ask for names: the cluster's DNS Service, else its usual address. */
export function nameserverOf(client: LoopbackClient): string {
  const dns = client.get(serviceResource, { namespace: 'kube-system', name: 'kube-dns' });
  return dns?.spec.clusterIP ?? '10.96.0.10';
}

/** The trees of a pod's volumes, shared by its containers. */
export class VolumeTrees {
  readonly #client: LoopbackClient;
  readonly #trees = new Map<string, FileTree>();
  #pod: Pod;
  /** The files of the node, for hostPath and for claims. */
  readonly host: FileTree;

  constructor(client: LoopbackClient, pod: Pod) {
    this.#client = client;
    this.#pod = pod;
    this.host = new FileTree({ mtimeMs: parseTime(pod.metadata.creationTimestamp) ?? 0 });
    for (const volume of pod.spec.volumes ?? []) this.#trees.set(volume.name, this.#newTree(volume));
    this.refresh(pod);
  }

  #newTree(volume: Volume): FileTree {
    const hostPath = hostPathOf(this.#client, this.#pod, volume);
    if (hostPath !== undefined) {
      this.host.setDirectory(normalizePath(hostPath), parseTime(this.#pod.status.startTime) ?? 0);
      return this.host;
    }
    const isReadOnly = Boolean(volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI);
    return new FileTree({ isReadOnly, mtimeMs: parseTime(this.#pod.status.startTime) ?? 0 });
  }

  /** Names of volumes whose content containers write. */
  *writable(): Generator<[string, FileTree]> {
    for (const [name, tree] of this.#trees) if (!tree.isReadOnly && tree !== this.host) yield [name, tree];
  }

  /** Brings the volumes that are made from objects up to date. */
  refresh(pod: Pod): void {
    this.#pod = pod;
    for (const volume of pod.spec.volumes ?? []) {
      const tree = this.#trees.get(volume.name);
      if (!tree?.isReadOnly) continue;
      const files = filesOrNone(this.#client, pod, volume);
      if (!files) continue;
      tree.clear();
      const mtimeMs = parseTime(pod.status.startTime) ?? 0;
      for (const [path, { bytes, mode }] of files) tree.setFile(normalizePath(path), bytes, { mode, mtimeMs });
    }
  }

  mount(mount: VolumeMount, env: Readonly<Record<string, string>>): Mount | undefined {
    const tree = this.#trees.get(mount.name);
    const volume = this.#pod.spec.volumes?.find(({ name }) => name === mount.name);
    if (!tree || !volume) return undefined;
    const sub = mount.subPathExpr ? expand(mount.subPathExpr, (name) => env[name]) : (mount.subPath ?? '');
    const root = normalizePath(`${hostPathOf(this.#client, this.#pod, volume) ?? '/'}/${sub}`);
    if (!tree.isReadOnly && !tree.get(root)) tree.setDirectory(root, parseTime(this.#pod.status.startTime) ?? 0);
    return { path: normalizePath(mount.mountPath), tree, root, isReadOnly: mount.readOnly ?? false };
  }
}

/** A source that was deleted leaves the files that were there. */
function filesOrNone(client: LoopbackClient, pod: Pod, volume: Volume) {
  try {
    return generatedFiles(client, pod, volume);
  } catch {
    return undefined;
  }
}

export interface ContainerFiles {
  fs: FileSystem;
  /** The container's own layer above its image. */
  root: FileTree;
}

/** Returns what a container sees when it starts. `now` gives the time that changes are stamped with. */
export function containerFiles(options: {
  client: LoopbackClient;
  pod: Pod;
  container: ContainerSpec;
  image: ImageDefinition;
  env: Readonly<Record<string, string>>;
  volumes: VolumeTrees;
  clusterDomain: string;
  startedAtMs: number;
  now(): number;
}): ContainerFiles {
  const { client, pod, container, image, env, volumes, clusterDomain, startedAtMs, now } = options;
  const isReadOnly = container.securityContext?.readOnlyRootFilesystem ?? false;
  const root = new FileTree({ mtimeMs: startedAtMs, lower: imageTree(image), isReadOnly });
  addNodeFiles(root, {
    hostname: hostnameOf(pod),
    podIp: pod.status.podIP ?? '',
    namespace: pod.metadata.namespace ?? '',
    nameserver: nameserverOf(client),
    clusterDomain,
    dnsPolicy: pod.spec.dnsPolicy ?? 'ClusterFirst',
    hostAliases: pod.spec.hostAliases ?? [],
    startedAtMs,
  });
  const workingDir = container.workingDir ?? image.workingDir;
  if (workingDir) root.setDirectory(normalizePath(workingDir), startedAtMs);
  const mounts = (container.volumeMounts ?? [])
    .map((mount) => volumes.mount(mount, env))
    .filter((m) => m !== undefined);
  return { root, fs: new FileSystem(root, mounts, { now, name: container.name }) };
}
