// The containers of a pod or a pod template, as describe shows them.
// Called by: pod.describe.ts, podtemplate.describe.ts. Must not know: volumes, the pod around them.
// pod.describe.env.ts has the environment, pod.describe.probes.ts the probes.
import type { ContainerPort, ContainerState, ContainerStatus, SeccompProfile } from 'kubernetes-types/core/v1';
import { goSort } from '../machinery/gosort.ts';
import { quote } from '../machinery/strconv.ts';
import { boolText, timeText } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import type { PrefixWriter } from './describe.writer.ts';
import { type FieldResolver, writeEnvironment } from './pod.describe.env.ts';
import { writeProbes } from './pod.describe.probes.ts';
import type { Container, ResourceRequirements } from './podspec.types.ts';

interface ContainersOptions {
  title: string;
  /** Blanks before the title and, with any, one more before names: how templates are set off. */
  space: string;
  /** The live state; templates have none. */
  live?: { statuses: readonly ContainerStatus[]; context: DescribeContext };
  resolveField?: FieldResolver;
}

/** Upstream: describeContainers. */
export function writeContainers(
  w: PrefixWriter,
  containers: readonly Container[],
  { title, space, live, resolveField }: ContainersOptions,
): void {
  w.write(0, `${space}${title}:${containers.length === 0 ? ' <none>' : ''}\n`);
  for (const container of containers) {
    const status = live?.statuses.findLast(({ name }) => name === container.name);
    w.write(1, `${space === '' ? '' : ' '}${container.name}:\n`);
    writeImageAndPorts(w, container, status);
    writeLines(w, 'Command', container.command);
    writeLines(w, 'Args', container.args);
    if (status && live) writeState(w, status, live.context);
    writeResources(w, 2, container.resources);
    writeProbes(w, container);
    writeEnvironment(w, container, resolveField);
    writeMounts(w, container);
  }
}

function writeImageAndPorts(w: PrefixWriter, container: Container, status: ContainerStatus | undefined): void {
  const { image, ports = [], securityContext } = container;
  if (status) w.field(2, 'Container ID', status.containerID);
  w.field(2, 'Image', image);
  if (status) w.field(2, 'Image ID', status.imageID);
  writePorts(w, 'Port', ports, ({ containerPort }) => containerPort);
  writePorts(w, 'Host Port', ports, ({ hostPort = 0 }) => hostPort);
  writeSeccompProfile(w, securityContext?.seccompProfile, { level: 2, pathLevel: 3 });
}

/** Several ports get a title in the plural. */
function writePorts(
  w: PrefixWriter,
  title: string,
  ports: readonly ContainerPort[],
  number: (port: ContainerPort) => number,
): void {
  const texts = ports.map((port) => {
    const text = `${number(port)}/${port.protocol ?? ''}`;
    return port.name ? `${text} (${port.name})` : text;
  });
  w.field(2, texts.length > 1 ? `${title}s` : title, texts.join(', ') || '<none>');
}

/** Upstream: describePod and describeContainerBasicInfo, where the profile's path stands one level deeper. */
export function writeSeccompProfile(
  w: PrefixWriter,
  profile: SeccompProfile | undefined,
  { level, pathLevel }: { level: number; pathLevel: number },
): void {
  if (!profile) return;
  w.field(level, 'SeccompProfile', profile.type);
  if (profile.type === 'Localhost') w.field(pathLevel, 'LocalhostProfile', profile.localhostProfile);
}

function writeLines(w: PrefixWriter, title: string, words: readonly string[] = []): void {
  if (words.length === 0) return;
  w.write(2, `${title}:\n`);
  for (const word of words) for (const line of word.split('\n')) w.write(3, `${line}\n`);
}

function writeState(w: PrefixWriter, status: ContainerStatus, context: DescribeContext): void {
  writeOneState(w, 'State', status.state ?? {}, context);
  if (status.lastState?.terminated) writeOneState(w, 'Last State', status.lastState, context);
  w.field(2, 'Ready', boolText(status.ready));
  w.field(2, 'Restart Count', status.restartCount ?? 0);
}

function writeOneState(w: PrefixWriter, title: string, state: ContainerState, context: DescribeContext): void {
  const { running, waiting, terminated } = state;
  if (running) {
    w.field(2, title, 'Running');
    w.field(3, 'Started', timeText(running.startedAt, context));
  } else if (waiting || !terminated) {
    w.field(2, title, 'Waiting');
    if (waiting?.reason) w.field(3, 'Reason', waiting.reason);
  } else {
    w.field(2, title, 'Terminated');
    if (terminated.reason) w.field(3, 'Reason', terminated.reason);
    if (terminated.message) w.field(3, 'Message', terminated.message);
    w.field(3, 'Exit Code', terminated.exitCode ?? 0);
    if ((terminated.signal ?? 0) > 0) w.field(3, 'Signal', terminated.signal);
    w.field(3, 'Started', timeText(terminated.startedAt, context));
    w.field(3, 'Finished', timeText(terminated.finishedAt, context));
  }
}

/** Writes limits and requests, sorted, those there are. */
export function writeResources(w: PrefixWriter, level: number, resources: ResourceRequirements | undefined): void {
  writeResourceList(w, level, 'Limits', resources?.limits);
  writeResourceList(w, level, 'Requests', resources?.requests);
}

function writeResourceList(
  w: PrefixWriter,
  level: number,
  title: string,
  list: Readonly<Record<string, string>> = {},
): void {
  const names = Object.keys(list).sort();
  if (names.length > 0) w.write(level, `${title}:\n`);
  for (const name of names) w.field(level + 1, name, list[name]);
}

function writeMounts(w: PrefixWriter, { volumeMounts = [], volumeDevices = [] }: Container): void {
  const none = volumeMounts.length === 0 ? '\t<none>' : '';
  w.write(2, `Mounts:${none}\n`);
  const mounts = [...volumeMounts];
  goSort(mounts, (a, b) => a.mountPath < b.mountPath);
  for (const { mountPath, name, readOnly, subPath } of mounts) {
    const flags = (readOnly ? 'ro' : 'rw') + (subPath ? `,path=${quote(subPath)}` : '');
    w.write(3, `${mountPath} from ${name} (${flags})\n`);
  }
  if (volumeDevices.length === 0) return;
  // Upstream says <none> here when it is the mounts that are missing.
  w.write(2, `Devices:${none}\n`);
  const devices = [...volumeDevices];
  goSort(devices, (a, b) => a.devicePath < b.devicePath);
  for (const { devicePath, name } of devices) w.write(3, `${devicePath} from ${name}\n`);
}
