// `kubectl rollout status`: tells how far a rollout is, until it is done.
// Called by: commands/rollout.ts. Upstream: kubectl pkg/cmd/rollout/rollout_status.go, pkg/polymorphichelpers/rollout_status.go.
import type { DaemonSet, Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { RESTMapping } from '../../../client/types.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import type { Info } from '../../builder.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { filenameFlags, selectorFlag, timeoutFlag } from '../../commandflags.ts';
import { nameSelector, waitUntil, WEEK_MS } from '../../watching.ts';
import { groupKindText, rolloutBuilder } from './objects.ts';
import { REVISION } from './revisions.ts';
import { interruptible } from '../../interrupt.ts';
import type { WatchEvent } from '../../../client/transport.ts';

/** One line, and whether the rollout is done. */
interface Progress {
  text: string;
  isDone: boolean;
}
type StatusViewer = (object: Unstructured, revision: number) => Progress;

export const status = defineCommand({
  use: 'status (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Tell how far a rollout is',
  long: `Tells how far the newest rollout is, until it is done.

--watch=false tells it once. When another rollout begins, that one is followed; --revision ends instead.`,
  example: `# Follow the rollout of a deployment
kubectl rollout status deployment/nginx`,
  flags: [
    ...filenameFlags('of the workload'),
    { name: 'watch', shorthand: 'w', type: 'bool', default: 'true', usage: 'Follow the rollout until it is done.' },
    {
      name: 'revision',
      type: 'int64',
      default: '0',
      usage: 'End when another revision than this one is rolled out. 0: the newest.',
    },
    timeoutFlag('How long to wait. Zero: as long as it takes.'),
    selectorFlag(),
  ],
  async run(context) {
    const { args, flags, factory, streams } = context;
    const revision = flags.int('revision');
    if (revision < 0 && args.length > 0) throw new Error(`revision must be a positive integer: ${revision}`);
    const builder = await rolloutBuilder(context);
    let found = false;
    await builder.visit(async (info) => {
      found = true;
      await follow(context, info, revision);
    });
    if (!found) {
      const { namespace } = await factory.namespace();
      streams.err.write(`No resources found in ${namespace} namespace.\n`);
    }
  },
});

async function follow({ flags, factory, streams }: CommandContext, info: Info, revision: number): Promise<void> {
  const viewer = viewerFor(info.mapping);
  const target = {
    rest: await factory.rest(),
    clock: factory.clock,
    mapping: info.mapping,
    namespace: info.namespace,
    fieldSelector: nameSelector(info.name),
    timeoutMs: flags.duration('timeout') || WEEK_MS,
  };
  const check = (event: WatchEvent): boolean => {
    if (event.type === 'DELETED') throw new Error('object has been deleted');
    const { text, isDone } = viewer(event.object as Unstructured, revision);
    streams.out.write(text);
    return isDone || !flags.bool('watch');
  };
  await interruptible(factory, (signal) => waitUntil({ ...target, signal }, () => false, check));
}

/** @throws Error `no status viewer has been implemented for ReplicaSet.apps`. */
function viewerFor({ gvk }: RESTMapping): StatusViewer {
  const isWorkload = gvk.group === 'apps' || gvk.group === 'extensions';
  if (isWorkload && gvk.kind === 'Deployment') return deploymentStatus;
  if (isWorkload && gvk.kind === 'DaemonSet') return daemonSetStatus;
  if (gvk.group === 'apps' && gvk.kind === 'StatefulSet') return statefulSetStatus;
  throw new Error(`no status viewer has been implemented for ${groupKindText(gvk)}`);
}

const waiting = (text: string): Progress => ({ text: `${text}\n`, isDone: false });
const done = (text: string): Progress => ({ text: `${text}\n`, isDone: true });

function deploymentStatus(object: Unstructured, revision: number): Progress {
  const { metadata, spec, status: state = {} } = object as Unstructured & Deployment;
  const name = JSON.stringify(object.metadata.name);
  if (revision > 0) {
    const running = Number(object.metadata.annotations?.[REVISION] ?? 0);
    if (running !== revision)
      throw new Error(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  if ((metadata.generation ?? 0) > (state.observedGeneration ?? 0))
    return waiting('Waiting for deployment spec update to be observed...');
  const progressing = state.conditions?.find((c) => c.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw new Error(`deployment ${name} exceeded its progress deadline`);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = state;
  const head = `Waiting for deployment ${name} rollout to finish:`;
  if (spec?.replicas !== undefined && updatedReplicas < spec.replicas)
    return waiting(`${head} ${updatedReplicas} out of ${spec.replicas} new replicas have been updated...`);
  if (replicas > updatedReplicas)
    return waiting(`${head} ${replicas - updatedReplicas} old replicas are pending termination...`);
  if (availableReplicas < updatedReplicas)
    return waiting(`${head} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  return done(`deployment ${name} successfully rolled out`);
}

const NOT_ROLLING = 'rollout status is only available for RollingUpdate strategy type';

function daemonSetStatus(object: Unstructured): Progress {
  const { metadata, spec, status: state } = object as Unstructured & DaemonSet;
  const name = JSON.stringify(object.metadata.name);
  if (spec?.updateStrategy?.type !== 'RollingUpdate') throw new Error(NOT_ROLLING);
  if ((metadata.generation ?? 0) > (state?.observedGeneration ?? 0))
    return waiting('Waiting for daemon set spec update to be observed...');
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = state ?? {};
  const head = `Waiting for daemon set ${name} rollout to finish:`;
  if (updatedNumberScheduled < desiredNumberScheduled)
    return waiting(`${head} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
  if (numberAvailable < desiredNumberScheduled)
    return waiting(`${head} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  return done(`daemon set ${name} successfully rolled out`);
}

function statefulSetStatus(object: Unstructured): Progress {
  const { metadata, spec, status: state } = object as Unstructured & StatefulSet;
  if (spec?.updateStrategy?.type !== 'RollingUpdate') throw new Error(NOT_ROLLING);
  const { observedGeneration = 0, readyReplicas = 0, updatedReplicas = 0, currentReplicas = 0 } = state ?? {};
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration)
    return waiting('Waiting for statefulset spec update to be observed...');
  if (spec.replicas !== undefined && readyReplicas < spec.replicas)
    return waiting(`Waiting for ${spec.replicas - readyReplicas} pods to be ready...`);
  const { rollingUpdate } = spec.updateStrategy;
  if (rollingUpdate) {
    if (spec.replicas !== undefined && rollingUpdate.partition !== undefined) {
      const target = spec.replicas - rollingUpdate.partition;
      if (updatedReplicas < target)
        return waiting(
          `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${target} new pods have been updated...`,
        );
    }
    return done(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  const { updateRevision = '', currentRevision = '' } = state ?? {};
  if (updateRevision !== currentRevision)
    return waiting(
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
    );
  return done(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`);
}
