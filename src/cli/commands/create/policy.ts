// `kubectl create quota`, `poddisruptionbudget` and `priorityclass`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_quota.go, create_pdb.go, create_priorityclass.go.
import { canonicalizeQuantity } from '../../../machinery/quantity.ts';
import { parseToLabelSelector } from '../../../machinery/selectors.ts';
import { sorted } from './configmap.ts';
import { compact, generatorCommand } from './generator.ts';

export const createQuota = generatorCommand({
  use: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  aliases: ['resourcequota'],
  short: 'Create a quota',
  example: `# Create a quota
kubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3

# Create a quota for pods of one quality of service
kubectl create quota best-effort --hard=pods=100 --scopes=BestEffort`,
  flags: [
    { name: 'hard', type: 'string', default: '', usage: 'Limits, as resource=quantity, separated by commas.' },
    { name: 'scopes', type: 'string', default: '', usage: 'Scopes that all must match, separated by commas.' },
  ],
  failure: 'failed to create quota: ',
  build({ flags }, name) {
    if (name === '') throw new Error('name must be specified');
    const hard = flags.string('hard');
    const scopes = flags.string('scopes');
    return {
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      metadata: { name },
      spec: compact({
        hard: hard === '' ? undefined : parseHard(hard),
        scopes: scopes === '' ? undefined : parseScopes(scopes),
      }),
      status: {},
    };
  },
});

function parseHard(text: string): Record<string, string> {
  const hard: Record<string, string> = {};
  for (const statement of text.split(',')) {
    const [resource = '', quantity, ...more] = statement.split('=');
    if (quantity === undefined || more.length > 0)
      throw new Error(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    hard[resource] = canonicalizeQuantity(quantity);
  }
  return sorted(hard);
}

function parseScopes(text: string): string[] {
  const scopes = text.split(',');
  if (scopes.includes('')) throw new Error('invalid resource quota scope ""');
  return scopes;
}

export const createPodDisruptionBudget = generatorCommand({
  use: 'poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]',
  aliases: ['pdb'],
  short: 'Create a pod disruption budget',
  example: `# At least one pod with app=rails stays up at any time
kubectl create poddisruptionbudget my-pdb --selector=app=rails --min-available=1

# At least half of them
kubectl create pdb my-pdb --selector=app=nginx --min-available=50%`,
  flags: [
    { name: 'min-available', type: 'string', default: '', usage: 'Pods, or percentage of pods, that must stay up.' },
    { name: 'max-unavailable', type: 'string', default: '', usage: 'Pods, or percentage of pods, that may be down.' },
    { name: 'selector', type: 'string', default: '', usage: "Label selector: '=', '==' and '!='." },
  ],
  failure: 'failed to create poddisruptionbudgets: ',
  build({ flags }, name) {
    const min = flags.string('min-available');
    const max = flags.string('max-unavailable');
    const selector = flags.string('selector');
    if (name === '') throw new Error('name must be specified');
    if (selector === '') throw new Error('a selector must be specified');
    if (min === '' && max === '') throw new Error('one of min-available or max-unavailable must be specified');
    if (min !== '' && max !== '') throw new Error('min-available and max-unavailable cannot be both specified');
    for (const [word, value] of [['min-available', min] as const, ['max-unavailable', max] as const])
      if (value !== '' && !/^\d+%?$/.test(value)) throw new Error(`invalid format specified for ${word}`);
    return {
      kind: 'PodDisruptionBudget',
      apiVersion: 'policy/v1',
      metadata: { name },
      spec: compact({
        minAvailable: min === '' ? undefined : numberOrPercent(min),
        selector: parseToLabelSelector(selector),
        maxUnavailable: max === '' ? undefined : numberOrPercent(max),
      }),
      status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
    };
  },
});

function numberOrPercent(text: string): number | string {
  return text.endsWith('%') ? text : Number(text);
}

export const createPriorityClass = generatorCommand({
  use: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  aliases: ['pc'],
  short: 'Create a priority class',
  example: `# Create a priority class
kubectl create priorityclass high-priority --value=1000 --description="high priority"

# One that all pods have that name none
kubectl create priorityclass default-priority --value=1000 --global-default=true`,
  flags: [
    { name: 'value', type: 'int32', default: '0', usage: 'The priority.' },
    { name: 'global-default', type: 'bool', default: 'false', usage: 'Take it for pods that name no class.' },
    { name: 'description', type: 'string', default: '', usage: 'When to use the class.' },
    {
      name: 'preemption-policy',
      type: 'string',
      default: 'PreemptLowerPriority',
      usage: 'Whether pods of the class drive out others: PreemptLowerPriority or Never.',
    },
  ],
  failure: 'failed to create priorityclass: ',
  isClusterScoped: true,
  build({ flags }, name) {
    const description = flags.string('description');
    return compact({
      kind: 'PriorityClass',
      apiVersion: 'scheduling.k8s.io/v1',
      metadata: { name },
      value: flags.int('value'),
      globalDefault: flags.bool('global-default') || undefined,
      description: description === '' ? undefined : description,
      preemptionPolicy: flags.string('preemption-policy'),
    });
  },
});
