// The process of a container: which program runs, or why it cannot be started.
// Called by: kubelet's stages, probes, logs, usage, network. Must not know: a pod's status beyond the container's.
import type { LoopbackClient } from '../client/loopback.ts';
import { generic } from '../images/generic.ts';
import type { ContainerView, ImageDefinition, Program } from '../images/image.ts';
import { findImage } from '../images/index.ts';
import { parseReference } from '../images/reference.ts';
import type { Random } from '../machinery/random.ts';
import type { Pod } from '../resources/pod.ts';
import { containerIdOf } from './containers.ts';
import { commandOf, containerEnvironment } from './env.ts';
import { readContainerFile } from './files.ts';
import type { PodRecord } from './podrecord.ts';
import { scriptProgram } from './script.ts';
import type { ContainerSpec, PodWork } from './work.ts';

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
}

/** Returns the definition of the container's image; the generic server's when the reference is unknown. */
export function imageOf(container: ContainerSpec): ImageDefinition {
  try {
    return findImage(parseReference(container.image ?? '')) ?? generic;
  } catch {
    return generic;
  }
}

/** Returns what the image's program knows of its container. Everything is worked out when it is first asked for. */
export function viewOf(run: ContainerRun): ContainerView {
  const { client, random, pod, container, restartCount, startedAtMs } = run;
  const image = imageOf(container);
  const id = containerIdOf(random, pod.metadata.uid ?? '', container.name, restartCount);
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
      command ??= commandOf(container, image, this.env);
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
    id,
    readFile: (path) => readContainerFile(run, path),
    random: { fraction: (purpose) => random.fraction(`container/${purpose}`, id) },
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

const ENTRYPOINT_SCRIPTS = new Set(['docker-entrypoint.sh', 'entrypoint.sh', 'tini', 'dumb-init', 'sudo', 'gosu']);

/** Entry-point scripts end in `exec "$@"`: what counts is the first word that is neither one of them nor a flag. */
function mainCommand(command: readonly string[], image: ImageDefinition): readonly string[] {
  let at = 0;
  while (at < command.length - 1 && ENTRYPOINT_SCRIPTS.has(baseName(command[at] ?? ''))) {
    at += 1;
    while (command[at] === '--' || (command[at] ?? '').startsWith('-')) at += 1;
  }
  const rest = command.slice(at);
  const isServer =
    at === 0 || rest.length === 0 || image.servers === undefined || image.servers.includes(baseName(rest[0] ?? ''));
  return isServer ? command : rest;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Returns the program of a run: the image's own, or the commands of the manifest, run by the shell of the simulator. */
export function programOf(run: ContainerRun): Program {
  const image = imageOf(run.container);
  const view = viewOf(run);
  if (isImageProgram(view, image)) return image.program(view);
  return scriptProgram(run, view, mainCommand(view.command, image));
}

function isImageProgram(view: ContainerView, image: ImageDefinition): boolean {
  const command = mainCommand(view.command, image);
  const name = baseName(command[0] ?? '');
  if (command.length === 0) return true;
  if (image.servers?.includes(name)) return true;
  if (image !== generic) return image.servers === undefined;
  // What an unknown image brings along is unknown: every word that is no common tool is taken for its server.
  return name === 'server' || !generic.executables.includes(name);
}

const RUNC =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
  'unable to start container process: error during container init: ';

/** Returns the runtime's error when the command cannot be executed, or undefined. */
export function startProblem(work: PodWork, container: ContainerSpec): string | undefined {
  if (!container.command && !container.args) return undefined;
  const { client, random } = work.context;
  const status = work.statusOf(container.name);
  const run: ContainerRun = {
    client,
    random,
    pod: { ...work.pod, status: work.status as Pod['status'] },
    container,
    restartCount: status?.restartCount ?? 0,
    startedAtMs: work.nowMs,
    record: work.record,
    nowMs: work.nowMs,
  };
  const view = viewOf(run);
  const problem = executableProblem(run, mainCommand(view.command, imageOf(container))[0] ?? '');
  return problem === undefined ? undefined : `${RUNC}${problem}`;
}

/** Returns runc's words for a command that is not there: `exec: "bash": executable file not found in $PATH`. */
export function executableProblem(run: ContainerRun, name: string): string | undefined {
  const image = imageOf(run.container);
  if (image === generic && isAbsentFromGeneric(name)) return undefined;
  if (
    image.executables.includes(baseName(name)) &&
    (!name.includes('/') || /^\/(usr\/)?(local\/)?s?bin\/|^\/[^/]+$/.test(name))
  )
    return undefined;
  if (!name.includes('/')) return `exec: ${JSON.stringify(name)}: executable file not found in $PATH`;
  if (readContainerFile(run, name)) return undefined;
  if (image.servers?.includes(baseName(name)) || image === generic) return undefined;
  return `exec: ${JSON.stringify(name)}: stat ${name}: no such file or directory`;
}

function isAbsentFromGeneric(name: string): boolean {
  return !generic.executables.includes(baseName(name));
}
