// Images that were built on the nodes' own machine, by `docker build`: what they add to the image they were built
// from.
// Called by: view.ts, pulling.ts. Must not know: Dockerfiles.
import type { LoopbackClient } from '../client/loopback.ts';
import { generic } from '../images/generic.ts';
import type { ContainerView, ImageDefinition, Program } from '../images/image.ts';
import { findImage } from '../images/index.ts';
import { formatReference, parseReference, type ImageReference } from '../images/reference.ts';

/** What a build leaves: files by absolute path, base64. */
interface BuiltImage {
  base: string;
  entrypoint?: string[];
  cmd?: string[];
  env: Record<string, string>;
  workingDir: string;
  user: string;
  exposedPorts: number[];
  files: Record<string, string>;
  sizeBytes: number;
}

const RESOURCE = '_images';
const definitions = new WeakMap<BuiltImage, ImageDefinition>();

/** Returns the definition of a built image, or undefined when none has that name. */
export function builtImage(client: LoopbackClient, reference: ImageReference): ImageDefinition | undefined {
  const built = client.internal.get<BuiltImage>(RESOURCE, { name: encodeURIComponent(formatReference(reference)) });
  if (!built) return undefined;
  const known = definitions.get(built);
  if (known) return known;
  const base = baseOf(client, built.base);
  const decode = ([path, text]: [string, string]): [string, string] => [path, Buffer.from(text, 'base64').toString()];
  const definition: ImageDefinition = {
    ...base,
    repositories: [],
    entrypoint: built.entrypoint ?? [],
    cmd: built.cmd ?? [],
    env: built.env,
    workingDir: built.workingDir || '/',
    ...(built.user === '' ? {} : { user: built.user }),
    exposedPorts: built.exposedPorts,
    files: { ...base.files, ...Object.fromEntries(Object.entries(built.files).map(decode)) },
    sizeBytes: built.sizeBytes,
    program: (view) => programOf(base, built, view),
  };
  definitions.set(built, definition);
  return definition;
}

function baseOf(client: LoopbackClient, base: string): ImageDefinition {
  try {
    const reference = parseReference(base);
    return builtImage(client, reference) ?? findImage(reference) ?? generic;
  } catch {
    // FROM scratch
    return generic;
  }
}

/**
 * The base image's server where that is what runs; else an application of one's own, on the ports that the image
 * exposes.
 */
function programOf(base: ImageDefinition, built: BuiltImage, view: ContainerView): Program {
  const name = (view.command[0] ?? '').split('/').pop() ?? '';
  if (base !== generic && (base.servers === undefined || base.servers.includes(name))) return base.program(view);
  const ports = [...new Set([...view.declaredPorts, ...built.exposedPorts])];
  return generic.program({ ...view, declaredPorts: ports });
}
