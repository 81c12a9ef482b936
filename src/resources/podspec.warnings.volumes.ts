// Warnings about volumes whose files would lie in each other's way.
// Called by: podspec.warnings.ts. Must not know: where volumes are mounted.
import type { VolumeProjection } from 'kubernetes-types/core/v1';
import type { Volume } from './podspec.types.ts';

interface File {
  path: string;
  source: string;
}

/** Upstream: kubernetes pkg/api/pod/warnings.go warningsForOverlappingVirtualPaths. */
export function overlappingPathWarnings(volumes: readonly Volume[]): string[] {
  return volumes.flatMap((volume) => {
    const { name, configMap, secret, downwardAPI, projected } = volume;
    const warn = (what: string, overlaps: string[]): string[] =>
      overlaps.map((overlap) => `volume ${JSON.stringify(name)} (${what}): overlapping paths: ${overlap}`);
    const warnings: string[] = [];
    if (configMap?.items)
      warnings.push(...warn(`ConfigMap ${quoted(configMap.name)}`, overlapsOf(files(configMap.items))));
    if (secret?.items) warnings.push(...warn(`Secret ${quoted(secret.secretName)}`, overlapsOf(files(secret.items))));
    if (downwardAPI?.items) warnings.push(...warn('DownwardAPI', overlapsOf(files(downwardAPI.items))));
    if (!projected) return warnings;
    const sources = projected.sources ?? [];
    for (const source of sources)
      if (Object.keys(source).length === 0)
        warnings.push(`volume ${JSON.stringify(name)} (Projected) has no sources provided`);
    return [...warnings, ...warn('Projected', overlapsOf(sources.flatMap(filesOfProjection)))];
  });
}

function quoted(name: string | undefined): string {
  return JSON.stringify(name ?? '');
}

function files(items: readonly { path: string }[], source = ''): File[] {
  return items.map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));
}

function filesOfProjection({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection): File[] {
  if (configMap?.items) return files(configMap.items, `ConfigMap ${quoted(configMap.name)}`);
  if (secret?.items) return files(secret.items, `Secret ${quoted(secret.name)}`);
  if (downwardAPI?.items) return files(downwardAPI.items, 'DownwardAPI');
  return serviceAccountToken ? files([serviceAccountToken], 'ServiceAccountToken') : [];
}

function overlapsOf(all: readonly File[]): string[] {
  return all.flatMap((file, i) =>
    all
      .slice(0, i)
      .filter((other) => overlaps(file.path, other.path))
      .map((other) => `${fileText(file)} with ${fileText(other)}`),
  );
}

function overlaps(a: string, b: string): boolean {
  if (a === '' || b === '') return false;
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
}

function fileText({ path, source }: File): string {
  return source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`;
}
