// `kubectl annotate`.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/annotate/annotate.go.
import { defineCommand } from '../command.ts';
import { operationPrinter } from '../commandprinter.ts';
import { metadataFlags, runMetadataChange } from '../metadataedit.ts';
import { parsePairs, resourcesAndPairs } from '../pairs.ts';
import { CHANGE_CAUSE } from '../recording.ts';

export const annotate = defineCommand({
  use: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Change the annotations of a resource',
  long: `Sets and removes annotations of objects.

Annotations are keys with values for tools and people; values may be any text.

An annotation that is there changes only with --overwrite. KEY- removes an annotation.`,
  example: `# Annotate the pod foo
kubectl annotate pods foo description='my frontend'

# Annotate what pod.json names
kubectl annotate -f pod.json description='my frontend'

# Change an annotation that is there
kubectl annotate --overwrite pods foo description='my frontend running nginx'

# Remove the annotation description of the pod foo
kubectl annotate pods foo description-`,
  flags: metadataFlags('annotation', 'of what to annotate'),
  async run(context) {
    const { args, streams } = context;
    const { resources, pairs } = resourcesAndPairs(args, 'annotation');
    const { added, removed } = parsePairs(pairs, 'annotation', true);
    const both = removed.filter((key) => added.has(key));
    if (both.length > 0)
      throw new Error(
        `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
      );
    await runMetadataChange(context, {
      field: 'annotations',
      word: 'annotation',
      resources,
      added,
      removed,
      sample: { yaml: 'rsrc.yaml', json: 'rsrc.json' },
      requireNoOverwrites(current, annotations) {
        const found = [...annotations]
          .filter(([key, value]) => key !== CHANGE_CAUSE && current[key] !== undefined && current[key] !== value)
          .map(([key]) => `'${key}' already has a value (${current[key] ?? ''})`);
        if (found.length > 0)
          throw new Error(`--overwrite is false but found the following declared annotation(s): ${found.join('; ')}`);
      },
      print(_info, { answered }, dryRun) {
        operationPrinter(context, 'annotated', { dryRun }).print(answered, streams.out);
      },
    });
  },
});
