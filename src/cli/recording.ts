// --record: the command line in the annotation that `rollout history` shows.
// Called by: cli/commands/*. Must not know: any command. Upstream: cli-runtime/pkg/genericclioptions/record_flags.go.
import { clone } from '../machinery/meta.ts';
import type { Unstructured } from '../machinery/types.ts';
import type { CommandContext } from './command.ts';

export const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** Returns true when the user asked for the command to be noted. */
export function isRecording({ flags }: CommandContext): boolean {
  return flags.changed('record') && flags.bool('record');
}

/** Returns a copy with the command noted, or the object itself when that was not asked for. */
export function recorded(context: CommandContext, object: Unstructured): Unstructured {
  if (!isRecording(context)) return object;
  const copy = clone(object);
  const annotations = { ...copy.metadata?.annotations, [CHANGE_CAUSE]: context.recordText ?? '' };
  return { ...copy, metadata: { ...copy.metadata, annotations } };
}
