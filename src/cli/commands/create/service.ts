// `kubectl create service clusterip`, `nodeport`, `loadbalancer` and `externalname`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_service.go.
import { isDNS1123Subdomain, isValidPortName, isValidPortNum } from '../../../machinery/validation.ts';
import { defineCommand, type CommandSpec, type FlagSpec } from '../../command.ts';
import { compact, generatorCommand } from './generator.ts';

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';

const TCP_FLAG: FlagSpec = {
  name: 'tcp',
  type: 'stringSlice',
  default: '[]',
  usage: "Ports, as '<port>:<targetPort>'; may be repeated.",
};

function serviceCommand(
  type: ServiceType,
  texts: { use: string; short: string; long?: string; example: string },
  flags: readonly FlagSpec[],
): CommandSpec {
  return generatorCommand({
    ...texts,
    flags: [TCP_FLAG, ...flags],
    failure: `failed to create ${type} service: `,
    build({ flags: given }, name) {
      const clusterIP = type === 'ClusterIP' ? given.string('clusterip') : '';
      const externalName = type === 'ExternalName' ? given.string('external-name') : '';
      const nodePort = type === 'NodePort' ? given.int('node-port') : 0;
      const tcp = given.strings('tcp');
      if (clusterIP !== 'None' && tcp.length === 0 && type !== 'ExternalName')
        throw new Error('at least one tcp port specifier must be provided');
      if (type === 'ExternalName' && isDNS1123Subdomain(externalName).length > 0)
        throw new Error(`invalid service external name ${externalName}`);
      const ports = tcp.map((text) => ({ ...portOf(text), ...(nodePort === 0 ? {} : { nodePort }) }));
      return {
        kind: 'Service',
        apiVersion: 'v1',
        metadata: { name, labels: { app: name } },
        spec: compact({
          ports: ports.length > 0 ? ports : undefined,
          selector: { app: name },
          clusterIP: clusterIP || undefined,
          type,
          externalName: externalName || undefined,
        }),
        status: { loadBalancer: {} },
      };
    },
  });
}

/** Upstream: parsePorts. */
function portOf(text: string): { name: string; protocol: string; port: number; targetPort: number | string } {
  const [first = '', second] = text.split(':');
  const port = Number(first);
  if (!/^[+]?\d+$/.test(first) || port > 65535)
    throw new Error(
      /^[+]?\d+$/.test(first)
        ? `strconv.ParseUint: parsing ${JSON.stringify(first)}: value out of range`
        : `strconv.ParseUint: parsing ${JSON.stringify(first)}: invalid syntax`,
    );
  const name = text.replaceAll(':', '-');
  const head = { name, protocol: 'TCP', port };
  if (second === undefined) return { ...head, targetPort: port };
  if (/^[+-]?\d+$/.test(second)) {
    const problems = isValidPortNum(Number(second));
    if (problems.length > 0) throw new Error(problems.join(','));
    return { ...head, targetPort: Number(second) };
  }
  const problems = isValidPortName(second);
  if (problems.length > 0) throw new Error(problems.join(','));
  return { ...head, targetPort: second };
}

const clusterIP = serviceCommand(
  'ClusterIP',
  {
    use: 'clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
    short: 'Create a ClusterIP service',
    example: `# Create a service that the cluster reaches
kubectl create service clusterip my-cs --tcp=5678:8080

# Create a headless service
kubectl create service clusterip my-cs --clusterip="None"`,
  },
  [
    {
      name: 'clusterip',
      type: 'string',
      default: '',
      usage: "Address of the service, or 'None' for a headless one. Default: the cluster chooses.",
    },
  ],
);

const nodePort = serviceCommand(
  'NodePort',
  {
    use: 'nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
    short: 'Create a NodePort service',
    example: `# Create a service with a port on every node
kubectl create service nodeport my-ns --tcp=5678:8080`,
  },
  [{ name: 'node-port', type: 'int', default: '0', usage: 'Port on the nodes. Default: the cluster chooses.' }],
);

const loadBalancer = serviceCommand(
  'LoadBalancer',
  {
    use: 'loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
    short: 'Create a LoadBalancer service',
    example: `# Create a service with a load balancer
kubectl create service loadbalancer my-lbs --tcp=5678:8080`,
  },
  [],
);

const externalName = serviceCommand(
  'ExternalName',
  {
    use: 'externalname NAME --external-name external.name [--dry-run=server|client|none]',
    short: 'Create an ExternalName service',
    long: `Creates a service that stands for a DNS name outside of the cluster.`,
    example: `# Create a service that stands for bar.com
kubectl create service externalname my-ns --external-name bar.com`,
  },
  [{ name: 'external-name', type: 'string', default: '', isRequired: true, usage: 'The DNS name.' }],
);

export const createService = defineCommand({
  use: 'service [flags]',
  aliases: ['svc'],
  short: 'Create a service',
  commands: [clusterIP, externalName, loadBalancer, nodePort],
});
