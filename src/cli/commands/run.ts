// `kubectl run`: a pod from flags, and a session with it when asked for.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/run/run.go.
import { parseGroupVersion, type Unstructured } from '../../machinery/types.ts';
import type { RESTMapping } from '../../client/types.ts';
import type { Pod } from '../../resources/pod.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext, type FlagSpec } from '../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  recordFlag,
  saveConfigFlag,
  type DryRun,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import type { Printer } from '../printer.ts';
import { deleteFlags, deleteOptionsBody, deletionLine, parseCascade } from '../deletion.ts';
import { ExitError, UsageError } from '../errors.ts';
import { InterruptedError } from '../interrupt.ts';
import { isImageReference } from '../imagereference.ts';
import { createOrUpdateAnnotation } from '../lastapplied.ts';
import { overrideFlags, withOverrides } from '../overrides.ts';
import { podRunningTimeout, podRunningTimeoutFlag } from '../podflags.ts';
import { attachOrLog, waitForPod } from '../podsessions.ts';
import { terminalFlags } from '../podstreams.ts';
import { printFlags } from '../printers.ts';
import { recorded } from '../recording.ts';
import { deleteInfo, requireObject } from '../requests.ts';
import { generateService } from '../servicegenerator.ts';
import { generatePod } from './run.generator.ts';

const flag = (name: string, type: FlagSpec['type'], usage: string, defaultValue = ''): FlagSpec => ({
  name,
  type,
  default: type === 'bool' ? 'false' : type === 'stringArray' ? '[]' : defaultValue,
  usage,
});

export const run = defineCommand({
  use: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: 'Run an image in a pod',
  long: `Creates a pod that runs an image.`,
  example: `# Run nginx in a pod
kubectl run nginx --image=nginx

# Let it expose port 5701
kubectl run hazelcast --image=hazelcast/hazelcast --port=5701

# With variables and labels
kubectl run hazelcast --image=hazelcast/hazelcast --env="DNS_DOMAIN=cluster" --labels="app=hazelcast,env=prod"

# Print what would be sent
kubectl run nginx --image=nginx --dry-run=client

# Run a shell in the foreground and remove the pod at its end
kubectl run -it --rm busybox --image=busybox --restart=Never

# With another command and arguments
kubectl run nginx --image=nginx --command -- <cmd> <arg1> ... <argN>`,
  flags: [
    ...filenameFlags('to use'),
    ...deleteFlags(false),
    ...printFlags(),
    recordFlag(),
    dryRunFlag(),
    flag('annotations', 'stringArray', 'Annotations of the pod.'),
    { ...flag('image', 'string', 'Image to run.'), isRequired: true },
    flag(
      'image-pull-policy',
      'string',
      'When to pull the image: Always, IfNotPresent or Never. Default: the server chooses.',
    ),
    flag('rm', 'bool', 'Delete the pod when the session ends. Only with --attach or -i/--stdin.'),
    flag('env', 'stringArray', 'Environment variables of the container.'),
    flag('port', 'string', 'Port that the container exposes.'),
    { ...flag('labels', 'string', 'Labels of the pod, separated by commas.'), shorthand: 'l' },
    ...terminalFlags(),
    flag('attach', 'bool', 'Wait for the pod and attach to it. With --restart=Never its exit code is returned.'),
    flag('leave-stdin-open', 'bool', 'Leave stdin open after the first session.'),
    flag('restart', 'string', 'Restart policy of the pod: Always, OnFailure or Never.', 'Always'),
    flag('command', 'bool', "Take the words after the name for the container's command instead of its arguments."),
    flag('expose', 'bool', 'Create a ClusterIP service for the pod too. Requires --port.'),
    flag('privileged', 'bool', 'Run the container in privileged mode.'),
    fieldManagerFlag('kubectl-run'),
    ...overrideFlags(),
    saveConfigFlag(),
    podRunningTimeoutFlag('1m0s'),
  ],
  async run(context) {
    const dryRun = dryRunStrategy(context);
    const restartPolicy = validate(context, dryRun);
    const timeoutMs = podRunningTimeout(context.flags);
    const attaches = isAttaching(context);
    const created: Info[] = [];
    const printer = operationPrinter(context, 'created', { dryRun, isTyped: dryRun === 'client' });
    const built = withOverrides(context.flags, generatePod(context, restartPolicy) as Unstructured, 'core.v1.Pod');
    const pod = await create(context, built, dryRun);
    created.push(pod);
    if (context.flags.bool('expose')) created.push(await exposePod(context, dryRun, printer));
    if (!attaches) {
      printer.print(requireObject(pod), context.streams.out);
      return;
    }
    let isBroken = false;
    try {
      await attachAndWait(context, pod, { restartPolicy, timeoutMs });
    } catch (error) {
      isBroken = error instanceof InterruptedError;
      throw error;
    } finally {
      if (context.flags.bool('rm') && !isBroken) await removeAll(context, created);
    }
  },
});

function isAttaching({ flags }: CommandContext): boolean {
  return flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
}

/** Returns the restart policy. @throws UsageError, Error. */
function validate(context: CommandContext, dryRun: DryRun): string {
  const { args, argsLenAtDash, flags, commandPath } = context;
  const usage = (message: string) => new UsageError(message, commandPath);
  if (args.length === 0 || argsLenAtDash === 0) throw usage('NAME is required for run');
  const image = flags.string('image');
  if (image === '') throw new Error('--image is required');
  if (!isImageReference(image))
    throw new Error(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw usage('-i/--stdin is required for containers with -t/--tty=true');
  if (flags.bool('expose') && flags.string('port') === '') throw usage('--port must be set when exposing a service');
  const given = flags.string('restart');
  const restart = given === '' ? (flags.bool('stdin') ? 'OnFailure' : 'Always') : given;
  if (!['Always', 'OnFailure', 'Never'].includes(restart)) throw usage(`invalid restart policy: ${restart}`);
  const attaches = isAttaching(context);
  if (!attaches && flags.bool('rm')) throw usage('--rm should only be used for attached containers');
  if (attaches && dryRun !== 'none')
    throw usage(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  const pullPolicy = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pullPolicy))
    throw usage(`invalid image pull policy: ${pullPolicy}`);
  return restart;
}

async function create(context: CommandContext, object: Unstructured, dryRun: DryRun): Promise<Info> {
  const { flags, factory } = context;
  const { namespace, isEnforced } = await factory.namespace();
  const gvk = { ...parseGroupVersion(object.apiVersion), kind: object.kind };
  let built = recorded(context, object);
  if (dryRun === 'client') {
    const mapping: RESTMapping = { gvk, gvr: { ...gvk, resource: `${gvk.kind.toLowerCase()}s` }, namespaced: true };
    const { name, ...metadata } = built.metadata;
    if (isEnforced) built = { ...built, metadata: { name, namespace, ...metadata } };
    return { mapping, namespace, name, source: '', object: built, subresource: '' };
  }
  const mapping = (await factory.mapper()).mappingFor(gvk);
  built = createOrUpdateAnnotation(flags.bool('save-config'), built);
  const created = await (
    await factory.rest()
  ).create(mapping, namespace, built, {
    dryRun: dryRun === 'server' ? 'All' : undefined,
    fieldManager: flags.string('field-manager') || undefined,
  });
  const { name, namespace: own = namespace } = created.metadata;
  return { mapping, namespace: own, name, source: '', object: created, subresource: '' };
}

async function exposePod(context: CommandContext, dryRun: DryRun, printer: Printer): Promise<Info> {
  const { args, flags, streams } = context;
  const [name = ''] = args;
  const service = generateService({
    name,
    selector: flags.string('labels') || `run=${name}`,
    labels: flags.string('labels'),
    ports: flags.string('port'),
    protocol: '',
    protocols: new Map(),
    targetPort: '',
    externalIP: '',
    type: '',
    loadBalancerIP: '',
    sessionAffinity: '',
    clusterIP: '',
  });
  const info = await create(context, service as Unstructured, dryRun);
  printer.print(requireObject(info), streams.out);
  if (flags.string('output') === 'yaml') streams.out.write('---\n');
  return info;
}

interface SessionOptions {
  restartPolicy: string;
  timeoutMs: number;
}

async function attachAndWait(context: CommandContext, info: Info, options: SessionOptions): Promise<void> {
  const { flags, factory } = context;
  const { namespace, name } = info;
  const wait = { namespace, name, timeoutMs: options.timeoutMs };
  const ready = await waitForPod(factory, wait, isReadyOrDone);
  await attachOrLog(context, ready, { container: '', isOver: isDone(ready) });
  const { restartPolicy } = options;
  if (flags.bool('leave-stdin-open') || restartPolicy === 'Always') return;
  const isOver = restartPolicy === 'OnFailure' ? (pod: Pod) => phaseOf(pod) === 'Succeeded' : (pod: Pod) => isDone(pod);
  const pod = await waitForPod(factory, wait, isOver);
  const phase = phaseOf(pod);
  if (phase === 'Succeeded') return;
  const subject = `pod ${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  if (phase !== 'Failed') throw new Error(`${subject} left in phase ${phase}`);
  const terminated = pod.status.containerStatuses?.[0]?.state?.terminated;
  if (!terminated?.exitCode) throw new Error(`${subject} failed with unknown exit code`);
  const { exitCode, reason = '', message = '' } = terminated;
  throw new ExitError(exitCode, `${subject} terminated (${reason})\n${message}`);
}

const phaseOf = (pod: Pod): string => pod.status.phase ?? '';
const isDone = (pod: Pod): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';

function isReadyOrDone(pod: Pod): boolean {
  if (isDone(pod)) return true;
  const ready = pod.status.conditions?.find((c) => c.type === 'Ready');
  return phaseOf(pod) === 'Running' && ready?.status === 'True';
}

async function removeAll(context: CommandContext, infos: readonly Info[]): Promise<void> {
  const { flags, factory, streams } = context;
  const rest = await factory.rest();
  const cascade = parseCascade(flags.string('cascade'), streams);
  for (const info of infos) {
    try {
      await deleteInfo(rest, info, deleteOptionsBody(cascade, -1));
    } catch {
      // Gone already, or not ours to delete: the session is over all the same.
      continue;
    }
    if (!flags.bool('quiet'))
      streams.out.write(deletionLine(info, { gracePeriodSeconds: -1, dryRun: 'none', output: '' }));
  }
}
