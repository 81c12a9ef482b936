// `kubectl create token`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_token.go.
import { typedMapping } from '../../../client/typed.ts';
import type { Unstructured } from '../../../machinery/types.ts';
import { defineCommand } from '../../command.ts';
import { operationPrinter } from '../../commandprinter.ts';
import { printFlags } from '../../printers.ts';
import { compact, nameFromArgs } from './generator.ts';

const BOUND_KINDS = ['Node', 'Pod', 'Secret'];

export const createToken = defineCommand({
  use: 'token SERVICE_ACCOUNT_NAME',
  short: 'Ask for a token of a service account',
  example: `# A token of the service account myapp
kubectl create token myapp

# A token for a while
kubectl create token myapp --duration 10m`,
  flags: [
    ...printFlags(),
    { name: 'audience', type: 'stringArray', default: '[]', usage: 'For whom the token is; may be repeated.' },
    {
      name: 'duration',
      type: 'duration',
      default: '0s',
      usage: 'How long the token shall live. 0: the server decides.',
    },
    {
      name: 'bound-object-kind',
      type: 'string',
      default: '',
      usage: 'Kind of the object that the token is bound to: Node, Pod or Secret.',
    },
    { name: 'bound-object-name', type: 'string', default: '', usage: 'Name of the object that the token is bound to.' },
    { name: 'bound-object-uid', type: 'string', default: '', usage: 'UID of the object that the token is bound to.' },
  ],
  async run(context) {
    const { flags, factory, streams } = context;
    const name = nameFromArgs(context);
    const { namespace } = await factory.namespace();
    const printer = operationPrinter(context, '');
    const durationMs = flags.duration('duration');
    const [kind, boundName, uid] = ['kind', 'name', 'uid'].map((f) => flags.string(`bound-object-${f}`));
    if (name === '') throw new Error('service account name is required');
    if (durationMs < 0) throw new Error('--duration must be greater than or equal to 0');
    if (durationMs % 1000 !== 0) throw new Error('--duration cannot be expressed in units less than seconds');
    if (flags.strings('audience').includes('')) throw new Error('--audience must not be an empty string');
    if (!kind && boundName) throw new Error('--bound-object-name can only be set if --bound-object-kind is provided');
    if (!kind && uid) throw new Error('--bound-object-uid can only be set if --bound-object-kind is provided');
    if (kind && !BOUND_KINDS.includes(kind))
      throw new Error(`supported --bound-object-kind values are ${BOUND_KINDS.join(', ')}`);
    if (kind && !boundName) throw new Error('--bound-object-name is required if --bound-object-kind is provided');
    const audiences = flags.strings('audience');
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: compact({
        audiences: audiences.length > 0 ? audiences : undefined,
        expirationSeconds: durationMs > 0 ? durationMs / 1000 : undefined,
        boundObjectRef: kind ? compact({ kind, apiVersion: 'v1', name: boundName, uid: uid || undefined }) : undefined,
      }),
    };
    const mapping = typedMapping('v1', 'ServiceAccount');
    const rest = await factory.rest();
    let answer: Unstructured;
    try {
      answer = await rest.create(mapping, namespace, request, { name, subresource: 'token' });
    } catch (error) {
      throw new Error(`failed to create token: ${(error as Error).message}`, { cause: error });
    }
    const token = (answer['status'] as { token?: string } | undefined)?.token ?? '';
    if (token === '') throw new Error('failed to create token: no token in server response');
    if (flags.string('output') !== '') printer.print(answer, streams.out);
    else streams.out.write(streams.out.isTerminal ? `${token}\n` : token);
  },
});
