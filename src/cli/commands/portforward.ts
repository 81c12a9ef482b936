// kubectl port-forward: local ports that lead to ports of a pod.
// Called by: cli/commands/index.ts. Must not know: what answers there.
// Upstream: kubectl pkg/cmd/portforward/portforward.go.
import type { Unstructured } from '../../machinery/types.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { UsageError } from '../errors.ts';
import { podRunningTimeout, podRunningTimeoutFlag } from '../podflags.ts';
import { attachablePod } from '../podselection.ts';
import { CLIENT_SCHEME } from '../registeredkinds.ts';
import { forwardPorts } from '../portforwarder.ts';
import { podPorts, servicePorts } from './portforward.ports.ts';

export const portForward = defineCommand({
  use: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  group: 'Troubleshooting and Debugging Commands:',
  short: 'Forward one or more local ports to a pod',
  long: `Listen on local ports and pass connections on to ports of a pod. TYPE/NAME may name a deployment, a
service and the like: one of its pods is chosen. When that pod ends, so does the forwarding.`,
  example: `  # Ports 5000 and 6000 of a pod, under the same numbers
  kubectl port-forward pod/mypod 5000 6000

  # Local port 8888 to port 5000 of a pod
  kubectl port-forward pod/mypod 8888:5000

  # A pod of a deployment, and the target of a named port of a service
  kubectl port-forward deployment/mydeployment 5000
  kubectl port-forward service/myservice 8443:https

  # On all addresses of this machine
  kubectl port-forward --address 0.0.0.0 pod/mypod 8888:5000

  # A free local port
  kubectl port-forward pod/mypod :5000`,
  flags: [
    {
      name: 'address',
      type: 'stringSlice',
      default: '[localhost]',
      usage: 'IP addresses to listen on, or localhost for 127.0.0.1 and ::1, separated by commas.',
    },
    podRunningTimeoutFlag('1m0s'),
  ],
  run: runPortForward,
});

async function runPortForward(context: CommandContext): Promise<void> {
  const { args, flags, factory, commandPath } = context;
  const [word = '', ...ports] = args;
  if (args.length < 2) throw new UsageError('TYPE/NAME and list of ports are required for port-forward', commandPath);
  let timeoutMs: number;
  try {
    timeoutMs = podRunningTimeout(flags);
  } catch (error) {
    throw new UsageError((error as Error).message, commandPath);
  }
  const object = await readTarget(context, word);
  const rest = await factory.rest();
  const mapper = await factory.mapper();
  const pod = await attachablePod({ rest, mapper, clock: factory.clock, timeoutMs }, object);
  const isService = object.kind === 'Service' && object.apiVersion === 'v1';
  const translated = isService ? servicePorts(ports, object as never, pod) : podPorts(ports, pod);
  const { phase } = pod.status;
  if (phase !== 'Running')
    throw new Error(`unable to forward port because pod is not running. Current status=${phase}`);
  await forwardPorts(context, {
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    ports: translated,
    addresses: flags.strings('address'),
  });
}

async function readTarget({ factory }: CommandContext, word: string): Promise<Unstructured> {
  const { namespace } = await factory.namespace();
  const builder = factory.builder().typed(CLIENT_SCHEME).continueOnError().namespace(namespace, { isEnforced: false });
  const [info] = await builder.resourceNames('pods', [word]).infos();
  if (!info?.object) throw new Error('pod name or resource type/name must be specified');
  return info.object;
}
