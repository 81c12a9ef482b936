// `kubectl label`.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/label/label.go.
import { isValidLabelValue } from '../../machinery/validation.ts';
import { defineCommand } from '../command.ts';
import { operationPrinter } from '../commandprinter.ts';
import { Aggregate } from '../errors.ts';
import { metadataFlags, runMetadataChange } from '../metadataedit.ts';
import { resourcesAndPairs } from '../pairs.ts';
import { requireObject } from '../requests.ts';

export const label = defineCommand({
  use: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]',
  short: 'Change the labels of a resource',
  long: `Sets and removes labels of objects.

Keys and values begin with a letter or number and may hold letters, numbers, hyphens, dots and underscores, up to 63 characters each. A key may begin with a DNS name and a slash, such as example.com/my-app.

A label that is there changes only with --overwrite. KEY- removes a label.`,
  example: `# Give the pod foo the label unhealthy=true
kubectl label pods foo unhealthy=true

# Change a label that is there
kubectl label --overwrite pods foo status=unhealthy

# Label all pods of the namespace
kubectl label pods --all status=unhealthy

# Remove the label bar of the pod foo
kubectl label pods foo bar-`,
  flags: metadataFlags('label', 'of what to label'),
  async run(context) {
    const { args, flags, streams } = context;
    const { resources, pairs } = resourcesAndPairs(args, 'label');
    const { added, removed } = parseLabels(pairs);
    await runMetadataChange(context, {
      field: 'labels',
      word: 'label',
      resources,
      added,
      removed,
      sample: { yaml: 'pod.yaml', json: 'pod.json' },
      requireNoOverwrites(current, labels) {
        const errors = [...labels]
          .filter(([key, value]) => current[key] !== undefined && current[key] !== value)
          .map(([key]) => new Error(`'${key}' already has a value (${current[key] ?? ''}), and --overwrite is false`));
        if (errors.length > 0) throw new Aggregate(errors);
      },
      noteMissing: (key) => streams.out.write(`label ${JSON.stringify(key)} not found.\n`),
      print(info, { before, after }, dryRun) {
        const isShorter = !flags.bool('overwrite') && Buffer.byteLength(after) < Buffer.byteLength(before);
        const operation = before === after ? 'not labeled' : isShorter ? 'unlabeled' : 'labeled';
        operationPrinter(context, operation, { dryRun }).print(requireObject(info), streams.out);
      },
    });
  },
});

/** @throws Error `invalid label spec: x`, `unknown label spec: x`, `invalid label value: "x": …`. */
function parseLabels(pairs: readonly string[]): { added: Map<string, string>; removed: string[] } {
  const added = new Map<string, string>();
  const removed: string[] = [];
  for (const pair of pairs) {
    if (pair.includes('=')) {
      const [key = '', value = '', ...more] = pair.split('=');
      if (more.length > 0) throw new Error(`invalid label spec: ${pair}`);
      const problems = isValidLabelValue(value);
      if (problems.length > 0) throw new Error(`invalid label value: ${JSON.stringify(pair)}: ${problems.join(';')}`);
      added.set(key, value);
    } else if (pair.endsWith('-')) removed.push(pair.slice(0, -1));
    else throw new Error(`unknown label spec: ${pair}`);
  }
  if (removed.some((key) => added.has(key)))
    throw new Error('can not both modify and remove a label in the same command');
  return { added, removed };
}
