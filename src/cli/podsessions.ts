// A session in a pod that was just made: wait until it can begin, attach, or show the log when that is too late.
// Called by: commands run and debug. Must not know: why the pod was made. Upstream: kubectl pkg/cmd/run/run.go, debug/debug.go.
import { typedMapping } from '../client/typed.ts';
import { newNotFound } from '../machinery/status.ts';
import type { Pod } from '../resources/pod.ts';
import type { CommandContext } from './command.ts';
import { ExitError } from './errors.ts';
import type { Factory } from './factory.ts';
import { interruptible } from './interrupt.ts';
import { nameSelector, waitUntil } from './watching.ts';

/** Returns the pod as soon as the condition holds. @throws WaitTimeoutError; StatusError when the pod is deleted; ExitError. */
export async function waitForPod(
  factory: Factory,
  { namespace, name, timeoutMs }: { namespace: string; name: string; timeoutMs: number },
  isMet: (pod: Pod) => boolean,
): Promise<Pod> {
  const mapping = typedMapping('v1', 'Pod');
  const { clock } = factory;
  const fieldSelector = nameSelector(name);
  let found: Pod | undefined;
  const rest = await factory.rest();
  await interruptible(factory, (signal) =>
    waitUntil(
      { rest, clock, mapping, namespace, fieldSelector, timeoutMs, signal },
      () => false,
      (event) => {
        if (event.type === 'DELETED') throw newNotFound({ group: '', resource: 'pods' }, '');
        found = event.object as Pod;
        return isMet(found);
      },
    ),
  );
  if (!found) throw new Error('assertion: the wait ended without a pod');
  return found;
}

/** A container that has ended (`isOver`) or that cannot be attached to shows its log instead. */
export async function attachOrLog(
  context: CommandContext,
  pod: Pod,
  { container, isOver }: { container: string; isOver: boolean },
): Promise<void> {
  const { flags, streams } = context;
  if (!isOver) {
    try {
      const { attachToContainer } = await import('./attaching.ts');
      await attachToContainer(context, pod, {
        stdin: flags.bool('stdin'),
        tty: flags.bool('tty'),
        quiet: flags.bool('quiet'),
        container,
        commandName: 'kubectl attach',
      });
      return;
    } catch (error) {
      if (error instanceof ExitError) throw error;
      streams.err.write(
        `warning: couldn't attach to pod/${pod.metadata.name}, falling back to streaming logs: ${(error as Error).message}\n`,
      );
    }
  }
  const { namespace = '', name } = pod.metadata;
  const query = `container=${encodeURIComponent(container || (pod.spec.containers[0]?.name ?? ''))}`;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`;
  streams.out.write(await (await context.factory.rest()).raw('GET', path));
}
