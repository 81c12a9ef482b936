// The file system of a container.
// Called by: process.ts, shell. Must not know: pods' status.
import { imageOf, type ContainerRun } from './process.ts';
import { generatedFiles } from './volumes.ts';

export function readContainerFile(run: ContainerRun, path: string): Uint8Array | undefined {
  for (const mount of run.container.volumeMounts ?? []) {
    const volume = run.pod.spec.volumes?.find(({ name }) => name === mount.name);
    if (!volume || !(path === mount.mountPath || path.startsWith(`${mount.mountPath}/`))) continue;
    const rest = path.slice(mount.mountPath.length + 1);
    const inVolume = mount.subPath ? (rest ? `${mount.subPath}/${rest}` : mount.subPath) : rest;
    const files = generatedFiles(run.client, run.pod, volume);
    return files?.get(inVolume)?.bytes;
  }
  const text = imageOf(run.container).files?.[path];
  return text === undefined ? undefined : Buffer.from(text);
}
