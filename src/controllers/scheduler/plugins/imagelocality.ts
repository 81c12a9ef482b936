// Prefers nodes that have the pod's images already.
// Called by: plugins/index.ts. Must not know: other plugins.
import type { NodeInfo } from '../cache.ts';
import { MAX_SCORE, type SchedulerPlugin } from '../framework.ts';

const MB = 1024 * 1024;
const MIN_BYTES = 23 * MB;
const MAX_BYTES_PER_CONTAINER = 1000 * MB;

function normalizedName(image: string): string {
  const tail = image.slice(image.lastIndexOf('/') + 1);
  return tail.includes(':') || image.includes('@') ? image : `${image}:latest`;
}

function imageSizes({ node }: NodeInfo): Map<string, number> {
  const images = node.status.images ?? [];
  return new Map(images.flatMap(({ names = [], sizeBytes = 0 }) => names.map((name) => [name, sizeBytes] as const)));
}

/** Upstream: kubernetes pkg/scheduler/framework/plugins/imagelocality. */
export const imageLocality: SchedulerPlugin = {
  name: 'ImageLocality',
  score({ pod, nodes: all }, nodes) {
    if (all.every(({ node }) => !node.status.images?.length)) return undefined;
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const wanted = containers.map(({ image = '' }) => normalizedName(image));
    const allSizes = all.map(imageSizes);
    const spread = new Map(
      wanted.map((name) => [name, allSizes.filter((sizes) => sizes.has(name)).length / all.length]),
    );
    const max = MAX_BYTES_PER_CONTAINER * containers.length;
    return nodes.map((node) => {
      const sizes = imageSizes(node);
      const sum = wanted.reduce(
        (bytes, name) => bytes + Math.floor((sizes.get(name) ?? 0) * (spread.get(name) ?? 0)),
        0,
      );
      const clamped = Math.min(max, Math.max(MIN_BYTES, sum));
      return Math.floor((MAX_SCORE * (clamped - MIN_BYTES)) / (max - MIN_BYTES));
    });
  },
};
