// Evicts or deletes pods and waits until they are gone, all at the same time.
// Called by: commands/drain.ts. Must not know: which pods were chosen and why. Upstream: kubectl pkg/drain/drain.go.
import type { RestClient, RESTMapping } from '../../client/types.ts';
import { formatGoDuration } from '../../machinery/duration.ts';
import { isNotFound, StatusError } from '../../machinery/status.ts';
import type { Pod } from '../../resources/pod.ts';
import type { CommandContext } from '../command.ts';
import type { DryRun } from '../commandflags.ts';
import { Aggregate } from '../errors.ts';
import { printOperation } from '../nodeselection.ts';
import { WaitTimeoutError } from '../watching.ts';
import { isDeletedLongAgo } from './drain.filters.ts';

export interface Eviction {
  rest: RestClient;
  podMapping: RESTMapping;
  /** The server knows evictions and they are wanted. */
  evicts: boolean;
  /** Negative: what the pod says. */
  gracePeriodSeconds: number;
  timeoutMs: number;
  skipDeletedSeconds: number;
  dryRun: DryRun;
}

const POLL_MS = 1000;
const RETRY_MS = 5000;

/** Returns when all pods are gone. @throws Aggregate with one error a pod; WaitTimeoutError when deleting. */
export async function deleteOrEvict(context: CommandContext, pods: readonly Pod[], eviction: Eviction): Promise<void> {
  if (pods.length === 0) return;
  if (eviction.evicts) await new Evictor(context, eviction).evict(pods);
  else await deletePods(context, pods, eviction);
}

function deleteOptions({ gracePeriodSeconds, dryRun }: Eviction): object {
  return {
    ...(gracePeriodSeconds >= 0 ? { gracePeriodSeconds } : {}),
    ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
  };
}

function keyOf({ metadata }: Pod): { namespace: string | undefined; name: string } {
  return { namespace: metadata.namespace, name: metadata.name };
}

/** One pod on its way out. */
interface Departure {
  pod: Pod;
  isEvicted: boolean;
  /** When to look at it again. */
  nextMs: number;
}

/** Every eviction is asked for before the first one is waited for. */
function isBefore(a: Departure, b: Departure): boolean {
  return a.nextMs === b.nextMs ? b.isEvicted && !a.isEvicted : a.nextMs < b.nextMs;
}

class Evictor {
  readonly #context: CommandContext;
  readonly #eviction: Eviction;
  readonly #endMs: number;

  constructor(context: CommandContext, eviction: Eviction) {
    this.#context = context;
    this.#eviction = eviction;
    this.#endMs = context.factory.clock.nowMs() + eviction.timeoutMs;
  }

  /** All pods share the clock: always the one whose turn comes first is looked at next. */
  async evict(pods: readonly Pod[]): Promise<void> {
    const { clock } = this.#context.factory;
    const nowMs = clock.nowMs();
    const open: Departure[] = pods.map((pod) => ({ pod, isEvicted: false, nextMs: nowMs }));
    const errors: Error[] = [];
    while (open.length > 0) {
      const next = open.reduce((first, departure) => (isBefore(departure, first) ? departure : first));
      if (next.nextMs > clock.nowMs()) await clock.sleep(Math.min(next.nextMs, this.#endMs) - clock.nowMs());
      try {
        const isGone = next.isEvicted ? await this.#check(next) : await this.#request(next);
        if (isGone) open.splice(open.indexOf(next), 1);
      } catch (error) {
        errors.push(error as Error);
        open.splice(open.indexOf(next), 1);
      }
    }
    if (errors.length > 0) throw new Aggregate(errors);
  }

  /** Asks for the eviction. Returns whether there is nothing left to wait for. */
  async #request(departure: Departure): Promise<boolean> {
    const { streams, factory } = this.#context;
    const { rest, podMapping, dryRun, timeoutMs } = this.#eviction;
    const { name, namespace = '' } = departure.pod.metadata;
    const subject = `pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`;
    streams.out.write(`evicting pod ${namespace}/${name}${dryRun === 'server' ? ' (server dry run)' : ''}\n`);
    if (factory.clock.nowMs() >= this.#endMs)
      throw new Error(`error when evicting ${subject}: global timeout reached: ${formatGoDuration(timeoutMs)}`);
    try {
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        deleteOptions: deleteOptions(this.#eviction),
      };
      await rest.create(podMapping, namespace, body, { name, subresource: 'eviction' });
    } catch (error) {
      if (isNotFound(error as Error)) return true;
      await this.#retryOrFail(departure, error as Error);
      return false;
    }
    departure.isEvicted = true;
    return dryRun === 'server';
  }

  async #retryOrFail(departure: Departure, error: Error): Promise<void> {
    const { streams, factory } = this.#context;
    const { rest, podMapping } = this.#eviction;
    const { pod } = departure;
    const [name, namespace] = [JSON.stringify(pod.metadata.name), JSON.stringify(pod.metadata.namespace)];
    const again = `(will retry after ${formatGoDuration(RETRY_MS)}): ${error.message}\n`;
    if (isTooManyRequests(error)) streams.err.write(`error when evicting pods/${name} -n ${namespace} ${again}`);
    else if (isNamespaceTerminating(error) && pod.metadata.deletionTimestamp) {
      departure.isEvicted = true;
      return;
    } else if (isNamespaceTerminating(error))
      streams.err.write(`error when evicting pod ${name} from terminating namespace ${namespace} ${again}`);
    else throw new Error(`error when evicting pods/${name} -n ${namespace}: ${error.message}`, { cause: error });
    departure.nextMs = factory.clock.nowMs() + RETRY_MS;
    try {
      departure.pod = (await rest.get(podMapping, keyOf(pod))) as unknown as Pod;
    } catch {
      // The next attempt finds out what is wrong.
    }
  }

  async #check(departure: Departure): Promise<boolean> {
    const { clock } = this.#context.factory;
    const { name, namespace } = departure.pod.metadata;
    const subject = `pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)}`;
    const fail = (why: string): Error => new Error(`error when waiting for ${subject} to terminate: ${why}`);
    if (clock.nowMs() >= this.#endMs) throw fail('context deadline exceeded');
    let isGone: boolean;
    try {
      isGone = await hasGone(this.#context, departure.pod, this.#eviction);
    } catch (error) {
      throw fail((error as Error).message);
    }
    departure.nextMs = clock.nowMs() + POLL_MS;
    return isGone;
  }
}

function isTooManyRequests(error: Error): boolean {
  return error instanceof StatusError && error.status.reason === 'TooManyRequests';
}

function isNamespaceTerminating(error: Error): boolean {
  if (!(error instanceof StatusError) || error.status.reason !== 'Forbidden') return false;
  return error.status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false;
}

/** Tells when the pod is gone, or replaced by another of its name. */
async function hasGone(context: CommandContext, pod: Pod, eviction: Eviction): Promise<boolean> {
  const { streams, factory } = context;
  const { rest, podMapping, evicts, skipDeletedSeconds, dryRun } = eviction;
  const tell = (operation: string): void => printOperation(context, pod as never, { operation, dryRun });
  let current: Pod | undefined;
  try {
    current = (await rest.get(podMapping, keyOf(pod))) as unknown as Pod;
  } catch (error) {
    if (!isNotFound(error as Error)) {
      tell(evicts ? 'eviction failed' : 'deletion failed');
      throw error;
    }
  }
  if (!current || current.metadata.uid !== pod.metadata.uid) {
    tell(evicts ? 'evicted' : 'deleted');
    return true;
  }
  if (!isDeletedLongAgo(current, skipDeletedSeconds, factory.clock.nowMs())) return false;
  const subject = `pod ${JSON.stringify(pod.metadata.name)}`;
  streams.out.write(`${subject} has DeletionTimestamp older than ${skipDeletedSeconds} seconds, skipping\n`);
  return true;
}

async function deletePods(context: CommandContext, pods: readonly Pod[], eviction: Eviction): Promise<void> {
  const { clock } = context.factory;
  const { rest, podMapping, timeoutMs } = eviction;
  for (const pod of pods) {
    try {
      await rest.delete(podMapping, keyOf(pod), deleteOptions(eviction));
    } catch (error) {
      if (!isNotFound(error as Error)) throw error;
    }
  }
  const endMs = clock.nowMs() + timeoutMs;
  let pending = [...pods];
  for (;;) {
    const left: Pod[] = [];
    for (const pod of pending) if (!(await hasGone(context, pod, eviction))) left.push(pod);
    pending = left;
    if (pending.length === 0) return;
    if (clock.nowMs() + POLL_MS > endMs) throw new WaitTimeoutError();
    await clock.sleep(POLL_MS);
  }
}
