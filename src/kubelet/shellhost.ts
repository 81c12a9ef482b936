// What a shell in a container finds around it.
// Called by: script.ts, exec. Must not know: what runs in the shell.
import { generic } from '../images/generic.ts';
import type { ContainerView } from '../images/image.ts';
import { hostnameOf } from './env.ts';
import { nameserverOf } from './files.ts';
import type { ShellHost } from './sh/host.ts';
import { imageOf, isOpenEnded, type ContainerRun } from './view.ts';
import type { FileSystem } from './vfs.ts';

export interface ShellHostOptions {
  fs: FileSystem;
  now(): number;
}

/** Returns the host of shells in a run of a container. */
export function shellHost(run: ContainerRun, view: ContainerView, { fs, now }: ShellHostOptions): ShellHost {
  const image = imageOf(run);
  const { network, pod, container } = run;
  const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0;
  const gid = container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? 0;
  const user = { uid, gid, name: uid === 0 ? 'root' : uid === 65534 ? 'nobody' : String(uid) };
  return {
    nowMs: now,
    fs,
    hostname: hostnameOf(pod),
    os: image.os,
    hasExecutable: (name) => image.executables.includes(name),
    isServer: (name) =>
      isOpenEnded(image)
        ? name === 'server' || !generic.executables.includes(name)
        : (image.servers?.includes(name) ?? false),
    user,
    podIp: view.podIp,
    nameserver: nameserverOf(run.client),
    processes: () => [{ pid: 1, user: user.name, command: view.command.join(' '), startedAtMs: view.startedAtMs }],
    http: (call) => network?.http(call, now()) ?? { failure: 'dns', address: '', latencyMs: 0 },
    connect: (address, port) => network?.connect(address, port, now()) ?? 'unreachable',
    resolve: (name) => network?.resolve(name, now()),
    fraction: view.random.fraction,
    ...(image.answer ? { answer: (command) => image.answer?.(command, view) } : {}),
  };
}
