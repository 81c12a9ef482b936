// The objects that rollout commands work on, and the refusal when none is named.
// Called by: commands/rollout/*. Upstream: kubectl pkg/cmd/rollout.
import type { Builder } from '../../builder.ts';
import type { CommandContext } from '../../command.ts';
import { filenameOptions } from '../../commandflags.ts';

/** Returns the builder of the objects that arguments and files name. @throws Error `required resource not specified`. */
export async function rolloutBuilder({ args, flags, factory }: CommandContext): Promise<Builder> {
  const files = filenameOptions(flags);
  const hasFiles = files.filenames.length > 0 || files.kustomize !== '';
  if (args.length === 0 && !hasFiles) throw new Error('required resource not specified');
  const { namespace, isEnforced } = await factory.namespace();
  const builder = factory
    .builder()
    .typed()
    .namespace(namespace, { isEnforced: isEnforced && hasFiles })
    .labelSelector(flags.string('selector'))
    .filenames(files)
    .args(args, { allowsEmptyTypes: true })
    .continueOnError()
    .latest()
    .flatten();
  await builder.check();
  return builder;
}

/** Returns 'Deployment.apps' or 'ConfigMap'. Upstream: schema.GroupKind.String. */
export function groupKindText({ group, kind }: { group: string; kind: string }): string {
  return group === '' ? kind : `${kind}.${group}`;
}
