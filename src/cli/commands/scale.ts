// `kubectl scale`: sets the number of replicas through the scale subresource.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/scale/scale.go, pkg/scale/scale.go.
import type { RestClient } from '../../client/types.ts';
import { isConflict } from '../../machinery/status.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import {
  allFlag,
  dryRunFlag,
  dryRunStrategy,
  filenameFlags,
  filenameOptions,
  recordFlag,
  resourceVersionFlag,
  selectorFlag,
  timeoutFlag,
  type DryRun,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { printFlags } from '../printers.ts';
import { CHANGE_CAUSE, isRecording } from '../recording.ts';
import { patchInfo, requireObject } from '../requests.ts';
import { poll, WaitTimeoutError } from '../watching.ts';

const RETRY = { intervalMs: 1000, timeoutMs: 5 * 60 * 1000 };

/** autoscaling/v1 Scale, as far as it is read. */
interface Scale {
  metadata: { resourceVersion?: string };
  spec?: { replicas?: number };
  status?: { replicas?: number };
}

export const scale = defineCommand({
  use: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set the number of replicas of a workload',
  long: `Sets the number of replicas of a deployment, replica set, replication controller or stateful set.

--current-replicas and --resource-version are conditions: unless they hold, nothing is changed.`,
  example: `# Scale the replica set foo to 3
kubectl scale --replicas=3 rs/foo

# Scale what foo.yaml names
kubectl scale --replicas=3 -f foo.yaml

# Scale mysql to 3 if it has 2 replicas now
kubectl scale --current-replicas=2 --replicas=3 deployment/mysql

# Scale several
kubectl scale --replicas=5 rc/example1 rc/example2 rc/example3`,
  flags: [
    ...printFlags(),
    allFlag(),
    resourceVersionFlag('scale'),
    {
      name: 'current-replicas',
      type: 'int',
      default: '-1',
      usage: 'Only scale when there are this many replicas. -1: in any case.',
    },
    { name: 'replicas', type: 'int', default: '0', isRequired: true, usage: 'The new number of replicas.' },
    timeoutFlag('How long to wait until there are as many replicas as wanted. Zero: do not wait.'),
    ...filenameFlags('of what to scale'),
    dryRunFlag(),
    selectorFlag(),
    recordFlag(),
  ],
  async run(context) {
    const { args, flags, factory } = context;
    const dryRun = dryRunStrategy(context);
    const replicas = flags.int('replicas');
    if (replicas < 0)
      throw new Error('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    if (flags.int('current-replicas') < -1)
      throw new Error('The --current-replicas must specify an integer of -1 or greater');
    const { namespace, isEnforced } = await factory.namespace();
    const builder = factory
      .builder()
      .continueOnError()
      .namespace(namespace, { isEnforced: isEnforced && flags.strings('filename').length > 0 })
      .filenames(filenameOptions(flags))
      .args(args, { allowsEmptyTypes: flags.bool('all') })
      .flatten()
      .labelSelector(flags.string('selector'));
    await builder.check();
    const { infos, error } = await builder.result();
    if (flags.string('resource-version') !== '' && infos.length > 1)
      throw new Error('cannot use --resource-version with multiple resources');
    if (infos.length === 0) throw error ?? new Error('no objects passed to scale');
    for (const info of infos) await scaleOne(context, info, { replicas, dryRun });
    if (error) throw error;
  },
});

async function scaleOne(
  context: CommandContext,
  info: Info,
  wanted: { replicas: number; dryRun: DryRun },
): Promise<void> {
  const { flags, factory, streams } = context;
  const { replicas, dryRun } = wanted;
  if (dryRun !== 'client') {
    const rest = await factory.rest();
    const precondition = {
      size: flags.int('current-replicas'),
      resourceVersion: flags.string('resource-version'),
    };
    await poll(factory.clock, RETRY, async () => {
      try {
        await writeScale(rest, info, { replicas, dryRun, ...precondition });
        return true;
      } catch (error) {
        if (isConflict(error)) return false;
        throw error;
      }
    });
    const timeoutMs = flags.duration('timeout');
    if (timeoutMs !== 0 && dryRun === 'none') await waitForReplicas(context, rest, info, { replicas, timeoutMs });
    if (isRecording(context)) {
      const body = { metadata: { annotations: { [CHANGE_CAUSE]: context.recordText ?? '' } } };
      await patchInfo(rest, { ...info }, { type: 'application/merge-patch+json', body }, {});
    }
  }
  operationPrinter(context, 'scaled', { dryRun }).print(requireObject(info), streams.out);
}

interface ScaleWrite {
  replicas: number;
  dryRun: DryRun;
  /** -1 for any. */
  size: number;
  resourceVersion: string;
}

/** @throws Error `Expected replicas to be 2, was 3`. Upstream: genericScaler.ScaleSimple. */
async function writeScale(rest: RestClient, info: Info, write: ScaleWrite): Promise<void> {
  const key = { namespace: info.namespace || undefined, name: info.name };
  const options = { subresource: 'scale', dryRun: write.dryRun === 'server' ? 'All' : undefined };
  if (write.size === -1 && write.resourceVersion === '') {
    await rest.patch(
      info.mapping,
      key,
      'application/merge-patch+json',
      { spec: { replicas: write.replicas } },
      options,
    );
    return;
  }
  const current = (await rest.get(info.mapping, key, { subresource: 'scale' })) as unknown as Scale;
  const size = current.spec?.replicas ?? 0;
  if (write.size !== -1 && size !== write.size) throw new Error(`Expected replicas to be ${write.size}, was ${size}`);
  const { resourceVersion = '' } = current.metadata;
  if (write.resourceVersion !== '' && resourceVersion !== write.resourceVersion)
    throw new Error(`Expected resource version to be ${write.resourceVersion}, was ${resourceVersion}`);
  await rest.update(info.mapping, key, { ...current, spec: { ...current.spec, replicas: write.replicas } }, options);
}

async function waitForReplicas(
  { factory }: CommandContext,
  rest: RestClient,
  info: Info,
  wanted: { replicas: number; timeoutMs: number },
): Promise<void> {
  const key = { namespace: info.namespace || undefined, name: info.name };
  try {
    await poll(factory.clock, { intervalMs: 1000, timeoutMs: wanted.timeoutMs }, async () => {
      const current = (await rest.get(info.mapping, key, { subresource: 'scale' })) as unknown as Scale;
      const specReplicas = current.spec?.replicas ?? 0;
      return specReplicas !== wanted.replicas || specReplicas === (current.status?.replicas ?? 0);
    });
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
    throw new Error(`timed out waiting for ${JSON.stringify(info.name)} to be synced`, { cause: error });
  }
}
