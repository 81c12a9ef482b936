// `kubectl apply view-last-applied`.
// Called by: commands/apply.ts. Upstream: kubectl pkg/cmd/apply/apply_view_last_applied.go.
import { marshalJson } from '../../../machinery/gofmt.ts';
import { toYaml } from '../../../machinery/yaml.ts';
import { defineCommand } from '../../command.ts';
import { allFlag, filenameFlags, filenameOptions, selectorFlag } from '../../commandflags.ts';
import { addSource, UsageError } from '../../errors.ts';
import { originalConfiguration } from '../../lastapplied.ts';
import { requireObject } from '../../requests.ts';

export const viewLastApplied = defineCommand({
  use: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  short: 'Show what was applied last',
  long: `Shows the configuration of objects as it was applied last.

It is printed as YAML; -o json prints it as JSON.`,
  example: `# What was applied to the deployment nginx
kubectl apply view-last-applied deployment/nginx

# What was applied to the object in a file, as JSON
kubectl apply view-last-applied -f deploy.yaml -o json`,
  flags: [
    { name: 'output', shorthand: 'o', type: 'string', default: 'yaml', usage: 'Must be one of (yaml, json).' },
    allFlag(),
    ...filenameFlags('whose last configuration to show'),
    selectorFlag(),
  ],
  async run({ args, flags, factory, streams, commandPath }) {
    const { namespace, isEnforced } = await factory.namespace();
    const texts: string[] = [];
    await factory
      .builder()
      .namespace(namespace, { isEnforced: false })
      .filenames(filenameOptions(flags))
      .args(args, { allowsEmptyTypes: isEnforced })
      .selectAll(flags.bool('all'))
      .labelSelector(flags.string('selector'))
      .latest()
      .flatten()
      .visit(async (info) => {
        const text = originalConfiguration(requireObject(info));
        if (text !== undefined) texts.push(text);
        else if (info.source !== '')
          throw addSource(
            `no last-applied-configuration annotation found on resource: ${info.name}\n`,
            info.source,
            new Error('%!v(<nil>)'),
          );
      });
    const output = flags.string('output');
    for (const text of texts) {
      const value: unknown = JSON.parse(text);
      if (output === 'json') streams.out.write(`${marshalJson(value, { indent: 2, keepsOrder: true })}\n`);
      else if (output === 'yaml') streams.out.write(toYaml(value));
      else
        throw new UsageError(
          `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`,
          commandPath,
        );
    }
  },
});
