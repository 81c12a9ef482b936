// `kubectl debug`: a container to look around with, in a pod, in a copy of it, or on a node.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/debug/debug.go.
import { typedMapping } from '../../client/typed.ts';
import type { Container, Node } from 'kubernetes-types/core/v1';
import { Random } from '../../machinery/random.ts';
import { StatusError } from '../../machinery/status.ts';
import { createTwoWayMergePatch } from '../../machinery/strategic.ts';
import type { Unstructured } from '../../machinery/types.ts';
import { yamlToJson } from '../../machinery/yaml.ts';
import type { Pod } from '../../resources/pod.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext, type FlagSpec } from '../command.ts';
import { filenameFlag } from '../commandflags.ts';
import { readTextFile } from '../filevisitors.ts';
import { isImageReference } from '../imagereference.ts';
import { containerFlag } from '../podflags.ts';
import { attachOrLog, waitForPod } from '../podsessions.ts';
import { terminalFlags } from '../podstreams.ts';
import { requireObject } from '../requests.ts';
import { extractItems } from '../visitors.ts';
import { WEEK_MS } from '../watching.ts';
import { debugCopy, nodeDebugPod, withEphemeralContainer, type DebugPod, type DebugRequest } from './debug.pods.ts';
import { profileOf } from './debug.profiles.ts';

const flag = (name: string, type: FlagSpec['type'], usage: string, defaultValue = ''): FlagSpec => ({
  name,
  type,
  default: type === 'bool' && defaultValue === '' ? 'false' : type === 'stringToString' ? '[]' : defaultValue,
  usage,
});
const keepFlag = (name: string, what: string, isKept = false): FlagSpec =>
  flag(`keep-${name}`, 'bool', `With --copy-to: keep the ${what} of the pod.`, String(isKept));

export const debug = defineCommand({
  use: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Look around in pods and on nodes with a container of your own',
  long: `Starts a container to look around with.

In a pod that runs, it is added as an ephemeral container; with --copy-to the pod stays as it is and a changed copy is made.
On a node, it is a pod in the namespaces of the node, with its files under /host.`,
  example: `# Look around in the pod mypod
kubectl debug mypod -it --image=busybox

# With an image and a name of one's own
kubectl debug --image=myproj/debug-tools -c debugger mypod

# In a copy of mypod
kubectl debug mypod -it --image=busybox --copy-to=my-debugger

# In a copy in which mycontainer runs a shell
kubectl debug mypod -it --copy-to=my-debugger --container=mycontainer -- sh

# A copy with other images
kubectl debug mypod --copy-to=my-debugger --set-image=*=busybox

# On a node
kubectl debug node/mynode -it --image=busybox`,
  flags: [
    filenameFlag('of the object to debug'),
    flag('arguments-only', 'bool', 'Take the words after -- for arguments, not for the command.'),
    flag('attach', 'bool', 'Wait until the container runs and attach to it. Default: when -i is given.'),
    { ...containerFlag(), usage: 'Name of the debugging container.' },
    flag('copy-to', 'string', 'Debug in a copy of the pod, with this name.'),
    flag('replace', 'bool', 'With --copy-to: delete the original.'),
    flag('env', 'stringToString', 'Environment variables of the container.'),
    flag('image', 'string', 'Image of the debugging container.'),
    keepFlag('labels', 'labels'),
    keepFlag('annotations', 'annotations'),
    keepFlag('liveness', 'liveness probes'),
    keepFlag('readiness', 'readiness probes'),
    keepFlag('startup', 'startup probes'),
    keepFlag('init-containers', 'init containers', true),
    flag('set-image', 'stringToString', 'With --copy-to: other images, as container=image; * stands for all.'),
    flag('image-pull-policy', 'string', 'When to pull the image. Default: the server chooses.'),
    ...terminalFlags(),
    flag('same-node', 'bool', 'With --copy-to: run the copy on the same node.'),
    flag('share-processes', 'bool', 'With --copy-to: let the containers of the copy see each other.', 'true'),
    flag('target', 'string', 'Container whose processes an ephemeral container sees.'),
    flag(
      'profile',
      'string',
      'What the container may do: "legacy", "general", "baseline", "netadmin", "restricted" or "sysadmin".',
      'legacy',
    ),
    flag('custom', 'string', 'File with part of a container, merged into what the profile makes.'),
  ],
  async run(context) {
    const { flags, factory } = context;
    const { targets, request } = readRequest(context);
    const { namespace, isEnforced } = await factory.namespace();
    const filenames = flags.strings('filename');
    const infos = await factory
      .builder()
      .typed()
      .filenames({ filenames })
      .namespace(namespace, { isEnforced: isEnforced && filenames.length > 0 })
      .resourceNames('pods', targets)
      .infos();
    const attaches = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
    for (const info of infos) {
      const { pod, container } = await start(context, info, request);
      if (!attaches || container === '') continue;
      await attachWhenRunning(context, pod, container);
    }
  },
});

function readRequest(context: CommandContext): { targets: string[]; request: DebugRequest } {
  const { flags, args, argsLenAtDash, factory, streams } = context;
  const hasCommand = argsLenAtDash >= 0 && args.length > argsLenAtDash;
  const targets = hasCommand ? args.slice(0, argsLenAtDash) : args;
  const command = hasCommand ? args.slice(argsLenAtDash) : [];
  const profile = profileOf(flags.string('profile'));
  const custom = readCustom(context);
  validate(context, { targets, command });
  if (custom && ['name', 'command', 'image', 'lifecycle', 'volumeDevices'].some((field) => field in custom))
    throw new Error('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
  if (flags.string('profile') === 'legacy')
    streams.err.write(
      '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
    );
  const chooseName = (taken: readonly string[]): string => {
    const name = unusedName('debugger-', taken, factory.clock.nowMs());
    if (!flags.bool('quiet')) streams.out.write(`Defaulting debug container name to ${name}.\n`);
    return name;
  };
  return { targets, request: { ...readShape(context), command, profile, custom, chooseName } };
}

function readShape({ flags }: CommandContext) {
  return {
    image: flags.string('image'),
    container: flags.string('container'),
    isArgumentsOnly: flags.bool('arguments-only'),
    env: Array.from(flags.map('env'), ([name, value]) => ({ name, value })),
    pullPolicy: flags.string('image-pull-policy'),
    stdin: flags.bool('stdin'),
    tty: flags.bool('tty'),
    target: flags.string('target'),
    copyTo: flags.string('copy-to'),
    sameNode: flags.bool('same-node'),
    setImages: flags.map('set-image'),
    shareProcesses: flags.changed('share-processes') ? flags.bool('share-processes') : undefined,
    kept: {
      labels: flags.bool('keep-labels'),
      annotations: flags.bool('keep-annotations'),
      liveness: flags.bool('keep-liveness'),
      readiness: flags.bool('keep-readiness'),
      startup: flags.bool('keep-startup'),
      initContainers: flags.bool('keep-init-containers'),
    },
  };
}

/** Returns a name with a suffix that looks random and that is not taken. */
function unusedName(prefix: string, taken: readonly string[], nowMs: number): string {
  const random = new Random(String(nowMs));
  for (let i = 0; ; i++) {
    const name = `${prefix}${random.suffix('debug', String(i))}`;
    if (!taken.includes(name)) return name;
  }
}

function readCustom({ flags, factory }: CommandContext): Partial<Container> | undefined {
  const file = flags.string('custom');
  if (file === '') return undefined;
  let text: string;
  try {
    text = readTextFile(factory.cwd, file);
  } catch (error) {
    throw new Error(`must pass a container spec json file for custom profile: ${(error as Error).message}`, {
      cause: error,
    });
  }
  try {
    return yamlToJson(text) as Partial<Container>;
  } catch (error) {
    throw new Error(`${file} does not contain a valid container spec: ${(error as Error).message}`, { cause: error });
  }
}

function validate(
  { flags, streams }: CommandContext,
  { targets, command }: { targets: readonly string[]; command: readonly string[] },
): void {
  const [image, container, copyTo] = ['image', 'container', 'copy-to'].map((name) => flags.string(name));
  const setImages = flags.map('set-image');
  if (flags.changed('attach') && flags.bool('attach') && !image && !container)
    throw new Error('you must specify --container or create a new container using --image in order to attach.');
  if (copyTo) {
    if (!image && setImages.size === 0 && command.length === 0)
      throw new Error('you must specify --image, --set-image or command arguments.');
    if (command.length > 0 && !container && !image)
      throw new Error('you must specify an existing container or a new image when specifying args.');
  } else {
    const isGiven = {
      replace: flags.bool('replace'),
      'same-node': flags.bool('same-node'),
      'set-image': setImages.size > 0,
    };
    for (const [name, is] of Object.entries(isGiven))
      if (is) throw new Error(`--${name} may only be used with --copy-to.`);
    if (!image) throw new Error('you must specify --image when not using --copy-to.');
  }
  if (image && !isImageReference(image))
    throw new Error(`invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (targets.length === 0 && flags.strings('filename').length === 0)
    throw new Error('NAME or filename is required for debug');
  const pullPolicy = flags.string('image-pull-policy');
  if (!['Always', 'IfNotPresent', 'Never', ''].includes(pullPolicy))
    throw new Error(`invalid image pull policy: ${pullPolicy}`);
  for (const [name, text] of setImages)
    if (!isImageReference(text))
      throw new Error(
        `invalid image name ${JSON.stringify(text)} for container ${JSON.stringify(name)}: invalid reference format`,
      );
  const target = flags.string('target');
  if (target && copyTo) throw new Error('--target is incompatible with --copy-to. Use --share-processes instead.');
  if (target && !flags.bool('quiet'))
    streams.out.write(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new Error('-i/--stdin is required for containers with -t/--tty=true');
}

async function start(context: CommandContext, info: Info, request: DebugRequest): Promise<DebugPod> {
  const object = requireObject(info);
  const { group, version, kind } = info.mapping.gvk;
  if (kind === 'Node' && group === '') return await startOnNode(context, object as unknown as Node, request);
  if (kind !== 'Pod' || group !== '')
    throw new Error(`${JSON.stringify(`${group}/${version}, Kind=${kind}`)} not supported by debug`);
  const pod = object as unknown as Pod;
  return request.copyTo === ''
    ? await addContainer(context, info, pod, request)
    : await startCopy(context, info, pod, request);
}

async function startOnNode(context: CommandContext, node: Node, request: DebugRequest): Promise<DebugPod> {
  const { factory, flags, streams } = context;
  const mapping = typedMapping('v1', 'Pod');
  const { namespace } = await factory.namespace();
  const rest = await factory.rest();
  const taken = extractItems(await rest.list(mapping, namespace)).map((pod) => pod.metadata.name ?? '');
  const nodeName = node.metadata?.name ?? '';
  const name = unusedName(`node-debugger-${nodeName}-`, taken, factory.clock.nowMs());
  const { pod, container } = nodeDebugPod(node, name, request);
  if (!flags.bool('quiet'))
    streams.out.write(`Creating debugging pod ${name} with container ${container} on node ${nodeName}.\n`);
  return { pod: (await rest.create(mapping, namespace, pod)) as unknown as Pod, container };
}

async function addContainer(
  context: CommandContext,
  { mapping, namespace, name }: Info,
  before: Pod,
  request: DebugRequest,
): Promise<DebugPod> {
  const { pod, container } = withEphemeralContainer(before, request);
  warnOfUser(context, pod, container);
  const patch = createTwoWayMergePatch(before, pod, 'io.k8s.api.core.v1.Pod');
  const rest = await context.factory.rest();
  try {
    const type = 'application/strategic-merge-patch+json';
    const options = { subresource: 'ephemeralcontainers' };
    const patched = await rest.patch(mapping, { namespace, name }, type, patch, options);
    return { pod: patched as unknown as Pod, container };
  } catch (error) {
    if (!(error instanceof StatusError) || error.status.reason !== 'NotFound' || error.status.details?.name)
      throw error;
    throw new Error(
      `ephemeral containers are disabled for this cluster (error from server: ${JSON.stringify(error.message)})`,
      { cause: error },
    );
  }
}

async function startCopy(
  context: CommandContext,
  { mapping, namespace, name }: Info,
  original: Pod,
  request: DebugRequest,
): Promise<DebugPod> {
  const { pod, container } = debugCopy(original, request);
  warnOfUser(context, pod, container);
  const rest = await context.factory.rest();
  const created = (await rest.create(mapping, namespace, pod as unknown as Unstructured)) as unknown as Pod;
  if (context.flags.bool('replace')) await rest.delete(mapping, { namespace, name }, { gracePeriodSeconds: 0 });
  return { pod: created, container };
}

/** Upstream: displayWarning. */
function warnOfUser({ streams }: CommandContext, { spec }: Pod, name: string): void {
  const container = [...spec.containers, ...(spec.ephemeralContainers ?? [])].find((c) => c.name === name);
  const { runAsUser, privileged, capabilities } = container?.securityContext ?? {};
  if (!spec.securityContext?.runAsUser || runAsUser === 0) return;
  if (!privileged && !capabilities?.add?.length) return;
  streams.err.write(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  );
}

async function attachWhenRunning(context: CommandContext, pod: Pod, container: string): Promise<void> {
  const { factory, flags } = context;
  const { namespace = '', name } = pod.metadata;
  const stateOf = ({ status }: Pod) => {
    const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status;
    const all = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
    return all.find((c) => c.name === container)?.state;
  };
  const ready = await waitForPod(factory, { namespace, name, timeoutMs: WEEK_MS }, (seen) => {
    const state = stateOf(seen);
    if (state?.running || state?.terminated) return true;
    if (!flags.bool('quiet') && state?.waiting?.message)
      factory.warn(`container ${container}: ${state.waiting.message}`);
    return false;
  });
  await attachOrLog(context, ready, { container, isOver: stateOf(ready)?.terminated !== undefined });
}
