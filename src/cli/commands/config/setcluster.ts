// `kubectl config set-cluster`.
// Called by: commands/config.ts. Upstream: kubectl pkg/cmd/config/set_cluster.go.
import { defineCommand, type CommandContext, type Flags } from '../../command.ts';
import { exactArgs } from './access.ts';
import { absolutePath, readBase64, requireFile } from './files.ts';

export const setCluster = defineCommand({
  use: 'set-cluster NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]',
  short: 'Change or add a cluster',
  long: `Changes a cluster of the kubeconfig, or adds one.

What is not given keeps its value.`,
  example: `# Set the server of the cluster e2e
kubectl config set-cluster e2e --server=https://1.2.3.4

# Keep the certificate of the authority in the kubeconfig itself
kubectl config set-cluster e2e --embed-certs --certificate-authority=~/.kube/e2e/ca.crt`,
  flags: [
    { name: 'server', type: 'string', default: '', usage: 'Address of the API server.' },
    { name: 'tls-server-name', type: 'string', default: '', usage: "Name to expect in the server's certificate." },
    {
      name: 'insecure-skip-tls-verify',
      type: 'bool',
      default: 'false',
      usage: "Do not check the server's certificate.",
    },
    {
      name: 'certificate-authority',
      type: 'string',
      default: '',
      usage: 'File with the certificate of the authority.',
    },
    {
      name: 'embed-certs',
      type: 'bool',
      default: 'false',
      usage: 'Keep the certificate itself, not the name of its file.',
    },
    { name: 'proxy-url', type: 'string', default: '', usage: 'Proxy to the cluster.' },
  ],
  async run(context) {
    const [name = ''] = await exactArgs(context, 1);
    const { flags, factory, streams } = context;
    if (name === '') throw new Error('you must specify a non-empty cluster name');
    const authority = flags.string('certificate-authority');
    if (flags.bool('insecure-skip-tls-verify') && authority !== '')
      throw new Error('you cannot specify a certificate authority and insecure mode at the same time');
    if (flags.bool('embed-certs')) {
      if (authority === '') throw new Error('you must specify a --certificate-authority to embed');
      requireFile(factory.cwd, 'certificate-authority', authority);
    }
    const access = factory.kubeconfig();
    const kubeconfig = access.load();
    kubeconfig.clusters.set(name, changedCluster({ ...kubeconfig.clusters.get(name) }, flags, context));
    access.save(kubeconfig);
    streams.out.write(`Cluster ${JSON.stringify(name)} set.\n`);
  },
});

function changedCluster(
  cluster: Record<string, unknown>,
  flags: Flags,
  { factory }: CommandContext,
): Record<string, unknown> {
  const set = (field: string, value: string) => {
    if (value === '') delete cluster[field];
    else cluster[field] = value;
  };
  if (flags.changed('server')) {
    set('server', flags.string('server'));
    delete cluster['tls-server-name'];
  }
  if (flags.changed('tls-server-name')) set('tls-server-name', flags.string('tls-server-name'));
  // Upstream: the flag counts as given even when it is not, so that every change makes the cluster secure again.
  delete cluster['insecure-skip-tls-verify'];
  if (flags.bool('insecure-skip-tls-verify')) {
    cluster['insecure-skip-tls-verify'] = true;
    delete cluster['certificate-authority'];
    delete cluster['certificate-authority-data'];
  }
  if (flags.changed('certificate-authority')) {
    const file = flags.string('certificate-authority');
    delete cluster['insecure-skip-tls-verify'];
    delete cluster['certificate-authority'];
    delete cluster['certificate-authority-data'];
    if (flags.bool('embed-certs')) cluster['certificate-authority-data'] = readBase64(factory.cwd, file);
    else cluster['certificate-authority'] = absolutePath(factory.cwd, file);
  }
  if (flags.changed('proxy-url')) set('proxy-url', flags.string('proxy-url'));
  return cluster;
}
