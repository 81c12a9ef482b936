// The process of a container: which program runs, or why it cannot be started; and its files.
// Called by: kubelet's stages, probes, logs, usage, network. Must not know: a pod's status beyond the container's.
import { generic } from '../images/generic.ts';
import type { ContainerView, Program } from '../images/image.ts';
import { serverProgram } from '../images/programs.ts';
import type { Pod } from '../resources/pod.ts';
import { readHostFiles } from './hostfiles.ts';
import { scriptProgram } from './scriptprogram.ts';
import { simulationOf } from './simulation.ts';
import { baseName, imageOf, isOpenEnded, isScript, mainCommand, viewOf, type ContainerRun } from './view.ts';
import { generatedFiles } from './volumes.ts';
import type { ContainerSpec, PodWork } from './work.ts';

export type { ContainerRun } from './view.ts';

/**
 * Returns the program of a run: the image's own, or the commands of the manifest, run by the shell of the simulator.
 */
export function programOf(run: ContainerRun): Program {
  const image = imageOf(run);
  const view = viewOf(run, (path) => readContainerFile(run, path));
  if (isShellOnInput(run)) return waitingShell(view);
  return isScript(run) ? scriptProgram(run, view) : image.program(view);
}

/** A shell that reads its commands from an input that is kept open: it runs until somebody attaches and leaves it. */
function waitingShell(view: ContainerView): Program {
  return serverProgram({ container: view, ports: [], cpuMilli: 0, memoryBytes: 1024 * 1024, stop: null });
}

/** Whether the container's process is a shell that waits for someone to type. */
export function isShellOnInput(run: ContainerRun): boolean {
  if (!run.container.stdin) return false;
  const image = imageOf(run);
  const command = mainCommand(viewOf(run, () => undefined).command, image);
  const isShell = /^(?:ba|a|da|z)?sh$/.test(baseName(command[0] ?? ''));
  return isShell && command.slice(1).every((word) => /^-[il]+$|^--login$/.test(word));
}

/** Returns a file's bytes as the container sees them at the run's instant, or undefined. */
export function readContainerFile(run: ContainerRun, path: string): Uint8Array | undefined {
  const quick = quickRead(run, path);
  if (quick !== NOT_QUICK) return quick;
  try {
    return simulationOf(run).files(run.container.name)?.fs.read(path);
  } catch {
    return undefined;
  }
}

const NOT_QUICK = Symbol('not quick');

/** Most containers change no file: then the image and the volumes made from objects say all, without a simulation. */
function quickRead(run: ContainerRun, path: string): Uint8Array | undefined | typeof NOT_QUICK {
  const { pod, record, container, client } = run;
  const isTouched = record?.volumes ?? Object.values(record?.containers ?? {}).some(({ run: r }) => r?.files);
  const hasScripts = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some((c) => c.command ?? c.args);
  if (isTouched || hasScripts || path.startsWith('/etc/host') || path === '/etc/resolv.conf') return NOT_QUICK;
  for (const mount of container.volumeMounts ?? []) {
    if (!(path === mount.mountPath || path.startsWith(`${mount.mountPath}/`))) continue;
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name);
    if (!volume || mount.subPathExpr) return NOT_QUICK;
    if (volume.hostPath ?? volume.persistentVolumeClaim ?? volume.ephemeral)
      return readHostFiles(client.internal, pod.spec.nodeName ?? '').length > 0 ? NOT_QUICK : undefined;
    if (volume.emptyDir) return undefined;
    const rest = path.slice(mount.mountPath.length + 1);
    const inVolume = [mount.subPath ?? '', rest].filter(Boolean).join('/');
    try {
      return generatedFiles(client, pod, volume)?.get(inVolume)?.bytes;
    } catch {
      return undefined;
    }
  }
  const text = imageOf(run).files?.[path];
  return text === undefined ? undefined : Buffer.from(text);
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
  const view = viewOf(run, (path) => readContainerFile(run, path));
  const problem = executableProblem(run, mainCommand(view.command, imageOf(run))[0] ?? '');
  return problem === undefined ? undefined : `${RUNC}${problem}`;
}

/** Returns runc's words for a command that is not there: `exec: "bash": executable file not found in $PATH`. */
export function executableProblem(run: ContainerRun, name: string): string | undefined {
  const image = imageOf(run);
  const base = baseName(name);
  if (isOpenEnded(image) && !generic.executables.includes(base)) return undefined;
  const isInPath = !name.includes('/') || /^\/(usr\/)?(local\/)?s?bin\/|^\/[^/]+$/.test(name);
  if (image.executables.includes(base) && isInPath) return undefined;
  if (!name.includes('/')) return `exec: ${JSON.stringify(name)}: executable file not found in $PATH`;
  const node = simulationOf(run).files(run.container.name)?.fs.stat(name);
  if (!node) return `exec: ${JSON.stringify(name)}: stat ${name}: no such file or directory`;
  const isRunnable = node.kind === 'file' && (node.mode & 0o111) !== 0;
  return isRunnable ? undefined : `exec: ${JSON.stringify(name)}: permission denied`;
}
