// `kubectl auth can-i`.
// Called by: commands/auth.ts. Upstream: kubectl pkg/cmd/auth/cani.go.
import type { RESTMapping } from '../../../client/types.ts';
import { getNewTabWriter } from '../../../machinery/table.ts';
import { defineCommand, type CommandContext } from '../../command.ts';
import { allNamespacesFlag } from '../../commandflags.ts';
import { ExitError } from '../../errors.ts';
import {
  breakDownRule,
  combinedResource,
  compactRules,
  listText,
  type PolicyRule,
} from '../../../machinery/policyrules.ts';
import { postReview } from './reviews.ts';

const GROUP = { group: 'authorization.k8s.io', version: 'v1' };
const RESOURCE_VERBS =
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest';
const URL_VERBS = 'get put post head options delete patch *';
/** Resources that no discovery names: what 'impersonate' is allowed on. */
const UNLISTED = ['users', 'groups'];

interface Question {
  verb: string;
  url: string;
  group: string;
  resource: string;
  name: string;
  /** The resource is known to belong to no namespace. */
  isClusterScoped: boolean;
}

export const authCanI = defineCommand({
  use: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: 'Ask whether something is allowed',
  long: `Asks the server whether something is allowed, and exits with 1 when it is not.

VERB is what a request does: get, list, watch, create, delete and so on. TYPE is a resource; short names and groups are
understood. NONRESOURCEURL is a path that starts with "/". Together with --as others can be asked about.`,
  example: `# May I create pods anywhere?
kubectl auth can-i create pods --all-namespaces

# May I list deployments here?
kubectl auth can-i list deployments.apps

# May the service account foo of the namespace dev list pods in prod?
kubectl auth can-i list pods --as=system:serviceaccount:dev:foo -n prod

# May I do anything here?
kubectl auth can-i '*' '*'

# May I read logs of pods?
kubectl auth can-i get pods --subresource=log

# May I read the path /logs/?
kubectl auth can-i get /logs/

# Everything that I may do in the namespace foo
kubectl auth can-i --list --namespace=foo`,
  flags: [
    { ...allNamespacesFlag(), usage: 'Ask about all namespaces.' },
    { name: 'quiet', shorthand: 'q', type: 'bool', default: 'false', usage: 'Print nothing; the exit code tells.' },
    { name: 'subresource', type: 'string', default: '', usage: 'Subresource, such as log or scale.' },
    { name: 'list', type: 'bool', default: 'false', usage: 'Print everything that is allowed.' },
    { name: 'no-headers', type: 'bool', default: 'false', usage: 'With --list: print no heading.' },
  ],
  async run(context) {
    const { flags, factory } = context;
    if (flags.bool('list') && context.args.length > 0)
      throw new Error('list option must be specified with no arguments');
    const question = flags.bool('list') ? undefined : await readQuestion(context);
    const namespace = flags.bool('all-namespaces') ? '' : (await factory.namespace()).namespace;
    if (question) await ask(context, question, namespace);
    else await printAllowed(context, namespace);
  },
});

async function readQuestion(context: CommandContext): Promise<Question> {
  const [verb = '', word = '', ...more] = context.args;
  if (word === '' || more.length > 0)
    throw new Error(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  const empty = { verb, url: '', group: '', resource: '', name: '', isClusterScoped: false };
  if (word.startsWith('/')) return { ...empty, url: word };
  const at = word.indexOf('/');
  const type = at < 0 ? word : word.slice(0, at);
  const name = at < 0 ? '' : word.slice(at + 1);
  if (type === '*') return { ...empty, resource: type, name };
  const mapping = await mappingOf(context, type);
  if (!mapping) return { ...empty, resource: type, name };
  const { group, resource } = mapping.gvr;
  return { ...empty, group, resource, name, isClusterScoped: !mapping.namespaced };
}

/** Resources that the server does not have are asked about all the same. */
async function mappingOf({ factory }: CommandContext, type: string): Promise<RESTMapping | undefined> {
  // What is wrong with the configuration is told; what is wrong with the server comes later.
  factory.connection();
  try {
    return (await factory.mapper(2)).resourceFor(type.toLowerCase());
  } catch (error) {
    if ((error as Error).name === 'StateError') throw error;
    const [resource = '', ...group] = type.toLowerCase().split('.');
    const where = group.length > 0 ? ` in group '${group.join('.')}'` : '';
    if (!UNLISTED.includes(type.toLowerCase()))
      factory.warn(`the server doesn't have a resource type '${resource}'${where}\n`);
    return undefined;
  }
}

function checkQuestion({ flags, factory }: CommandContext, question: Question): void {
  const { verb, url, group, resource, isClusterScoped } = question;
  const isAllNamespaces = flags.bool('all-namespaces');
  if (url !== '' && flags.string('subresource') !== '')
    throw new Error('--subresource can not be used with NonResourceURL');
  if (url === '' && !isAllNamespaces && isClusterScoped)
    factory.warn(`resource '${resource}' is not namespace scoped${group === '' ? '' : ` in group '${group}'`}\n`);
  const verbs = url === '' ? RESOURCE_VERBS : URL_VERBS;
  const isChecked = url !== '' || !isAllNamespaces;
  if (isChecked && !verbs.split(' ').includes(verb)) factory.warn(`verb '${verb}' is not a known verb\n`);
  if (flags.bool('no-headers')) throw new Error('--no-headers cannot be set without --list specified');
}

async function ask(context: CommandContext, question: Question, namespace: string): Promise<void> {
  checkQuestion(context, question);
  const { flags, factory, streams } = context;
  const { verb, url, group, resource, name } = question;
  const subresource = flags.string('subresource');
  const resourceAttributes = { namespace, verb, group, resource, subresource, name };
  const spec = url === '' ? { resourceAttributes } : { nonResourceAttributes: { path: url, verb } };
  const review = await postReview(factory, { ...GROUP, kind: 'SelfSubjectAccessReview' }, spec);
  const status = (review['status'] ?? {}) as { allowed?: boolean; reason?: string; evaluationError?: string };
  const why = [status.reason, status.evaluationError].filter(Boolean).map((text) => ` - ${text}`);
  if (!flags.bool('quiet')) streams.out.write(status.allowed ? 'yes\n' : `no${why.join('')}\n`);
  if (!status.allowed) throw new ExitError(1);
}

interface RulesStatus {
  resourceRules?: PolicyRule[];
  nonResourceRules?: PolicyRule[];
  incomplete?: boolean;
  evaluationError?: string;
}

async function printAllowed({ flags, factory, streams }: CommandContext, namespace: string): Promise<void> {
  if (flags.bool('quiet') || flags.bool('all-namespaces') || flags.string('subresource') !== '')
    throw new Error("list option can't be specified with neither quiet, all-namespaces nor subresource options");
  const review = await postReview(factory, { ...GROUP, kind: 'SelfSubjectRulesReview' }, { namespace });
  const status = (review['status'] ?? {}) as RulesStatus;
  if (status.incomplete) factory.warn(`the list may be incomplete: ${status.evaluationError ?? ''}`);
  const rules = [...(status.resourceRules ?? []), ...(status.nonResourceRules ?? [])];
  const table = getNewTabWriter(streams.out);
  if (!flags.bool('no-headers')) table.write('Resources\tNon-Resource URLs\tResource Names\tVerbs\n');
  for (const rule of compactRules(rules.flatMap(breakDownRule)))
    table.write(
      `${combinedResource(rule)}\t${listText(rule.nonResourceURLs)}\t${listText(rule.resourceNames)}\t${listText(rule.verbs)}\n`,
    );
  table.flush();
}
