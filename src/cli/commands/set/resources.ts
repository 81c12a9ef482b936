// `kubectl set resources`.
// Called by: commands/set.ts. Upstream: kubectl pkg/cmd/set/set_resources.go.
import type { ResourceRequirements } from 'kubernetes-types/core/v1';
import { canonicalizeQuantity } from '../../../machinery/quantity.ts';
import { defineCommand } from '../../command.ts';
import { dryRunStrategy } from '../../commandflags.ts';
import { changeAll, podSpecOf, readInfos, selectContainers, setFlags } from './podspec.ts';

export const setResources = defineCommand({
  use: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Change requests and limits of a pod template',
  long: `Changes what containers ask for (requests) and what they may use (limits). A limit without a request becomes the request too.`,
  example: `# Limit a container to 200m CPU and 512Mi memory
kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi

# Limits and requests of all containers
kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi`,
  flags: [
    ...setFlags(),
    {
      name: 'containers',
      shorthand: 'c',
      type: 'string',
      default: '*',
      usage: "Containers to change; '*' may stand for any text.",
    },
    { name: 'limits', type: 'string', default: '', usage: "Limits, such as 'cpu=100m,memory=256Mi'." },
    { name: 'requests', type: 'string', default: '', usage: "Requests, such as 'cpu=100m,memory=256Mi'." },
  ],
  async run(context) {
    const { args, flags } = context;
    const dryRun = dryRunStrategy(context);
    const infos = await readInfos(context, args);
    if (flags.bool('local') && dryRun === 'server')
      throw new Error('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    if (flags.bool('all') && flags.string('selector') !== '')
      throw new Error('cannot set --all and --selector at the same time');
    if (flags.string('limits') === '' && flags.string('requests') === '')
      throw new Error('you must specify an update to requests or limits (in the form of --requests/--limits)');
    const limits = parseResourceList(flags.string('limits'));
    const requests = parseResourceList(flags.string('requests'));
    const pattern = flags.string('containers');
    const errors: Error[] = [];
    await changeAll(
      context,
      infos,
      (object) => {
        const spec = podSpecOf(object);
        const containers = [
          ...selectContainers(spec.containers, pattern),
          ...selectContainers(spec.initContainers, pattern),
        ];
        if (containers.length === 0) errors.push(new Error(`error: unable to find container named ${pattern}`));
        for (const container of containers)
          container.resources = changedResources(container.resources ?? {}, limits, requests);
        return containers.length > 0;
      },
      {
        operation: 'resource requirements updated',
        failure: 'failed to patch resources update to pod template ',
        errors,
      },
    );
  },
});

function changedResources(
  before: ResourceRequirements,
  limits: ReadonlyMap<string, string>,
  requests: ReadonlyMap<string, string>,
): ResourceRequirements {
  const after = { ...before };
  if (limits.size > 0) after.limits = { ...before.limits, ...Object.fromEntries(limits) };
  if (requests.size > 0) after.requests = { ...before.requests, ...Object.fromEntries(requests) };
  return after;
}

/** @throws Error `Invalid argument syntax x, expected <resource>=<value>`; QuantityError. */
export function parseResourceList(text: string): Map<string, string> {
  const list = new Map<string, string>();
  if (text === '') return list;
  for (const statement of text.split(',')) {
    const [name = '', quantity, ...more] = statement.split('=');
    if (quantity === undefined || more.length > 0)
      throw new Error(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    list.set(name, canonicalizeQuantity(quantity));
  }
  return list;
}
