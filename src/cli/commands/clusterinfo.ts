// kubectl cluster-info: where the control plane and the services of the cluster are.
// Called by: cli/commands/index.ts. Must not know: the simulator. Upstream: kubectl pkg/cmd/clusterinfo/clusterinfo.go.
import type { Service } from '../../resources/service.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { extractItems } from '../visitors.ts';
import { clusterInfoDump } from './clusterinfo.dump.ts';

/** Upstream builds a request for the word `services`. */
const CATEGORY_AND_WORD = 5;
const NAME_LABEL = 'kubernetes.io/name';

export const clusterInfo = defineCommand({
  use: 'cluster-info [flags]',
  group: 'Cluster Management Commands:',
  short: 'Display cluster information',
  long: `Print the addresses of the control plane and of services with the label
kubernetes.io/cluster-service=true. For more, use 'kubectl cluster-info dump'.`,
  example: `  # The addresses of the control plane and of cluster services
  kubectl cluster-info`,
  commands: [clusterInfoDump],
  run: runClusterInfo,
});

async function runClusterInfo({ factory, flags, streams }: CommandContext): Promise<void> {
  const rest = await factory.rest();
  const host = factory.connection().serverUrl;
  const namespace = flags.string('namespace') || 'kube-system';
  const labelSelector = 'kubernetes.io/cluster-service=true';
  try {
    const mapper = await factory.mapper(CATEGORY_AND_WORD);
    const list = await rest.list(mapper.resourceFor('services'), namespace, { labelSelector });
    streams.out.write(`Kubernetes control plane is running at ${host}\n`);
    for (const service of extractItems(list) as unknown as Service[]) {
      const name = service.metadata.labels?.[NAME_LABEL] || service.metadata.name;
      streams.out.write(`${name} is running at ${linkOf(service, host)}\n`);
    }
  } finally {
    streams.out.write("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
  }
}

function linkOf({ metadata, spec, status }: Service, host: string): string {
  const ports = spec.ports ?? [];
  const [ingress] = status.loadBalancer?.ingress ?? [];
  if (ingress) return ports.map(({ port }) => `http://${ingress.ip || ingress.hostname}:${port} `).join('');
  let { name } = metadata;
  const [first] = ports;
  if (first) {
    const scheme = first.name === 'https' || first.port === 443 ? 'https' : '';
    if (scheme !== '') name = `${scheme}:${name}:${first.name ?? ''}`;
    else if (first.name) name = `${name}:${first.name}`;
  }
  return `${host}/api/v1/namespaces/${metadata.namespace}/services/${name}/proxy`;
}
