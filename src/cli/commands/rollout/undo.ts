// `kubectl rollout undo`.
// Called by: commands/rollout.ts. Upstream: kubectl pkg/cmd/rollout/rollout_undo.go, pkg/polymorphichelpers/rollback.go.
import { deepEqual } from '../../../machinery/meta.ts';
import type { Info } from '../../builder.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { dryRunFlag, dryRunStrategy, filenameFlags, selectorFlag, type DryRun } from '../../commandflags.ts';
import { operationPrinter } from '../../commandprinter.ts';
import { LAST_APPLIED } from '../../lastapplied.ts';
import { printFlags } from '../../printers.ts';
import { patchInfo, requireObject } from '../../requests.ts';
import { rolloutBuilder } from './objects.ts';
import {
  equalIgnoringHash,
  readRevisions,
  requireRevisions,
  REVISION,
  templateText,
  withoutHash,
  type Revision,
  type Workload,
} from './revisions.ts';

/** Annotations that stay as they are. */
const SKIPPED = new Set([
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

export const undo = defineCommand({
  use: 'undo (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Go back to an earlier revision',
  example: `# Go back to the revision before
kubectl rollout undo deployment/abc

# Go back to revision 3
kubectl rollout undo daemonset/abc --to-revision=3`,
  flags: [
    ...printFlags(),
    { name: 'to-revision', type: 'int64', default: '0', usage: 'The revision to go back to. 0: the one before.' },
    ...filenameFlags('of the workload'),
    dryRunFlag(),
    selectorFlag(),
  ],
  async run(context) {
    const { flags, streams } = context;
    const dryRun = dryRunStrategy(context);
    const builder = await rolloutBuilder(context);
    await builder.visit(async (info) => {
      requireRevisions(info.mapping, { retrieving: 'rollbacker', missing: 'rollbacker' });
      const result = await rollBack(context, info, { toRevision: flags.int('to-revision'), dryRun });
      operationPrinter(context, result, { dryRun }).print(requireObject(info), streams.out);
    });
  },
});

interface Rollback {
  toRevision: number;
  dryRun: DryRun;
}

const notFound = (revision: number) => new Error(`unable to find specified revision ${revision} in history`);

async function rollBack({ factory }: CommandContext, info: Info, { toRevision, dryRun }: Rollback): Promise<string> {
  if (toRevision < 0) throw notFound(toRevision);
  const { workload, revisions } = await readRevisions(factory, info);
  const isDeployment = info.mapping.gvk.kind === 'Deployment';
  const target = isDeployment
    ? deploymentTarget(workload, revisions, toRevision)
    : historyTarget(revisions, toRevision);
  if (dryRun === 'client') {
    const text = await templateText(target.template);
    return isDeployment ? text : `will roll back to ${text}`;
  }
  if (isDeployment && workload.spec.paused)
    throw new Error(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  const isThere = isDeployment
    ? equalIgnoringHash(target.template, workload.spec.template)
    : deepEqual(target.template, workload.spec.template);
  if (isThere) return `skipped rollback (current template already matches revision ${toRevision})`;
  const patch = isDeployment
    ? { type: 'application/json-patch+json' as const, body: deploymentPatch(workload, target) }
    : { type: 'application/strategic-merge-patch+json' as const, body: target.keeper['data'] };
  try {
    await patchInfo(await factory.rest(), { ...info }, patch, { dryRun });
  } catch (error) {
    throw new Error(`failed restoring revision ${toRevision}: ${(error as Error).message}`, { cause: error });
  }
  return 'rolled back';
}

function deploymentTarget(workload: Workload, revisions: readonly Revision[], toRevision: number): Revision {
  if (toRevision > 0) {
    const found = revisions.find((r) => r.revision === toRevision);
    if (!found) throw notFound(toRevision);
    return found;
  }
  const previous = [...revisions].sort((a, b) => b.revision - a.revision)[1];
  if (!previous) throw new Error(`no rollout history found for deployment ${JSON.stringify(workload.metadata.name)}`);
  return previous;
}

function historyTarget(revisions: readonly Revision[], toRevision: number): Revision {
  if (toRevision === 0 && revisions.length <= 1) throw new Error('no last revision to roll back to');
  const found =
    toRevision === 0
      ? [...revisions].sort((a, b) => a.revision - b.revision).at(-2)
      : revisions.find((r) => r.revision === toRevision);
  if (!found) throw notFound(toRevision);
  return found;
}

function deploymentPatch(workload: Workload, target: Revision): object[] {
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(workload.metadata.annotations ?? {}))
    if (SKIPPED.has(key)) annotations[key] = value;
  for (const [key, value] of Object.entries(target.keeper.metadata.annotations ?? {}))
    if (!SKIPPED.has(key)) annotations[key] = value;
  return [
    { op: 'replace', path: '/spec/template', value: withoutHash(target.template) },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ];
}
