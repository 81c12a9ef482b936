// Deleting what a command visits: cascade, grace period, the lines printed, waiting until it is gone.
// Called by: commands delete, apply, replace, run, drain. Must not know: commands. Upstream: kubectl pkg/cmd/delete/delete.go.
import type { RestClient } from '../client/types.ts';
import { isNotFound, reasonOf } from '../machinery/status.ts';
import type { Info } from './builder.ts';
import type { FlagSpec, IOStreams } from './command.ts';
import type { DryRun } from './commandflags.ts';
import type { CommandClock } from './factory.ts';
import { parseGoBool } from './govalues.ts';
import { objectName } from './requests.ts';
import { nameSelector, waitUntil, WaitTimeoutError, WEEK_MS } from './watching.ts';

/** --cascade, --force, --grace-period, --timeout and --wait; `waits` is the default of --wait. */
export function deleteFlags(waits: boolean): FlagSpec[] {
  return [
    {
      name: 'cascade',
      type: 'string',
      default: 'background',
      noOptDefault: 'background',
      usage:
        'Must be "background", "orphan", or "foreground": what becomes of what the object owns (the Pods of a ReplicaSet).',
    },
    {
      name: 'force',
      type: 'bool',
      default: 'false',
      usage: 'Remove the object from the API at once, without waiting for a graceful end. Data may be lost.',
    },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      usage:
        'Seconds that the object gets to end. Negative: as it says itself. 1: at once. 0 only together with --force.',
    },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      usage: 'How long to wait for the object to be gone. Zero: as long as it takes.',
    },
    {
      name: 'wait',
      type: 'bool',
      default: String(waits),
      usage: 'Wait until the objects are gone, finalizers included.',
    },
  ];
}

export type Propagation = 'Background' | 'Orphan' | 'Foreground';

/** Returns the policy; the old boolean form is warned of. @throws Error `invalid cascade value (x). …`. */
export function parseCascade(value: string, streams: IOStreams): Propagation {
  const words: Record<string, Propagation> = { background: 'Background', orphan: 'Orphan', foreground: 'Foreground' };
  const policy = Object.hasOwn(words, value) ? words[value] : undefined;
  if (policy) return policy;
  let isCascading: boolean;
  try {
    isCascading = parseGoBool(value);
  } catch {
    throw new Error(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`);
  }
  const word = isCascading ? 'background' : 'orphan';
  streams.err.write(
    `warning: --cascade=${value} is deprecated (boolean value) and can be replaced with --cascade=${word}.\n`,
  );
  return isCascading ? 'Background' : 'Orphan';
}

/** Returns metav1.DeleteOptions. A negative period is left out. */
export function deleteOptionsBody(
  propagationPolicy: Propagation,
  gracePeriodSeconds: number,
): { gracePeriodSeconds?: number; propagationPolicy: Propagation } {
  return { ...(gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {}), propagationPolicy };
}

/** Returns 'deployment.apps' or 'pod'. */
export function kindText(info: Info): string {
  const { kind, group } = info.mapping.gvk;
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

/** Returns the line that tells of a deletion, with its newline. Upstream: DeleteOptions.PrintObj. */
export function deletionLine(
  info: Info,
  options: { gracePeriodSeconds: number; dryRun: DryRun; output: string },
): string {
  if (options.output === 'name') return `${kindText(info)}/${info.name}\n`;
  let operation = options.gracePeriodSeconds === 0 ? 'force deleted' : 'deleted';
  if (info.mapping.namespaced) operation += ` from ${info.namespace} namespace`;
  if (options.dryRun === 'client') operation += ' (dry run)';
  if (options.dryRun === 'server') operation += ' (server dry run)';
  return `${kindText(info)} ${JSON.stringify(info.name)} ${operation}\n`;
}

export interface DeletionWait {
  rest: RestClient;
  clock: CommandClock;
  streams: IOStreams;
  /** Milliseconds; 0 checks once, for `kubectl wait`. */
  timeoutMs: number;
  /** Uid of what was deleted; another uid under the same name means that it is gone. */
  uid?: string | undefined;
  signal: AbortSignal;
}

/**
 * Returns when the object is gone. @throws Error `timed out waiting for the condition on pods/x` or `condition not met for pods/x`.
 * Upstream: kubectl pkg/cmd/wait/delete.go IsDeleted.
 */
export async function waitForDeletion(info: Info, options: DeletionWait): Promise<void> {
  const { rest, clock } = options;
  if (info.name === '') throw new Error('resource name must be provided');
  try {
    const current = await rest.get(info.mapping, { namespace: info.namespace || undefined, name: info.name });
    if (options.uid !== undefined && current.metadata.uid !== options.uid) return;
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  if (options.timeoutMs === 0) throw new Error(`condition not met for ${objectName(info)}`);
  try {
    await waitUntil(
      {
        rest,
        clock,
        mapping: info.mapping,
        namespace: info.namespace,
        fieldSelector: nameSelector(info.name),
        timeoutMs: options.timeoutMs,
        signal: options.signal,
      },
      (items) => items.length === 0,
      (event) => event.type === 'DELETED',
    );
  } catch (error) {
    if (error instanceof WaitTimeoutError) throw new Error(`${error.message} on ${objectName(info)}`, { cause: error });
    throw error;
  }
}

/** Waits for several, as `delete` does after all were sent off; what may not be read is not waited for. */
export async function waitForDeletions(
  infos: readonly Info[],
  uids: ReadonlyMap<Info, string | undefined>,
  options: Omit<DeletionWait, 'uid'>,
): Promise<void> {
  const timeoutMs = options.timeoutMs === 0 ? WEEK_MS : options.timeoutMs;
  const endMs = options.clock.nowMs() + timeoutMs;
  try {
    for (const info of infos) {
      const left = Math.max(endMs - options.clock.nowMs(), 1);
      await waitForDeletion(info, { ...options, timeoutMs: left, uid: uids.get(info) });
    }
  } catch (error) {
    const reason = reasonOf(error);
    if (reason !== 'Forbidden' && reason !== 'MethodNotAllowed') throw error;
  }
}
