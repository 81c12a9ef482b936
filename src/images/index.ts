// The ordered list of images, and how a reference finds its definition. An image not listed here is the generic
// server.
// Called by: kubelet, network. Must not know: any image's inside.
import { alpine, busybox, debian } from './busybox.ts';
import { demoImages } from './demos.ts';
import { databaseImages } from './databases.ts';
import { fluentd } from './fluentd.ts';
import { generic } from './generic.ts';
import type { ImageDefinition } from './image.ts';
import { kuard } from './kuard.ts';
import { nginx } from './nginx.ts';
import { type ImageReference, repositoryName } from './reference.ts';
import { isKnownRegistry } from './registry.ts';
import { systemImages } from './system.ts';

export const images: readonly ImageDefinition[] = [
  nginx,
  busybox,
  alpine,
  debian,
  kuard,
  fluentd,
  ...demoImages,
  ...databaseImages,
  ...systemImages,
];

let byRepository: Map<string, ImageDefinition> | undefined;

/**
 * Returns the definition for a repository: its own, the generic server's, or undefined when the registry's host does
 * not exist. Whether the tag exists is for `pullError` (registry.ts) to say.
 */
export function findImage(reference: ImageReference): ImageDefinition | undefined {
  byRepository ??= new Map(
    images.flatMap((image) => image.repositories.map((name) => [fullName(name), image] as const)),
  );
  const found = byRepository.get(repositoryName(reference));
  if (found) return found;
  return isKnownRegistry(reference.registry) ? generic : undefined;
}

/** 'nginx' and 'library/nginx' are docker.io's; a first part with a dot is a host. */
function fullName(name: string): string {
  const first = name.split('/')[0] ?? '';
  if (first.includes('.') && name.includes('/')) return name;
  return `docker.io/${name.includes('/') ? name : `library/${name}`}`;
}
