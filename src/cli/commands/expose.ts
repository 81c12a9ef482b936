// `kubectl expose`: a service in front of a workload, pod or another service.
// Called by: cli/commands/index.ts. Upstream: kubectl pkg/cmd/expose/expose.go.
import type { PodSpec } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { parseGroupVersion, type Unstructured } from '../../machinery/types.ts';
import type { Info } from '../builder.ts';
import { defineCommand, type CommandContext, type FlagSpec } from '../command.ts';
import {
  dryRunFlag,
  dryRunStrategy,
  fieldManagerFlag,
  filenameFlags,
  filenameOptions,
  recordFlag,
  saveConfigFlag,
} from '../commandflags.ts';
import { operationPrinter } from '../commandprinter.ts';
import { createOrUpdateAnnotation } from '../lastapplied.ts';
import { overrideFlags, withOverrides } from '../overrides.ts';
import { printFlags } from '../printers.ts';
import { recorded } from '../recording.ts';
import { requireObject } from '../requests.ts';
import { generateService, labelsText } from '../servicegenerator.ts';

const text = (name: string, usage: string, shorthand?: string): FlagSpec => ({
  name,
  type: 'string',
  default: '',
  usage,
  ...(shorthand === undefined ? {} : { shorthand }),
});

export const expose = defineCommand({
  use: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  short: 'Make a workload reachable through a new Service',
  long: `Makes a service in front of a deployment, service, replica set, replication controller or pod.

Its selector and, unless --port says otherwise, its ports are taken from the object. A deployment or replica set can only be exposed if its selector consists of equalities.

Possible resources include (case insensitive):

pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)`,
  example: `# A service for a replicated nginx, on port 80, to port 8000 of its containers
kubectl expose rc nginx --port=80 --target-port=8000

# A service for a pod, with a name
kubectl expose pod valid-pod --port=444 --name=frontend

# A service for a deployment
kubectl expose deployment nginx --port=80 --target-port=8000`,
  flags: [
    ...printFlags(),
    recordFlag(),
    text('protocol', "Protocol of the service. Default: the object's, else TCP."),
    text('port', "Port of the service. Default: the object's."),
    text('type', "Type of the service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default: 'ClusterIP'."),
    text('load-balancer-ip', 'Address of the load balancer. Default: any.'),
    text('selector', "Labels of the pods behind the service; equalities only. Default: the object's."),
    text('labels', 'Labels of the service.', 'l'),
    text('target-port', 'Name or number of the port of the containers. Default: the port of the service.'),
    text('external-ip', 'A further address at which the service is reached.'),
    text('name', "Name of the service. Default: the object's."),
    text('session-affinity', "Whether a client stays with one pod: 'None', 'ClientIP'."),
    text('cluster-ip', "Address of the service, or 'None' for a headless one. Default: the cluster chooses."),
    fieldManagerFlag('kubectl-expose'),
    ...overrideFlags(),
    dryRunFlag(),
    saveConfigFlag(),
    ...filenameFlags('of what to expose'),
  ],
  async run(context) {
    const { args, flags, factory } = context;
    const { namespace, isEnforced } = await factory.namespace();
    const builder = factory
      .builder()
      .typed()
      .continueOnError()
      .namespace(namespace, { isEnforced: isEnforced && flags.strings('filename').length > 0 })
      .filenames(filenameOptions(flags))
      .args(args)
      .flatten();
    await builder.check();
    await builder.visit((info) => exposeOne(context, info));
  },
});

async function exposeOne(context: CommandContext, info: Info): Promise<void> {
  const { flags, factory, streams } = context;
  const dryRun = dryRunStrategy(context);
  requireExposable(info);
  const object = requireObject(info);
  const service = generateService({
    name: flags.string('name') || info.name.slice(0, 63),
    selector: flags.string('selector') || selectorOf(object),
    labels: flags.string('labels') || labelsText(object.metadata.labels ?? {}),
    ports: flags.string('port') || portsOf(object, flags.string('cluster-ip') === 'None'),
    protocol: flags.string('protocol'),
    protocols: protocolsOf(object),
    targetPort: flags.string('target-port'),
    externalIP: flags.string('external-ip'),
    type: flags.string('type'),
    loadBalancerIP: flags.string('load-balancer-ip'),
    sessionAffinity: flags.string('session-affinity'),
    clusterIP: flags.string('cluster-ip'),
  });
  let built = withOverrides(flags, service as Unstructured, 'core.v1.Service');
  built = recorded(context, built);
  const { namespace, isEnforced } = await factory.namespace();
  if (dryRun === 'client') {
    if (isEnforced) built = { ...built, metadata: { ...built.metadata, namespace } };
    operationPrinter(context, 'exposed', { dryRun, isTyped: true }).print(built, streams.out);
    return;
  }
  built = createOrUpdateAnnotation(flags.bool('save-config'), built);
  const mapping = (await factory.mapper()).mappingFor({ ...parseGroupVersion(built.apiVersion), kind: built.kind });
  const created = await (
    await factory.rest()
  ).create(mapping, namespace, built, {
    dryRun: dryRun === 'server' ? 'All' : undefined,
    fieldManager: flags.string('field-manager') || undefined,
  });
  operationPrinter(context, 'exposed', { dryRun }).print(created, streams.out);
}

function requireExposable({ mapping: { gvk } }: Info): void {
  const isCore = gvk.group === '' && ['ReplicationController', 'Service', 'Pod'].includes(gvk.kind);
  const isWorkload = ['apps', 'extensions'].includes(gvk.group) && ['Deployment', 'ReplicaSet'].includes(gvk.kind);
  if (!isCore && !isWorkload)
    throw new Error(`cannot expose a ${gvk.group === '' ? gvk.kind : `${gvk.kind}.${gvk.group}`}`);
}

interface Exposable {
  selector?: unknown;
  template?: { metadata?: { labels?: Record<string, string> }; spec?: PodSpec };
  ports?: readonly { port: number; protocol?: string }[];
}
const specOf = (object: Unstructured) => (object['spec'] ?? {}) as Exposable;

/** Upstream: mapBasedSelectorForObject. */
function selectorOf(object: Unstructured): string {
  const wrap = (reason: string) =>
    new Error(`couldn't retrieve selectors via --selector flag or introspection: ${reason}`);
  const { kind, metadata } = object;
  const { selector } = specOf(object);
  if (kind === 'Pod') {
    if (Object.keys(metadata.labels ?? {}).length === 0) throw wrap('the pod has no labels and cannot be exposed');
    return labelsText(metadata.labels ?? {});
  }
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (!selector && kind === 'Service') throw wrap('the service has no pod selector set');
    return labelsText((selector ?? {}) as Record<string, string>);
  }
  const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as LabelSelector;
  if (Object.keys(matchLabels).length === 0)
    throw wrap(`invalid ${kind.toLowerCase()}: no selectors, therefore cannot be exposed`);
  if (matchExpressions.length > 0) {
    const shown = matchExpressions.map(
      (e) => `{Key:${e.key} Operator:${e.operator} Values:[${(e.values ?? []).join(' ')}]}`,
    );
    throw wrap(`couldn't convert expressions - "[${shown.join(' ')}]" to map-based selector format`);
  }
  return labelsText(matchLabels);
}

/** Returns port and protocol of each port, in order. */
function portPairs(object: Unstructured): { port: number; protocol: string }[] {
  const spec = specOf(object);
  if (object.kind === 'Service') return (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => ({ port, protocol }));
  const podSpec = object.kind === 'Pod' ? (spec as unknown as PodSpec) : spec.template?.spec;
  const containers = [
    ...(podSpec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always'),
    ...(podSpec?.containers ?? []),
  ];
  return containers.flatMap((c) =>
    (c.ports ?? []).map(({ containerPort, protocol = 'TCP' }) => ({ port: containerPort, protocol })),
  );
}

function portsOf(object: Unstructured, isHeadless: boolean): string {
  const ports = [...new Set(portPairs(object).map(({ port }) => String(port)))];
  if (ports.length === 0 && !isHeadless) throw new Error("couldn't find port via --port flag or introspection");
  return ports.join(',');
}

function protocolsOf(object: Unstructured): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { port, protocol } of portPairs(object)) {
    const list = found.get(String(port)) ?? [];
    if (!list.includes(protocol)) found.set(String(port), [...list, protocol]);
  }
  return found;
}
