// Which registries answer, and what containerd says when an image cannot be had.
// Called by: images/index.ts, kubelet's pulling. Must not know: pods, time.
import { generic } from './generic.ts';
import type { ImageDefinition } from './image.ts';
import { formatReference, type ImageReference } from './reference.ts';
import { isOfficialImage } from './official.ts';

const HOSTS: readonly string[] = [
  'docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'gcr.io',
  'k8s.gcr.io',
  'registry.k8s.io',
  'ghcr.io',
  'quay.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'docker.elastic.co',
  'registry.gitlab.com',
  'registry.access.redhat.com',
  'registry.redhat.io',
  'registry.opensource.zalan.do',
  'cr.fluentbit.io',
  'cr.l5d.io',
  'docker.l5d.io',
  'nvcr.io',
  'icr.io',
  'lscr.io',
  'xpkg.upbound.io',
  'cgr.dev',
  'docker.n8n.io',
  'container-registry.oracle.com',
];
const HOST_SUFFIXES: readonly string[] = [
  '.gcr.io',
  '.pkg.dev',
  '.azurecr.io',
  '.amazonaws.com',
  '.ocir.io',
  '.icr.io',
  '.quay.io',
  '.docker.io',
];
const NAMESERVER = '192.168.49.1:53';

/** Returns true when the host is a registry that the simulated internet has. */
export function isKnownRegistry(registry: string): boolean {
  return HOSTS.includes(registry) || HOST_SUFFIXES.some((suffix) => registry.endsWith(suffix));
}

/**
 * Returns containerd's error for a pull that fails, or undefined for one that succeeds. `image` is the definition
 * found, if any. Upstream: containerd core/remotes/docker resolver and internal/cri/server/images.
 */
export function pullError(reference: ImageReference, image: ImageDefinition | undefined): string | undefined {
  const full = formatReference(reference);
  const head = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `;
  const failed = connectionError(reference);
  if (failed !== undefined) {
    const { registry, repository, tag, digest } = reference;
    const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
    const url = `https://${host}/v2/${repository}/manifests/${digest === '' ? tag : digest}`;
    return `${head}failed to do request: Head "${url}": ${failed}`;
  }
  const isUnknown = image === undefined || image === generic;
  if (isUnknown && isMissingOnDockerHub(reference))
    return `${head}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
  if (isUnknown && isWithoutProject(reference)) return `rpc error: code = NotFound desc = ${head}${full}: not found`;
  if (image?.tags && reference.digest === '' && !image.tags.test(reference.tag))
    return `rpc error: code = NotFound desc = ${head}${full}: not found`;
  return undefined;
}

/** Names without a user are Docker Hub's own: others of them do not exist. Names with one may be anybody's. */
function isMissingOnDockerHub({ registry, repository }: ImageReference): boolean {
  const [user, name, ...more] = repository.split('/');
  return registry === 'docker.io' && user === 'library' && more.length === 0 && !isOfficialImage(name ?? '');
}

/** Google's registry has no images of its own: they belong to projects. */
function isWithoutProject({ registry, repository }: ImageReference): boolean {
  return (
    (registry === 'gcr.io' || registry.endsWith('.gcr.io')) && !registry.startsWith('k8s.') && !repository.includes('/')
  );
}

function connectionError({ registry }: ImageReference): string | undefined {
  if (isKnownRegistry(registry)) return undefined;
  const [host = '', port = '443'] = registry.split(':');
  if (host === 'localhost' || host.startsWith('127.'))
    return `dial tcp ${host === 'localhost' ? '127.0.0.1' : host}:${port}: connect: connection refused`;
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return `dial tcp ${host}:${port}: i/o timeout`;
  return `dial tcp: lookup ${host} on ${NAMESERVER}: no such host`;
}
