// The minikube command: a cluster of one node that takes workloads, beside the cluster of the sandkube command.
// Called by: main.programs.ts. Must not know: how the cluster is kept. Upstream: kubernetes/minikube cmd/minikube/cmd.
import { defineCommand, type CommandContext, type CommandSpec, type FlagSpec } from '../command.ts';
import { ExitError, UsageError } from '../errors.ts';
import { signalExitCode } from '../interrupt.ts';
import type { Machine } from './machine.ts';

/** Exit codes. Upstream: minikube pkg/minikube/reason/exitcode.go, cmd/status.go. */
const GUEST_NOT_FOUND = 85;
const STOPPED_STATUS = 7;
const MISCONFIGURED_STATUS = 4;
const NOT_RUNNING = 89;

const STALE_WARNING =
  '\nWARNING: Your kubectl is pointing to stale minikube-vm.\nTo fix the kubectl context, run `minikube update-context`\n';

const START_FLAGS: readonly FlagSpec[] = [
  {
    name: 'kubernetes-version',
    type: 'string',
    default: '',
    usage: 'The Kubernetes version that the cluster will use.',
  },
  { name: 'driver', type: 'string', default: '', usage: 'Accepted and ignored: the node is simulated.' },
  { name: 'cpus', type: 'string', default: '2', usage: 'Accepted and ignored: the node has the size of its starter.' },
  { name: 'memory', type: 'string', default: '', usage: 'Accepted and ignored: the node has the size of its starter.' },
];

/** Returns the commands of minikube, in the order of its help. */
export function minikubeCommands(machine: Machine): readonly CommandSpec[] {
  return [
    startCommand(machine),
    statusCommand(machine),
    stopCommand(machine),
    deleteCommand(machine),
    dashboardCommand(machine),
    dockerEnvCommand(machine),
    defineCommand({
      use: 'ip',
      group: 'Networking and Connectivity Commands:',
      short: "Retrieves the node's address",
      run: async ({ streams }) => {
        await requireRunning(machine);
        streams.out.write(`${machine.ip}\n`);
      },
    }),
    defineCommand({
      use: 'update-context',
      group: 'Configuration and Management Commands:',
      short: 'Update kubeconfig in case of an IP or port change',
      run: async ({ streams }) => {
        await requireRunning(machine);
        const hadIt = machine.isInKubeconfig();
        machine.writeKubeconfig();
        streams.out.write(
          hadIt
            ? '🙄  No changes required for the "minikube" context\n'
            : `🎉  "minikube" context has been updated to point to ${machine.ip}:8443\n`,
        );
        streams.out.write('💗  Current context is "minikube"\n');
      },
    }),
    defineCommand({
      use: 'version',
      group: 'Other Commands:',
      short: 'Print the version',
      run: async ({ streams }) => {
        streams.out.write(`minikube version: simulated by Sandkube, Kubernetes ${machine.kubernetesVersion}\n`);
      },
    }),
  ];
}

function startCommand(machine: Machine): CommandSpec {
  return defineCommand({
    use: 'start',
    group: 'Basic Commands:',
    short: 'Starts a local Kubernetes cluster',
    flags: START_FLAGS,
    run: async (context) => {
      noArguments(context);
      const { flags, streams } = context;
      const wanted = flags.string('kubernetes-version');
      if (wanted !== '' && wanted !== machine.kubernetesVersion && `v${wanted}` !== machine.kubernetesVersion) {
        const only = `only ${machine.kubernetesVersion} is simulated`;
        throw new ExitError(80, `❌  Exiting due to K8S_UNSUPPORTED_VERSION: Kubernetes ${wanted}: ${only}`);
      }
      const before = await machine.state();
      streams.out.write('😄  minikube, simulated by Sandkube\n');
      streams.out.write('✨  Using the sandkube driver: no virtual machine, no container\n');
      streams.out.write('👍  Starting "minikube" primary control-plane node in "minikube" cluster\n');
      if (before === 'stopped') streams.out.write('🔄  Restarting existing sandkube node for "minikube" ...\n');
      if (before === 'running') streams.out.write('🏃  Updating the running sandkube "minikube" node ...\n');
      await machine.start({ kubernetesVersion: machine.kubernetesVersion, nodes: 1 });
      streams.out.write(`🐳  Preparing Kubernetes ${machine.kubernetesVersion} on containerd ...\n`);
      streams.out.write('🔎  Verifying Kubernetes components...\n');
      streams.out.write(
        '🏄  Done! kubectl is now configured to use "minikube" cluster and "default" namespace by default\n',
      );
    },
  });
}

function statusCommand(machine: Machine): CommandSpec {
  return defineCommand({
    use: 'status',
    group: 'Basic Commands:',
    short: 'Gets the status of a local Kubernetes cluster',
    run: async (context) => {
      noArguments(context);
      const state = await machine.state();
      if (state === 'absent') throw notFound();
      const word = state === 'running' ? 'Running' : 'Stopped';
      const isMissing = state === 'running' && !machine.isInKubeconfig();
      const kubeconfig = isMissing ? 'Misconfigured' : state === 'running' ? 'Configured' : 'Stopped';
      const isDockerInUse = state === 'running' && (context.factory.env['MINIKUBE_ACTIVE_DOCKERD'] ?? '') !== '';
      context.streams.out.write(
        `minikube\ntype: Control Plane\nhost: ${word}\nkubelet: ${word}\napiserver: ${word}\nkubeconfig: ${kubeconfig}\n` +
          `${isDockerInUse ? 'docker-env: in-use\n' : ''}\n${isMissing ? STALE_WARNING : ''}`,
      );
      if (state === 'stopped') throw new ExitError(STOPPED_STATUS);
      if (isMissing) throw new ExitError(MISCONFIGURED_STATUS);
    },
  });
}

function stopCommand(machine: Machine): CommandSpec {
  return defineCommand({
    use: 'stop',
    group: 'Basic Commands:',
    short: 'Stops a running local Kubernetes cluster',
    flags: [
      {
        name: 'keep-context-active',
        type: 'bool',
        default: 'false',
        usage: 'Keep the kube-context active after the cluster is stopped.',
      },
    ],
    run: async (context) => {
      noArguments(context);
      const state = await machine.state();
      if (state === 'absent') throw notFound();
      context.streams.out.write('✋  Stopping node "minikube"  ...\n');
      if (state === 'running') await machine.stop(context.flags.bool('keep-context-active'));
      context.streams.out.write(state === 'running' ? '🛑  1 node stopped.\n' : '🛑  0 nodes stopped.\n');
    },
  });
}

function deleteCommand(machine: Machine): CommandSpec {
  return defineCommand({
    use: 'delete',
    group: 'Basic Commands:',
    short: 'Deletes a local Kubernetes cluster',
    run: async (context) => {
      noArguments(context);
      const { out } = context.streams;
      if ((await machine.state()) === 'absent') {
        out.write('🙄  "minikube" profile does not exist, trying anyways.\n');
        return;
      }
      out.write('🔥  Deleting "minikube" in sandkube ...\n');
      await machine.remove();
      out.write('💀  Removed all traces of the "minikube" cluster.\n');
    },
  });
}

function dashboardCommand(machine: Machine): CommandSpec {
  return defineCommand({
    use: 'dashboard',
    group: 'Basic Commands:',
    short: 'Access the Kubernetes dashboard running within the minikube cluster',
    flags: [
      { name: 'url', type: 'bool', default: 'false', usage: 'Display dashboard URL instead of opening a browser' },
    ],
    run: async (context) => {
      noArguments(context);
      await requireRunning(machine);
      const { streams, flags, factory } = context;
      streams.err.write('🤔  Verifying dashboard health ...\n🚀  Launching proxy ...\n');
      const { url, closed } = await machine.serveDashboard();
      if (!flags.bool('url')) streams.err.write('🎉  Open this address in your browser:\n');
      streams.out.write(`${url}\n`);
      await factory.yieldState();
      throw new ExitError(signalExitCode(await closed));
    },
  });
}

function dockerEnvCommand(machine: Machine): CommandSpec {
  return defineCommand({
    use: 'docker-env',
    group: 'Images Commands:',
    short: "Provides instructions to point your terminal's docker-cli to minikube",
    run: async (context) => {
      noArguments(context);
      await requireRunning(machine);
      const quoted = (text: string): string => `"${text.replace(/["\\$`]/g, '\\$&')}"`;
      context.streams.out.write(
        [
          `export DOCKER_HOST=${quoted(`tcp://${machine.ip}:2376`)}`,
          `export MINIKUBE_ACTIVE_DOCKERD="minikube"`,
          `export PATH=${quoted(machine.dockerFolder)}:"$PATH"`,
          '',
          "# To point your shell to minikube's docker-daemon, run:",
          '# eval $(minikube -p minikube docker-env)',
          '',
        ].join('\n'),
      );
    },
  });
}

function notFound(): ExitError {
  const text = '🤷  Profile "minikube" not found. Run "minikube profile list" to view all profiles.';
  return new ExitError(GUEST_NOT_FOUND, `${text}\n👉  To start a cluster, run: "minikube start"`);
}

async function requireRunning(machine: Machine): Promise<void> {
  const state = await machine.state();
  if (state === 'absent') throw notFound();
  if (state === 'stopped') {
    const text = '🤷  The control-plane node minikube host is not running: state=Stopped';
    throw new ExitError(NOT_RUNNING, `${text}\n👉  To start a cluster, run: "minikube start"`);
  }
}

function noArguments({ args, commandPath }: CommandContext): void {
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`, commandPath);
}
