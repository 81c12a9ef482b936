// Flags of the commands that work inside pods: logs, exec, attach, cp, port-forward.
// Called by: cli/commands/*. Must not know: any command. Upstream: kubectl pkg/cmd/util/helpers.go.
import type { FlagSpec, Flags } from './command.ts';

export function podRunningTimeoutFlag(defaultValue: string): FlagSpec {
  return {
    name: 'pod-running-timeout',
    type: 'duration',
    default: defaultValue,
    usage: 'How long to wait until a pod is there and runs, such as 5s, 2m or 3h. Must be more than zero.',
  };
}

/** Returns the time in ms. @throws Error when it is not more than zero. */
export function podRunningTimeout(flags: Flags): number {
  const timeoutMs = flags.duration('pod-running-timeout');
  if (timeoutMs <= 0) throw new Error('--pod-running-timeout must be higher than zero');
  return timeoutMs;
}

export function containerFlag(): FlagSpec {
  return {
    name: 'container',
    shorthand: 'c',
    type: 'string',
    default: '',
    usage:
      'Name of the container. Without it, the one that the annotation kubectl.kubernetes.io/default-container names, ' +
      'else the first.',
  };
}
