// `kubectl create namespace` and `kubectl create serviceaccount`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_namespace.go, create_serviceaccount.go.
import { generatorCommand } from './generator.ts';

export const createNamespace = generatorCommand({
  use: 'namespace NAME [--dry-run=server|client|none]',
  aliases: ['ns'],
  short: 'Create a namespace',
  example: `# Create the namespace my-namespace
kubectl create namespace my-namespace`,
  isClusterScoped: true,
  build(_context, name) {
    if (name === '') throw new Error('name must be specified');
    return { kind: 'Namespace', apiVersion: 'v1', metadata: { name }, spec: {}, status: {} };
  },
});

export const createServiceAccount = generatorCommand({
  use: 'serviceaccount NAME [--dry-run=server|client|none]',
  aliases: ['sa'],
  short: 'Create a service account',
  example: `# Create the service account my-service-account
kubectl create serviceaccount my-service-account`,
  failure: 'failed to create serviceaccount: ',
  build(_context, name) {
    if (name === '') throw new Error('name must be specified');
    return { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name } };
  },
});
