// The sandkube command: starts and stops a cluster, moves its time, breaks its nodes, runs scenarios.
// Called by: main.ts through cli/root.ts. Must not know: how the simulator does it.
import { parseGoDuration } from '../../machinery/duration.ts';
import { defineCommand, type CommandContext, type CommandSpec, type FlagSpec, type Flags } from '../command.ts';
import { ExitError, UsageError } from '../errors.ts';
import { formatReport, formatSimulated } from './report.ts';
import type { Simulator, StartOptions } from './simulator.ts';

const START_FLAGS: readonly FlagSpec[] = [
  { name: 'starter', type: 'string', default: 'default', usage: 'Name of the starter cluster to begin with.' },
  { name: 'from', type: 'string', default: '', usage: 'File of Kubernetes objects, Nodes among them, to begin with.' },
  {
    name: 'clock',
    type: 'string',
    default: 'real',
    usage: 'real: time follows the wall clock; manual: it moves on command.',
  },
  { name: 'seed', type: 'string', default: '1', usage: 'What generated names, uids and addresses derive from.' },
  {
    name: 'legacy-apis',
    type: 'bool',
    default: 'true',
    usage: 'Serve the removed extensions/v1beta1 kinds beside the current ones.',
  },
];

/** Returns the commands of sandkube, in the order of its help. */
export function sandkubeCommands(simulator: Simulator): readonly CommandSpec[] {
  return [
    startCommand(simulator),
    defineCommand({
      use: 'status',
      group: 'Cluster Commands:',
      short: 'Show the cluster, its clock and where its state lies',
      run: async (context) => {
        noArguments(context);
        const report = await simulator.status();
        context.streams.out.write(await formatReport(report));
        if (report.state === 'absent') throw new ExitError(1);
      },
    }),
    defineCommand({
      use: 'stop',
      group: 'Cluster Commands:',
      short: 'Let simulated time stand still; the state stays',
      run: async (context) => {
        noArguments(context);
        await simulator.stop();
        context.streams.out.write('Cluster stopped. Its time goes on with "sandkube start".\n');
      },
    }),
    defineCommand({
      use: 'reset',
      group: 'Cluster Commands:',
      short: 'Delete the cluster and its state',
      run: async (context) => {
        noArguments(context);
        const existed = await simulator.reset();
        context.streams.out.write(existed ? 'Cluster deleted.\n' : 'There is no cluster to delete.\n');
      },
    }),
    ...timeCommands(simulator),
    nodeCommand(simulator),
    scenarioCommand(simulator),
    defineCommand({
      use: 'demo',
      group: 'Scenario Commands:',
      short: 'Show the first lesson on this cluster',
      run: async (context) => {
        noArguments(context);
        const folder = await simulator.showFirstLesson();
        context.streams.out.write(`\nThe cluster is running; the manifests lie in ${folder}\n`);
      },
    }),
  ];
}

function startCommand(simulator: Simulator): CommandSpec {
  return defineCommand({
    use: 'start [--starter NAME | --from FILE.yaml] [--clock real|manual] [--seed N]',
    group: 'Cluster Commands:',
    short: 'Make a cluster, or let the time of a stopped one go on',
    flags: START_FLAGS,
    run: async (context) => {
      noArguments(context);
      const { flags, streams } = context;
      const { isNew, report } = await simulator.start(startOptions(context), changedOptions(flags));
      streams.out.write(isNew ? 'Cluster started.\n' : 'Cluster is running.\n');
      streams.out.write(await formatReport(report));
    },
  });
}

function startOptions({ flags, commandPath }: CommandContext): StartOptions {
  const clock = flags.string('clock');
  if (clock !== 'real' && clock !== 'manual') {
    throw new UsageError(`invalid argument "${clock}" for "--clock" flag: must be real or manual`, commandPath);
  }
  if (flags.changed('starter') && flags.changed('from')) {
    throw new UsageError('--starter and --from cannot be used together', commandPath);
  }
  return {
    starter: flags.string('starter'),
    file: flags.string('from'),
    clock,
    seed: flags.string('seed'),
    allowsLegacyApis: flags.bool('legacy-apis'),
  };
}

function changedOptions(flags: Flags): { [K in keyof StartOptions]: boolean } {
  return {
    starter: flags.changed('starter'),
    file: flags.changed('from'),
    clock: flags.changed('clock'),
    seed: flags.changed('seed'),
    allowsLegacyApis: flags.changed('legacy-apis'),
  };
}

function timeCommands(simulator: Simulator): CommandSpec[] {
  return [
    defineCommand({
      use: 'tick',
      group: 'Time Commands:',
      short: 'Go to the next instant at which something happens',
      run: async (context) => {
        noArguments(context);
        const passedMs = await simulator.tick();
        context.streams.out.write(
          passedMs === undefined ? 'Nothing is due.\n' : `${formatSimulated(passedMs)} passed.\n`,
        );
      },
    }),
    defineCommand({
      use: 'advance DURATION',
      group: 'Time Commands:',
      short: 'Let simulated time pass: 30s, 5m, 2h',
      run: async (context) => {
        const [text, ...more] = context.args;
        if (text === undefined || more.length > 0) {
          throw new UsageError('exactly one DURATION is required, such as 30s', context.commandPath);
        }
        await simulator.advance(durationOf(text, context));
        context.streams.out.write(`${text} passed.\n`);
      },
    }),
    defineCommand({
      use: 'settle [--max DURATION]',
      group: 'Time Commands:',
      short: 'Let time pass until everything is at rest',
      flags: [{ name: 'max', type: 'duration', default: '10m0s', usage: 'The longest simulated time to wait.' }],
      run: async (context) => {
        noArguments(context);
        const maxMs = context.flags.duration('max');
        const { isSettled, elapsedMs } = await simulator.settle(maxMs);
        const passed = formatSimulated(elapsedMs);
        if (!isSettled) throw new ExitError(1, `error: the cluster is still busy after ${passed}`);
        context.streams.out.write(`Settled after ${passed}.\n`);
      },
    }),
  ];
}

function durationOf(text: string, { commandPath }: CommandContext): number {
  let ms: number;
  try {
    ms = parseGoDuration(text);
  } catch (error) {
    throw new UsageError((error as Error).message, commandPath);
  }
  if (ms < 0) throw new UsageError(`time cannot go back by ${text}`, commandPath);
  return ms;
}

function nodeCommand(simulator: Simulator): CommandSpec {
  const fault = (name: 'fail' | 'recover', short: string, said: string): CommandSpec =>
    defineCommand({
      use: `${name} NAME`,
      short,
      run: async ({ args, streams, commandPath }) => {
        const [node, ...more] = args;
        if (node === undefined || more.length > 0) throw new UsageError('exactly one NAME is required', commandPath);
        await simulator.setNodeFault(node, name === 'fail');
        streams.out.write(`node/${node} ${said}\n`);
      },
    });
  return defineCommand({
    use: 'node SUBCOMMAND',
    group: 'Fault Commands:',
    short: 'Break a node, or mend it',
    commands: [
      fault('fail', 'Let a node fall silent, as if its machine had lost power', 'failed'),
      fault('recover', 'Let a failed node come back', 'recovered'),
    ],
  });
}

function scenarioCommand(simulator: Simulator): CommandSpec {
  return defineCommand({
    use: 'scenario SUBCOMMAND',
    group: 'Scenario Commands:',
    short: 'Replay lessons and tests that are written as Markdown',
    commands: [
      defineCommand({
        use: 'run [--update] FILE...',
        short: 'Run the commands of scenarios and compare what they print',
        flags: [{ name: 'update', type: 'bool', default: 'false', usage: 'Rewrite the expected output.' }],
        run: async (context) => runScenarios(simulator, context),
      }),
    ],
  });
}

async function runScenarios(
  simulator: Simulator,
  { args, flags, streams, commandPath }: CommandContext,
): Promise<void> {
  if (args.length === 0) throw new UsageError('at least one FILE is required', commandPath);
  let failed = 0;
  for (const file of args) {
    const report = await simulator.runScenario(file, { isUpdate: flags.bool('update') });
    if (report.differences.length > 0 && !report.isUpdated) failed++;
    for (const difference of report.isUpdated ? [] : report.differences) streams.out.write(`${difference}\n`);
    const verdict = report.isUpdated ? 'updated' : report.differences.length === 0 ? 'ok' : 'FAILED';
    streams.out.write(`${verdict}  ${report.file}: ${report.commands} commands\n`);
  }
  if (failed > 0) throw new ExitError(1);
}

function noArguments({ args, commandPath }: CommandContext): void {
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`, commandPath);
}
