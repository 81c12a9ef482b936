// kubectl logs: what containers printed, now or as it comes.
// Called by: cli/commands/index.ts. Must not know: how a node keeps logs. Upstream: kubectl pkg/cmd/logs/logs.go.
import type { RestClient } from '../../client/types.ts';
import { isNotFound } from '../../machinery/status.ts';
import { canonicalTime } from '../../machinery/rfc3339.ts';
import type { Unstructured } from '../../machinery/types.ts';
import { defineCommand, type CommandContext, type Flags } from '../command.ts';
import { selectorFlag } from '../commandflags.ts';
import { UsageError } from '../errors.ts';
import { containerFlag, podRunningTimeout, podRunningTimeoutFlag } from '../podflags.ts';
import { isList } from '../visitors.ts';
import { logRequests, type LogRequest } from './logs.requests.ts';
import { interruptible } from '../interrupt.ts';

const USE = 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]';
const MISSING = `expected '${USE}'.\nPOD or TYPE/NAME is a required argument for the logs command`;
/** Lines of each container when a selector chooses the pods. */
const SELECTOR_TAIL = 10;

export const logs = defineCommand({
  use: USE,
  group: 'Troubleshooting and Debugging Commands:',
  short: 'Print the logs for a container in a pod',
  long: `Print what a container of a pod, or of the pods of a workload, has written. With one container its name
may be left out.`,
  example: `  # Logs of a pod with one container
  kubectl logs nginx

  # Follow them
  kubectl logs -f nginx

  # One container of a pod, and its previous instance
  kubectl logs web-1 -c ruby
  kubectl logs web-1 -c ruby --previous

  # The last 20 lines, and those of the last hour
  kubectl logs --tail=20 nginx
  kubectl logs --since=1h nginx

  # All containers of the pods with a label, each line with where it is from
  kubectl logs -l app=nginx --all-containers --prefix

  # One of the pods of a deployment, and all of them
  kubectl logs deployment/nginx
  kubectl logs deployment/nginx --all-pods`,
  flags: [
    {
      name: 'all-containers',
      type: 'bool',
      default: 'false',
      usage: 'Print the logs of all containers of the pods.',
    },
    { name: 'all-pods', type: 'bool', default: 'false', usage: 'Print the logs of all pods. Implies --prefix.' },
    containerFlag(),
    { name: 'follow', shorthand: 'f', type: 'bool', default: 'false', usage: 'Go on printing as logs are written.' },
    {
      name: 'ignore-errors',
      type: 'bool',
      default: 'false',
      usage: 'Print errors that occur among the logs and go on.',
    },
    {
      name: 'insecure-skip-tls-verify-backend',
      type: 'bool',
      default: 'false',
      usage: 'Do not check the identity of the kubelet that the logs come from.',
    },
    { name: 'limit-bytes', type: 'int64', default: '0', usage: 'Print at most so many bytes of logs. 0: no limit.' },
    {
      name: 'max-log-requests',
      type: 'int',
      default: '5',
      usage: 'How many logs may be followed at the same time with a selector.',
    },
    podRunningTimeoutFlag('20s'),
    { name: 'prefix', type: 'bool', default: 'false', usage: 'Begin each line with its pod and its container.' },
    {
      name: 'previous',
      shorthand: 'p',
      type: 'bool',
      default: 'false',
      usage: 'Print the logs of the previous instance of the container, if there was one.',
    },
    selectorFlag(),
    {
      name: 'since',
      type: 'duration',
      default: '0s',
      usage: 'Only lines younger than this, such as 5s, 2m or 3h. Not together with --since-time.',
    },
    {
      name: 'since-time',
      type: 'string',
      default: '',
      usage: 'Only lines after this time (RFC 3339). Not together with --since.',
    },
    {
      name: 'tail',
      type: 'int64',
      default: '-1',
      usage: 'How many of the last lines to print. -1: all of them, or 10 with a selector.',
    },
    { name: 'timestamps', type: 'bool', default: 'false', usage: 'Begin each line with the time it was written.' },
  ],
  run: runLogs,
});

async function runLogs(context: CommandContext): Promise<void> {
  const { args, flags, factory, commandPath, streams } = context;
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '') throw new UsageError(MISSING, commandPath);
  if (args.length === 1 && selector !== '')
    throw new UsageError('only a selector (-l) or a POD name is allowed', commandPath);
  if (args.length > 2) throw new UsageError(MISSING, commandPath);
  const { namespace } = await factory.namespace();
  const timeoutMs = podRunningTimeout(flags);
  const container = args[1] ?? flags.string('container');
  const query = logQuery(flags, container);
  const object = await readObject(context, namespace);
  if (selector !== '' && isList(object) && object.items.length === 0)
    streams.err.write(`No resources found in ${namespace} namespace.\n`);
  validate(flags, { container, args });
  const rest = await factory.rest();
  const requests = await logRequests(object, {
    search: { rest, mapper: await factory.mapper(), clock: factory.clock, timeoutMs },
    query,
    allContainers: flags.bool('all-containers'),
    allPods: flags.bool('all-pods'),
    warn: streams.err,
  });
  await printLogs(context, rest, requests);
}

/** The options of the request; what is not asked for is left out. Upstream: LogsOptions.ToLogOptions. */
function logQuery(flags: Flags, container: string): URLSearchParams {
  const query = new URLSearchParams();
  if (container !== '') query.set('container', container);
  for (const name of ['follow', 'previous', 'timestamps']) if (flags.bool(name)) query.set(name, 'true');
  if (flags.bool('insecure-skip-tls-verify-backend')) query.set('insecureSkipTLSVerifyBackend', 'true');
  if (flags.string('since-time') !== '') query.set('sinceTime', canonicalTime(flags.string('since-time')));
  if (flags.int('limit-bytes') !== 0) query.set('limitBytes', String(flags.int('limit-bytes')));
  const since = flags.duration('since');
  if (since !== 0) query.set('sinceSeconds', String(Math.sign(since) * Math.round(Math.abs(since) / 1000)));
  const tail = flags.int('tail');
  if (flags.string('selector') !== '' && tail === -1 && !flags.changed('tail'))
    query.set('tailLines', String(SELECTOR_TAIL));
  else if (tail !== -1) query.set('tailLines', String(tail));
  return query;
}

/** Returns the object that was named, or the list of pods of the selector. */
async function readObject({ args, flags, factory }: CommandContext, namespace: string): Promise<Unstructured> {
  const [word] = args;
  const builder = factory.builder().typed().namespace(namespace, { isEnforced: false }).singleResourceType();
  if (word !== undefined) builder.resourceNames('pods', [word]);
  if (flags.string('selector') !== '') builder.types('pods').labelSelector(flags.string('selector'));
  try {
    const infos = await builder.infos();
    const [info] = infos;
    if ((flags.string('selector') === '' && infos.length !== 1) || !info?.object)
      throw new Error('expected a resource');
    return info.object;
  } catch (error) {
    if (!isNotFound(error as Error)) throw error;
    const { message } = error as Error;
    throw new Error(`error from server (NotFound): ${message} in namespace ${JSON.stringify(namespace)}`, {
      cause: error,
    });
  }
}

/** Upstream: LogsOptions.Validate. */
function validate(flags: Flags, { container, args }: { container: string; args: readonly string[] }): void {
  if (flags.string('since-time') !== '' && flags.duration('since') !== 0)
    throw new Error('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (flags.bool('all-containers') && container !== '')
    throw new Error(`--all-containers=true should not be specified with container name ${container}`);
  if (flags.changed('container') && args.length === 2)
    throw new Error('only one of -c or an inline [CONTAINER] arg is allowed');
  if (flags.int('limit-bytes') < 0) throw new Error('--limit-bytes must be greater than 0');
  if (flags.duration('since') < 0) throw new Error('--since must be greater than 0');
  if (flags.int('tail') < -1) throw new Error('--tail must be greater than or equal to -1');
}

async function printLogs(context: CommandContext, rest: RestClient, requests: readonly LogRequest[]): Promise<void> {
  const { flags, factory, streams } = context;
  const follows = flags.bool('follow');
  const most = flags.int('max-log-requests');
  if (follows && requests.length > 1 && requests.length > most)
    throw new Error(
      `you are attempting to follow ${requests.length} log streams, but maximum allowed concurrency is ${most}, ` +
        'use --max-log-requests to increase the limit',
    );
  const hasPrefix = flags.bool('prefix') || flags.bool('all-pods');
  const consume = async (request: LogRequest, signal: AbortSignal): Promise<void> => {
    const lines = new LineWriter(streams.out, hasPrefix ? `[pod/${request.pod}/${request.container}] ` : '');
    try {
      await readLog(rest, request, { lines, signal });
    } catch (error) {
      if (!flags.bool('ignore-errors')) throw error;
      streams.out.write(`error: ${(error as Error).message}\n`);
    }
  };
  await interruptible(factory, async (signal) => {
    if (follows) await Promise.all(requests.map((request) => consume(request, signal)));
    else for (const request of requests) await consume(request, signal);
  });
}

async function readLog(
  rest: RestClient,
  { namespace, pod, query }: LogRequest,
  { lines, signal }: { lines: LineWriter; signal: AbortSignal },
): Promise<void> {
  await rest.stream(`/api/v1/namespaces/${namespace}/pods/${pod}/log`, query, {
    writeStdout: (bytes) => lines.write(bytes),
    writeStderr: () => undefined,
    signal,
  });
  lines.end();
}

/** Passes whole lines on, each with a prefix, so that several logs do not mix within a line. */
class LineWriter {
  readonly #out: { write(bytes: Uint8Array): void };
  readonly #prefix: Buffer;
  #held = Buffer.alloc(0);

  constructor(out: { write(bytes: Uint8Array): void }, prefix: string) {
    this.#out = out;
    this.#prefix = Buffer.from(prefix);
  }

  write(bytes: Uint8Array): void {
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : Buffer.from(bytes);
    if (this.#prefix.length === 0) {
      const end = rest.lastIndexOf(10) + 1;
      if (end > 0) this.#out.write(rest.subarray(0, end));
      rest = rest.subarray(end);
    } else {
      for (let end = rest.indexOf(10) + 1; end > 0; end = rest.indexOf(10) + 1) {
        this.#out.write(Buffer.concat([this.#prefix, rest.subarray(0, end)]));
        rest = rest.subarray(end);
      }
    }
    this.#held = Buffer.from(rest);
  }

  /** Writes what has no newline at its end. */
  end(): void {
    if (this.#held.length > 0) this.#out.write(Buffer.concat([this.#prefix, this.#held]));
    this.#held = Buffer.alloc(0);
  }
}
