// One run of one container: what it is told, and what the image's program gets to know of it.
// Called by: process.ts, simulation.ts, script.ts. Must not know: how programs run, files beyond a reader it is
// handed.
import type { LoopbackClient } from '../client/loopback.ts';
import { generic } from '../images/generic.ts';
import type { ContainerView, ImageDefinition } from '../images/image.ts';
import { findImage } from '../images/index.ts';
import { parseReference } from '../images/reference.ts';
import type { Random } from '../machinery/random.ts';
import type { Pod } from '../resources/pod.ts';
import { builtImage } from './builtimages.ts';
import { containerIdOf } from './containers.ts';
import { commandOf, containerEnvironment } from './env.ts';
import type { PodRecord, RunKey } from './podrecord.ts';
import type { ScriptNetwork } from './sh/host.ts';
import type { ContainerSpec } from './work.ts';

/** One run of one container, at an instant. */
export interface ContainerRun {
  client: LoopbackClient;
  random: Random;
  /** With its status as it is now. */
  pod: Pod;
  container: ContainerSpec;
  restartCount: number;
  startedAtMs: number;
  record: PodRecord | undefined;
  nowMs: number;
  /** What the container's commands reach; absent where none is wired. */
  network?: ScriptNetwork;
}

/** Returns what names the run in records. */
export function keyOfRun({ pod, container, restartCount }: ContainerRun): RunKey {
  const { namespace, name, uid = '' } = pod.metadata;
  return { namespace, pod: name, uid, container: container.name, restartCount };
}

/** Returns the definition of the container's image; the generic server's when the reference is unknown. */
export function imageOf({ client, container }: Pick<ContainerRun, 'client' | 'container'>): ImageDefinition {
  try {
    const reference = parseReference(container.image ?? '');
    return builtImage(client, reference) ?? findImage(reference) ?? generic;
  } catch {
    return generic;
  }
}

/** Returns what the image's program knows of its container. Everything is worked out when it is first asked for. */
export function viewOf(run: ContainerRun, readFile: ContainerView['readFile']): ContainerView {
  const { client, random, pod, container, restartCount, startedAtMs } = run;
  const image = imageOf(run);
  let known: string | undefined;
  const id = (): string => (known ??= containerIdOf(random, pod.metadata.uid ?? '', container.name, restartCount));
  let env: Record<string, string> | undefined;
  let command: string[] | undefined;
  return {
    podName: pod.metadata.name,
    namespace: pod.metadata.namespace ?? '',
    podIp: pod.status.podIP ?? '',
    nodeName: pod.spec.nodeName ?? '',
    containerName: container.name,
    image: container.image ?? '',
    get command() {
      command ??= commandOf(container, image, (name) => this.env[name]);
      return command;
    },
    declaredPorts: (container.ports ?? []).filter((p) => (p.protocol ?? 'TCP') === 'TCP').map((p) => p.containerPort),
    get env() {
      env ??= environmentOrNone({ client, pod, container, image });
      return env;
    },
    workingDir: container.workingDir ?? image.workingDir ?? '/',
    startedAtMs,
    restartCount,
    get id() {
      return id();
    },
    readFile,
    random: { fraction: (purpose) => random.fraction(`container/${purpose}`, id()) },
  };
}

/** A source that was deleted after the start takes nothing from a container that runs. */
function environmentOrNone(options: Parameters<typeof containerEnvironment>[0]): Record<string, string> {
  try {
    return containerEnvironment(options);
  } catch {
    return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const ENTRYPOINT_SCRIPTS = new Set(['docker-entrypoint.sh', 'entrypoint.sh', 'tini', 'dumb-init', 'sudo', 'gosu']);

/**
 * Returns the command that becomes the process: entry-point scripts end in `exec "$@"`, so what counts is the first
 * word that is neither one of them nor a flag.
 */
export function mainCommand(command: readonly string[], image: ImageDefinition): readonly string[] {
  let at = 0;
  // An unknown image's entry point is made up: arguments that begin with a common tool are a command.
  if (
    image === generic &&
    command[0] === generic.entrypoint[0] &&
    image.executables.includes(baseName(command[1] ?? ''))
  )
    return command.slice(1);
  while (at < command.length - 1 && ENTRYPOINT_SCRIPTS.has(baseName(command[at] ?? ''))) {
    at += 1;
    while (command[at] === '--' || (command[at] ?? '').startsWith('-')) at += 1;
  }
  const rest = command.slice(at);
  const name = baseName(rest[0] ?? '');
  const isServer = at === 0 || rest.length === 0 || image.servers === undefined || image.servers.includes(name);
  return isServer ? command : rest;
}

/** What an unknown or a self-built image brings along is unknown. */
export function isOpenEnded(image: ImageDefinition): boolean {
  return image.repositories.length === 0;
}

/** Whether the image's own program is what runs, and not a command of the manifest. */
export function isImageProgram(command: readonly string[], image: ImageDefinition): boolean {
  const main = mainCommand(command, image);
  const name = baseName(main[0] ?? '');
  if (main.length === 0 || image.servers?.includes(name)) return true;
  // A base system has no program of its own but the shell that its image names.
  if (image.servers?.length === 0)
    return main.length === image.cmd.length && main.every((word, i) => word === image.cmd[i]);
  if (!isOpenEnded(image)) return image.servers === undefined;
  // Every word that is no common tool is taken for its server.
  return name === 'server' || !generic.executables.includes(name);
}

/** Whether a run is that of commands, which the shell of the simulator runs. */
export function isScript(run: ContainerRun): boolean {
  const image = imageOf(run);
  const isPlain = !run.container.command && !run.container.args && !isOpenEnded(image);
  return !isPlain && !isImageProgram(viewOf(run, () => undefined).command, image);
}
