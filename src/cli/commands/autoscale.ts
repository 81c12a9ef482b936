// `kubectl autoscale`: a HorizontalPodAutoscaler for a workload.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/autoscale/autoscale.go.
import { canonicalizeQuantity } from '../../machinery/quantity.ts';
import { groupVersionString, type Unstructured } from '../../machinery/types.ts';
import type { RESTMapping } from '../../client/types.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext, type Flags } from '../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  filenameOptions,
  recordFlag,
  saveConfigFlag,
  type DryRun,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { createOrUpdateAnnotation } from '../lastapplied.ts';
import { printFlags } from '../printers.ts';
import { recorded } from '../recording.ts';

type Target = { type: 'Utilization'; averageUtilization: number } | { type: 'AverageValue'; averageValue: string };

export const autoscale = defineCommand({
  use: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  short: 'Let the number of replicas follow the load',
  long: `Creates an autoscaler that keeps the number of pods of a deployment, replica set, stateful set or replication controller between two limits, by their use of CPU and memory.`,
  example: `# Between 2 and 10 pods, by the usual rules
kubectl autoscale deployment foo --min=2 --max=10

# Up to 5 pods, aiming at 80% of the CPU that they ask for
kubectl autoscale rc foo --max=5 --cpu=80%

# Between 3 and 6 pods, aiming at 500m CPU and 200Mi memory each
kubectl autoscale deployment bar --min=3 --max=6 --cpu=500m --memory=200Mi`,
  flags: [
    recordFlag(),
    ...printFlags(),
    { name: 'min', type: 'int32', default: '-1', usage: 'Fewest pods. Absent or negative: the server chooses.' },
    { name: 'max', type: 'int32', default: '-1', isRequired: true, usage: 'Most pods. Required.' },
    {
      name: 'cpu-percent',
      type: 'int32',
      default: '-1',
      deprecated:
        "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
      usage: 'CPU to aim at, in percent of what the pods ask for.',
    },
    {
      name: 'cpu',
      type: 'string',
      default: '',
      usage: 'CPU to aim at: 70% of what the pods ask for, or 500m for each pod. A number alone means thousandths.',
    },
    {
      name: 'memory',
      type: 'string',
      default: '',
      usage: 'Memory to aim at: 60% of what the pods ask for, or 200Mi for each pod. A number alone means Mi.',
    },
    { name: 'name', type: 'string', default: '', usage: "Name of the autoscaler. Default: the workload's." },
    dryRunFlag(),
    ...filenameFlags('of what to scale'),
    saveConfigFlag(),
    fieldManagerFlag('kubectl-autoscale'),
  ],
  async run(context) {
    const { args, flags, factory } = context;
    const dryRun = dryRunStrategy(context);
    validate(flags);
    const { namespace, isEnforced } = await factory.namespace();
    const builder = factory
      .builder()
      .continueOnError()
      .namespace(namespace, { isEnforced: isEnforced && flags.strings('filename').length > 0 })
      .filenames(filenameOptions(flags))
      .args(args)
      .flatten();
    await builder.check();
    let count = 0;
    await builder.visit(async (info) => {
      await requireScale(context, info.mapping);
      await createAutoscaler(context, info, dryRun);
      count++;
    });
    if (count === 0) throw new Error('no objects passed to autoscale');
  },
});

function validate(flags: Flags): void {
  const max = flags.int('max');
  const min = flags.int('min');
  if (max < 1) throw new Error(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new Error(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  if (flags.int('cpu-percent') > 0 && flags.string('cpu') !== '')
    throw new Error('--cpu-percent and --cpu are mutually exclusive');
  if (flags.string('cpu') !== '') parseTarget(flags.string('cpu'), 'cpu');
  if (flags.string('memory') !== '') parseTarget(flags.string('memory'), 'memory');
}

async function requireScale({ factory }: CommandContext, { gvr, gvk }: RESTMapping): Promise<void> {
  const mapper = await factory.mapper();
  const found = mapper
    .resources()
    .find((r) => r.name === gvr.resource && r.group === gvr.group && r.version === gvr.version);
  if (found?.subresources.includes('scale')) return;
  throw new Error(
    `cannot autoscale a ${gvk.kind}: could not find scale subresource for ${gvr.group}/${gvr.version}, ` +
      `Resource=${gvr.resource} in discovery information`,
  );
}

async function createAutoscaler(context: CommandContext, info: Info, dryRun: DryRun): Promise<void> {
  const { flags, factory, streams } = context;
  const { namespace, isEnforced } = await factory.namespace();
  let hpa = recorded(context, buildV2(context, info, isEnforced ? namespace : '') as Unstructured);
  if (dryRun === 'client') {
    operationPrinter(context, 'created', { dryRun, isTyped: true }).print(hpa, streams.out);
    return;
  }
  hpa = createOrUpdateAnnotation(flags.bool('save-config'), hpa);
  const create = async (object: Unstructured, version: string) => {
    const gvk = { group: 'autoscaling', version, kind: 'HorizontalPodAutoscaler' };
    const mapping = (await factory.mapper()).mappingFor(gvk);
    return (await factory.rest()).create(mapping, namespace, object, {
      dryRun: dryRun === 'server' ? 'All' : undefined,
      fieldManager: flags.string('field-manager') || undefined,
    });
  };
  let created: Unstructured;
  try {
    created = await create(hpa, 'v2');
  } catch {
    requireV1(flags);
    created = await create(
      recorded(context, buildV1(context, info, isEnforced ? namespace : '') as Unstructured),
      'v1',
    );
  }
  operationPrinter(context, 'autoscaled', { dryRun }).print(created, streams.out);
}

/** Upstream falls back to v1 after any failure; what v1 cannot say ends here. */
function requireV1(flags: Flags): void {
  const fail = (reason: string) =>
    new Error(
      `failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${reason}`,
    );
  const memory = flags.string('memory');
  const cpu = flags.string('cpu');
  if (cpu === '') throw fail('empty input');
  const isUtilization = parseTarget(cpu, 'cpu').type === 'Utilization';
  if (memory !== '' || !(flags.int('cpu-percent') >= 0 || isUtilization)) throw fail('%!w(<nil>)');
}

function head(context: CommandContext, info: Info, version: string, namespace: string) {
  const name = context.flags.string('name') || info.name;
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: `autoscaling/${version}`,
    metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  };
}

function reference({ mapping: { gvk }, name }: Info) {
  return { kind: gvk.kind, name, apiVersion: groupVersionString(gvk) };
}

function buildV2(context: CommandContext, info: Info, namespace: string): object {
  const { flags } = context;
  const metrics: object[] = [];
  const add = (name: string, target: Target) => metrics.push({ type: 'Resource', resource: { name, target } });
  const percent = flags.int('cpu-percent');
  if (percent > 0) add('cpu', { type: 'Utilization', averageUtilization: percent });
  if (flags.string('cpu') !== '') add('cpu', parseTarget(flags.string('cpu'), 'cpu'));
  if (flags.string('memory') !== '') add('memory', parseTarget(flags.string('memory'), 'memory'));
  return {
    ...head(context, info, 'v2', namespace),
    spec: {
      scaleTargetRef: reference(info),
      ...(flags.int('min') > 0 ? { minReplicas: flags.int('min') } : {}),
      maxReplicas: flags.int('max'),
      ...(metrics.length > 0 ? { metrics } : {}),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  };
}

function buildV1(context: CommandContext, info: Info, namespace: string): object {
  const { flags } = context;
  const percent = flags.int('cpu-percent');
  return {
    ...head(context, info, 'v1', namespace),
    spec: {
      scaleTargetRef: reference(info),
      ...(flags.int('min') > 0 ? { minReplicas: flags.int('min') } : {}),
      maxReplicas: flags.int('max'),
      ...(percent >= 0 ? { targetCPUUtilizationPercentage: percent } : {}),
    },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  };
}

/** Upstream: parseResourceInput. @throws Error `invalid resource cpu value: x`, `invalid percentage value: x`. */
function parseTarget(input: string, resource: 'cpu' | 'memory'): Target {
  const value = input.trim();
  if (value === '') throw new Error('empty input');
  if (value.endsWith('%')) {
    const digits = value.slice(0, -1);
    if (!/^\+?\d+$/.test(digits) || Number(digits) > 2147483647) throw new Error(`invalid percentage value: ${digits}`);
    return { type: 'Utilization', averageUtilization: Number(digits) };
  }
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);
  const withUnit = isNumber ? `${Number(value)}${resource === 'cpu' ? 'm' : 'Mi'}` : value;
  try {
    return { type: 'AverageValue', averageValue: canonicalizeQuantity(withUnit) };
  } catch (error) {
    if (isNumber) throw error;
    throw new Error(`invalid resource ${resource} value: ${value}`, { cause: error });
  }
}
