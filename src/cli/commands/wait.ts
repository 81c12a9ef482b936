// `kubectl wait`.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/wait/wait.go.
import { isNotFound } from '../../machinery/status.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Builder, Info } from '../builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import {
  allFlag,
  allNamespacesFlag,
  fieldSelectorFlag,
  filenameFlag,
  localFlag,
  recursiveFlag,
  selectorFlag,
  timeoutFlag,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { waitForDeletion } from '../deletion.ts';
import { printFlags } from '../printers.ts';
import { objectName, requireObject } from '../requests.ts';
import { filterOut } from '../visitors.ts';
import { poll, WaitTimeoutError, WEEK_MS } from '../watching.ts';
import { parseCondition, waitForCondition, type Condition } from './wait.conditions.ts';
import { interruptible } from '../interrupt.ts';

export const wait = defineCommand({
  use: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: 'Wait until resources meet a condition',
  long: `Waits until all named objects meet a condition.

Conditions are looked for in status.conditions; --for=create and --for=delete wait for objects to come and go, --for=jsonpath for a value.`,
  example: `# Wait until the pod busybox1 is ready
kubectl wait --for=condition=Ready pod/busybox1

# Wait until it is not
kubectl wait --for=condition=Ready=false pod/busybox1

# Wait until its phase is Running
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1

# Wait until it is gone
kubectl wait --for=delete pod/busybox1 --timeout=60s`,
  flags: [
    ...printFlags(),
    filenameFlag('of the objects'),
    recursiveFlag(true),
    selectorFlag(),
    fieldSelectorFlag(),
    allFlag(),
    allNamespacesFlag(),
    localFlag('look at'),
    timeoutFlag('How long to wait. Zero: look once. Negative: a week.', '30s'),
    {
      name: 'for',
      type: 'string',
      default: '',
      usage:
        "What to wait for: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]. The default value of a condition is true.",
    },
  ],
  async run(context) {
    const { flags } = context;
    const printer = operationPrinter(context, 'condition met');
    const word = flags.string('for');
    const condition = parseCondition(word);
    const timeoutMs = flags.duration('timeout') < 0 ? WEEK_MS : flags.duration('timeout');
    const endMs = context.factory.clock.nowMs() + timeoutMs;
    if (condition.type === 'create') await waitForCreation(context, timeoutMs);
    let count = 0;
    try {
      await (
        await makeBuilder(context)
      ).visit(async (info) => {
        count++;
        const left = timeoutMs === 0 ? 0 : Math.max(endMs - context.factory.clock.nowMs(), 1);
        printer.print(await waitForOne(context, info, condition, left), context.streams.out);
      });
    } catch (error) {
      const left = condition.type === 'delete' ? filterOut(error, isNotFound) : (error as Error);
      if (left) throw left;
    }
    if (count === 0 && condition.type !== 'delete') throw new Error('no matching resources found');
  },
});

async function makeBuilder({ args, flags, factory }: CommandContext): Promise<Builder> {
  const { namespace, isEnforced } = await factory.namespace();
  const filenames = flags.strings('filename');
  const builder = factory
    .builder()
    .namespace(namespace, { isEnforced: isEnforced && filenames.length > 0 })
    .allNamespaces(flags.bool('all-namespaces'))
    .filenames({ filenames, recursive: flags.bool('recursive') })
    .flatten()
    .continueOnError();
  if (flags.bool('local')) return builder.local();
  return builder
    .labelSelector(flags.string('selector'))
    .fieldSelector(flags.string('field-selector'))
    .args(args, { allowsEmptyTypes: flags.bool('all') })
    .latest();
}

async function waitForCreation(context: CommandContext, timeoutMs: number): Promise<void> {
  await poll(context.factory.clock, { intervalMs: 500, timeoutMs }, async () => {
    let isFound = false;
    try {
      await (
        await makeBuilder(context)
      ).visit(async () => {
        isFound = true;
      });
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
    return isFound;
  });
}

async function waitForOne(
  { factory, streams }: CommandContext,
  info: Info,
  condition: Condition,
  timeoutMs: number,
): Promise<Unstructured> {
  const options = { rest: await factory.rest(), clock: factory.clock, streams, timeoutMs };
  if (info.name === '') throw new Error('resource name must be provided');
  if (condition.type === 'create') return requireObject(info);
  if (condition.type === 'delete') {
    await interruptible(factory, (signal) => waitForDeletion(info, { ...options, signal }));
    return requireObject(info);
  }
  try {
    return await interruptible(factory, (signal) => waitForCondition(info, condition, { ...options, signal }));
  } catch (error) {
    if (error instanceof WaitTimeoutError) throw new Error(`${error.message} on ${objectName(info)}`, { cause: error });
    throw error;
  }
}
