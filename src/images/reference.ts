// Image references as registries and container runtimes read them: host, repository, tag, digest.
// Called by: images/index.ts, kubelet (pulling, imageID). Must not know: which images exist.

/** A reference after normalisation: `nginx` is docker.io/library/nginx:latest. */
export interface ImageReference {
  /** 'docker.io', 'gcr.io', 'localhost:5000'. */
  readonly registry: string;
  /** Without the host: 'library/nginx'. */
  readonly repository: string;
  /** Empty only when there is a digest and no tag. */
  readonly tag: string;
  /** 'sha256:…' or ''. */
  readonly digest: string;
}

/** Thrown for a text that is no image reference; the message is the distribution library's. */
export class ReferenceError extends Error {}

const DEFAULT_REGISTRY = 'docker.io';
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const HOST =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;

const known = new Map<string, ImageReference>();
const MAX_KNOWN = 500;

/**
 * Returns the parts of an image name with docker.io, library/ and :latest filled in.
 * @throws ReferenceError `invalid reference format` and its kin. Upstream: distribution/reference normalize.go
 * ParseNormalizedNamed.
 */
export function parseReference(text: string): ImageReference {
  let reference = known.get(text);
  if (reference) return reference;
  reference = parse(text);
  // Every look at a container asks for the same few names.
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, reference);
  return reference;
}

function parse(text: string): ImageReference {
  if (/^[a-f0-9]{64}$/.test(text))
    throw new ReferenceError(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const at = text.indexOf('@');
  const digest = at < 0 ? '' : text.slice(at + 1);
  if (at >= 0 && !DIGEST.test(digest)) throw new ReferenceError('invalid reference format');
  const beforeDigest = at < 0 ? text : text.slice(0, at);
  const { registry, rest } = splitHost(beforeDigest);
  const colon = rest.lastIndexOf(':');
  const tag = colon < 0 ? '' : rest.slice(colon + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const full = registry === DEFAULT_REGISTRY && !path.includes('/') ? `library/${path}` : path;
  if (full.toLowerCase() !== full)
    throw new ReferenceError(`invalid reference format: repository name (${full}) must be lowercase`);
  if ((colon >= 0 && !TAG.test(tag)) || !HOST.test(registry) || !path.split('/').every((part) => COMPONENT.test(part)))
    throw new ReferenceError('invalid reference format');
  if (registry.length + 1 + full.length > 255)
    throw new ReferenceError('repository name must not be more than 255 characters');
  return { registry, repository: full, tag: tag === '' && digest === '' ? 'latest' : tag, digest };
}

function splitHost(name: string): { registry: string; rest: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  if (slash < 0 || !isHost) return { registry: DEFAULT_REGISTRY, rest: name };
  const registry = first === 'index.docker.io' ? DEFAULT_REGISTRY : first;
  return { registry, rest: name.slice(slash + 1) };
}

/** Returns 'docker.io/library/nginx', without tag and digest. */
export function repositoryName({ registry, repository }: ImageReference): string {
  return `${registry}/${repository}`;
}

/** Returns the full text, 'docker.io/library/nginx:1.25', as the container runtime names the image. */
export function formatReference(reference: ImageReference): string {
  const { tag, digest } = reference;
  return `${repositoryName(reference)}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}

/** Returns true when the image would be pulled anew by default: no tag or :latest, and no digest. */
export function isLatest({ tag, digest }: ImageReference): boolean {
  return tag === 'latest' && digest === '';
}
