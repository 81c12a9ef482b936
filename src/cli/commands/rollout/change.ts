// `kubectl rollout pause`, `resume` and `restart`: small changes to workloads, sent as patches.
// Called by: commands/rollout.ts. Upstream: kubectl pkg/cmd/rollout/rollout_pause.go, rollout_resume.go, rollout_restart.go.
import { formatTime } from '../../../machinery/clock.ts';
import { groupResourceString } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import { defineCommand, type CommandContext, type CommandSpec } from '../../command.ts';
import { fieldManagerFlag, filenameFlags, selectorFlag } from '../../commandflags.ts';
import { operationPrinter } from '../../commandprinter.ts';
import { throwAggregate } from '../../errors.ts';
import { printFlags } from '../../printers.ts';
import { patchInfo, requireObject } from '../../requests.ts';
import { rolloutBuilder } from './objects.ts';
import type { Workload } from './revisions.ts';

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

interface Change {
  /** Returns the patch; undefined when nothing changes. @throws Error whose text follows the object's name. */
  patch(object: Workload, nowMs: number): object | undefined;
  operation: string;
  /** What is printed, or thrown, when there is nothing to change. */
  nothing: { operation: string } | { error(name: string): Error };
}

function changeCommand(
  texts: { use: string; short: string; long?: string; example: string },
  change: Change,
): CommandSpec {
  return defineCommand({
    ...texts,
    flags: [...printFlags(), ...filenameFlags('of the workload'), fieldManagerFlag('kubectl-rollout'), selectorFlag()],
    run: (context) => changeAll(context, change),
  });
}

async function changeAll(context: CommandContext, change: Change): Promise<void> {
  const { factory, streams } = context;
  const builder = await rolloutBuilder(context);
  const { infos, error } = await builder.result();
  const errors: Error[] = error ? [error] : [];
  if (infos.length === 0 && errors.length === 0) {
    const { namespace } = await factory.namespace();
    streams.err.write(`No resources found in ${namespace} namespace.\n`);
    return;
  }
  for (const info of infos) {
    try {
      await changeOne(context, info, change);
    } catch (failure) {
      errors.push(failure as Error);
    }
  }
  throwAggregate(errors);
}

async function changeOne(context: CommandContext, info: Info, change: Change): Promise<void> {
  const { flags, factory, streams } = context;
  const print = (operation: string) => operationPrinter(context, operation).print(requireObject(info), streams.out);
  let body: object | undefined;
  try {
    body = change.patch(requireObject(info) as Workload, factory.clock.nowMs());
  } catch (error) {
    const resource = groupResourceString(info.mapping.gvr);
    throw new Error(`error: ${resource} ${JSON.stringify(info.name)} ${(error as Error).message}`, { cause: error });
  }
  if (!body) {
    if ('error' in change.nothing) throw change.nothing.error(info.name);
    print(change.nothing.operation);
    return;
  }
  try {
    const patch = { type: 'application/strategic-merge-patch+json' as const, body };
    await patchInfo(await factory.rest(), info, patch, { fieldManager: flags.string('field-manager') });
  } catch (error) {
    throw new Error(`failed to patch: ${(error as Error).message}`, { cause: error });
  }
  print(change.operation);
}

export const pause = changeCommand(
  {
    use: 'pause RESOURCE',
    short: 'Pause a rollout',
    long: `Pauses a deployment: changes are not rolled out until it is resumed.`,
    example: `# Pause the deployment nginx
kubectl rollout pause deployment/nginx`,
  },
  {
    operation: 'paused',
    nothing: { operation: 'already paused' },
    patch({ kind, spec }) {
      if (kind !== 'Deployment') throw new Error('pausing is not supported');
      if (spec.paused) throw new Error('is already paused');
      return { spec: { paused: true } };
    },
  },
);

export const resume = changeCommand(
  {
    use: 'resume RESOURCE',
    short: 'Resume a paused rollout',
    long: `Resumes a paused deployment: its changes are rolled out again.`,
    example: `# Resume the deployment nginx
kubectl rollout resume deployment/nginx`,
  },
  {
    operation: 'resumed',
    nothing: { operation: 'already resumed' },
    patch({ kind, spec }) {
      if (kind !== 'Deployment') throw new Error('resuming is not supported');
      if (!spec.paused) throw new Error('is not paused');
      return { spec: { paused: null } };
    },
  },
);

export const restart = changeCommand(
  {
    use: 'restart RESOURCE',
    short: 'Start all pods of a workload anew',
    long: `Starts a rollout that replaces every pod, although nothing else changes.`,
    example: `# Restart all deployments of a namespace
kubectl rollout restart deployment -n test-namespace

# Restart one
kubectl rollout restart deployment/nginx`,
  },
  {
    operation: 'restarted',
    nothing: {
      error: (name) =>
        new Error(
          `failed to create patch for ${name}: if restart has already been triggered within the past second, ` +
            'please wait before attempting to trigger another',
        ),
    },
    patch({ kind, spec }, nowMs) {
      if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind)) throw new Error('restarting is not supported');
      if (kind === 'Deployment' && spec.paused)
        throw new Error("can't restart paused deployment (run rollout resume first)");
      const restartedAt = formatTime(nowMs);
      if (spec.template.metadata?.annotations?.[RESTARTED_AT] === restartedAt) return undefined;
      return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: restartedAt } } } } };
    },
  },
);
