// `kubectl create deployment`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_deployment.go.
import { sha256 } from '../../../machinery/random.ts';
import { commandFromArgs, compact, generatorCommand } from './generator.ts';

const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export const createDeployment = generatorCommand({
  use: 'deployment NAME --image=image -- [COMMAND] [args...]',
  aliases: ['deploy'],
  short: 'Create a deployment',
  example: `# Create a deployment that runs busybox
kubectl create deployment my-dep --image=busybox

# With a command
kubectl create deployment my-dep --image=busybox -- date

# With three replicas of nginx
kubectl create deployment my-dep --image=nginx --replicas=3`,
  flags: [
    {
      name: 'image',
      type: 'stringSlice',
      default: '[]',
      isRequired: true,
      usage: 'Image to run; several make several containers.',
    },
    { name: 'port', type: 'int32', default: '-1', usage: 'Port that the first container exposes.' },
    { name: 'replicas', shorthand: 'r', type: 'int32', default: '1', usage: 'Number of replicas.' },
  ],
  failure: 'failed to create deployment: ',
  build(context, name) {
    const { flags } = context;
    const images = flags.strings('image');
    const command = commandFromArgs(context);
    if (images.length > 1 && command) throw new Error('cannot specify multiple --image options and command');
    const port = flags.int('port');
    const containers = images.map((image, i) =>
      compact({
        name: containerName(image),
        image,
        command,
        ports: i === 0 && port >= 0 ? [{ containerPort: port }] : undefined,
        resources: {},
      }),
    );
    const labels = { app: name };
    return {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name, labels },
      spec: {
        replicas: flags.int('replicas'),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
        strategy: {},
      },
      status: {},
    };
  },
});

/** The last part of the image without tag and digest; names that had to be changed get a suffix. */
function containerName(image: string): string {
  const name = (image.split('/').at(-1) ?? '').split(':')[0]?.split('@')[0] ?? '';
  if (!/[_.]/.test(name)) return name;
  const hash = sha256(image);
  const suffix = Array.from({ length: 5 }, (_, i) => SAFE_ALPHABET[(hash[i] ?? 0) % SAFE_ALPHABET.length]).join('');
  return `${name.replaceAll('_', '-').replaceAll('.', '-')}-${suffix}`;
}
