// `kubectl create secret generic`, `tls` and `docker-registry`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_secret.go, create_secret_tls.go, create_secret_docker.go.
import { marshalJson } from '../../../machinery/gofmt.ts';
import { isConfigMapKey } from '../../../machinery/validation.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { contentHash } from '../../contenthash.ts';
import { goFileError } from '../../../machinery/goerrno.ts';
import { sorted } from './configmap.ts';
import {
  addEnvFiles,
  addFiles,
  addLiterals,
  dataFlags,
  hashFlag,
  requireOneSource,
  type AddKey,
} from './datasources.ts';
import { compact, generatorCommand, type Generated } from './generator.ts';

const FAILURE = 'failed to create secret ';

type Data = Record<string, string>;

function addTo(data: Data): AddKey {
  return (key, value) => {
    const problems = isConfigMapKey(key);
    if (problems.length > 0)
      throw new Error(`${JSON.stringify(key)} is not valid key name for a Secret ${problems.join(';')}`);
    if (Object.hasOwn(data, key)) throw new Error(`cannot add key ${key}, another key by that name already exists`);
    data[key] = value.toString('base64');
  };
}

function secretOf({ flags }: CommandContext, name: string, data: Data, type: string): Generated {
  const json = marshalJson({ kind: 'Secret', type, name, data });
  const suffix = flags.bool('append-hash') ? `-${contentHash(json)}` : '';
  return compact({
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: `${name}${suffix}` },
    data: Object.keys(data).length > 0 ? sorted(data) : undefined,
    type: type === '' ? undefined : type,
  });
}

const generic = generatorCommand({
  use: 'generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]',
  short: 'Create a secret from files or values',
  long: `Creates a secret from files, folders or literal values.

A file's key is its name and its value its content, unless another key is given.`,
  example: `# From the files of a folder
kubectl create secret generic my-secret --from-file=path/to/bar

# From literal values
kubectl create secret generic my-secret --from-literal=key1=supersecret --from-literal=key2=topsecret`,
  flags: [...dataFlags('secret'), { name: 'type', type: 'string', default: '', usage: 'Type of the secret.' }],
  failure: FAILURE,
  build(context, name) {
    const { flags, factory } = context;
    if (name === '') throw new Error('name must be specified');
    requireOneSource(context);
    const data: Data = {};
    addLiterals(flags.strings('from-literal'), addTo(data));
    addFiles(flags.strings('from-file'), factory.cwd, addTo(data));
    addEnvFiles(flags.strings('from-env-file'), context, 'secret', addTo(data));
    return secretOf(context, name, data, flags.string('type'));
  },
});

const tls = generatorCommand({
  use: 'tls NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]',
  short: 'Create a TLS secret',
  long: `Creates a secret from a certificate and its private key, both in PEM files that belong together.`,
  example: `# Create a TLS secret
kubectl create secret tls tls-secret --cert=path/to/tls.crt --key=path/to/tls.key`,
  flags: [
    { name: 'cert', type: 'string', default: '', usage: 'PEM file with the certificate.' },
    { name: 'key', type: 'string', default: '', usage: 'PEM file with the private key.' },
    hashFlag('secret'),
  ],
  failure: FAILURE,
  build(context, name) {
    const { flags } = context;
    if (flags.string('key') === '' || flags.string('cert') === '') throw new Error('key and cert must be specified');
    const cert = readPem(context, flags.string('cert'));
    const key = readPem(context, flags.string('key'));
    checkPair(cert, key);
    const data = { 'tls.crt': cert.toString('base64'), 'tls.key': key.toString('base64') };
    return secretOf(context, name, data, 'kubernetes.io/tls');
  },
});

function readPem({ factory }: CommandContext, file: string): Buffer {
  try {
    const path = process.getBuiltinModule('node:path').resolve(factory.cwd, file);
    return process.getBuiltinModule('node:fs').readFileSync(path);
  } catch (error) {
    throw new Error(`Cannot read file ${file}, ${goFileError('open', file, error)}`, { cause: error });
  }
}

/** @throws Error with the words of Go's crypto/tls X509KeyPair. */
function checkPair(cert: Buffer, key: Buffer): void {
  if (!cert.includes('-----BEGIN')) throw new Error('tls: failed to find any PEM data in certificate input');
  if (!cert.includes('-----BEGIN CERTIFICATE-----'))
    throw new Error(
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    );
  if (!key.includes('-----BEGIN')) throw new Error('tls: failed to find any PEM data in key input');
  if (!/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/.test(key.toString('latin1')))
    throw new Error('tls: found a certificate rather than a key in the PEM for the private key');
  const crypto = process.getBuiltinModule('node:crypto');
  let certificate: InstanceType<typeof crypto.X509Certificate>;
  try {
    certificate = new crypto.X509Certificate(cert);
  } catch (error) {
    throw new Error('x509: malformed certificate', { cause: error });
  }
  let matches = false;
  try {
    matches = certificate.checkPrivateKey(crypto.createPrivateKey(key));
  } catch (error) {
    throw new Error('tls: failed to parse private key', { cause: error });
  }
  if (!matches) throw new Error('tls: private key does not match public key');
}

const dockerRegistry = generatorCommand({
  use: 'docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]',
  short: 'Create a secret for a Docker registry',
  long: `Creates the secret with which nodes pull images from a registry that asks for a name and a password.`,
  example: `# Create a secret for a registry
kubectl create secret docker-registry my-secret --docker-server=DOCKER_REGISTRY_SERVER --docker-username=DOCKER_USER --docker-password=DOCKER_PASSWORD --docker-email=DOCKER_EMAIL`,
  flags: [
    { name: 'docker-username', type: 'string', default: '', usage: 'Name at the registry.' },
    { name: 'docker-password', type: 'string', default: '', usage: 'Password at the registry.' },
    { name: 'docker-email', type: 'string', default: '', usage: 'Mail address at the registry.' },
    {
      name: 'docker-server',
      type: 'string',
      default: 'https://index.docker.io/v1/',
      usage: 'Address of the registry.',
    },
    { name: 'from-file', type: 'stringSlice', default: '[]', usage: 'File to take, [key=]path.' },
    hashFlag('secret'),
  ],
  failure: FAILURE,
  build(context, name) {
    const { flags, factory } = context;
    if (name === '') throw new Error('name must be specified');
    const files = flags.strings('from-file');
    const [username, password, server] = ['docker-username', 'docker-password', 'docker-server'].map((f) =>
      flags.string(f),
    );
    if (files.length === 0 && (!username || !password || !server))
      throw new Error(
        'either --from-file or the combination of --docker-username, --docker-password and --docker-server is required',
      );
    const data: Data = {};
    if (files.length > 0) {
      const sources = files.map((file) => (file.includes('=') ? file : `.dockerconfigjson=${file}`));
      addFiles(sources, factory.cwd, addTo(data));
    } else {
      const email = flags.string('docker-email');
      const entry = compact({
        username,
        password,
        email: email === '' ? undefined : email,
        auth: Buffer.from(`${username}:${password}`).toString('base64'),
      });
      const json = marshalJson({ auths: { [server ?? '']: entry } }, { keepsOrder: true });
      data['.dockerconfigjson'] = Buffer.from(json).toString('base64');
    }
    return secretOf(context, name, data, 'kubernetes.io/dockerconfigjson');
  },
});

export const createSecret = defineCommand({
  use: 'secret (docker-registry | generic | tls)',
  short: 'Create a secret',
  long: `Creates a secret of one of three types.

docker-registry holds what a registry asks for, generic any keys and values, tls a certificate and its key.`,
  commands: [dockerRegistry, generic, tls],
});
