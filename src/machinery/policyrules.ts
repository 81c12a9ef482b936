// Rules of RBAC: taken apart, compared, put together again.
// Called by: the describers of roles, the authorizer, commands/auth/*. Must not know: who may do what.
// Upstream: kubectl pkg/util/rbac/rbac.go, component-helpers/auth/rbac/validation/policy_comparator.go.
import { quote } from './strconv.ts';

export interface PolicyRule {
  verbs?: readonly string[];
  apiGroups?: readonly string[];
  resources?: readonly string[];
  resourceNames?: readonly string[];
  nonResourceURLs?: readonly string[];
}

/** Returns rules that mean the same, each with at most one group, resource, name, URL and verb. */
export function breakDownRule(rule: PolicyRule): PolicyRule[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const broken: PolicyRule[] = [];
  for (const group of apiGroups)
    for (const resource of resources)
      for (const verb of verbs) {
        const part = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (resourceNames.length === 0) broken.push(part);
        for (const name of resourceNames) broken.push({ ...part, resourceNames: [name] });
      }
  for (const url of nonResourceURLs) for (const verb of verbs) broken.push({ nonResourceURLs: [url], verbs: [verb] });
  return broken;
}

/** Returns what of `wanted` the rules do not grant, taken apart. Upstream: Covers. */
export function uncoveredRules(rules: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakDownRule).filter((part) => !rules.some((rule) => covers(rule, part)));
}

function hasAll(set: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return wanted.every((word) => set.includes(word));
}

function covers(rule: PolicyRule, part: PolicyRule): boolean {
  const grants = (set: readonly string[] | undefined, wanted: readonly string[] | undefined) =>
    set?.includes('*') === true || hasAll(set, wanted);
  const names = rule.resourceNames ?? [];
  const areNamesCovered = part.resourceNames?.length
    ? names.length === 0 || hasAll(names, part.resourceNames)
    : names.length === 0;
  return (
    grants(rule.verbs, part.verbs) &&
    grants(rule.apiGroups, part.apiGroups) &&
    areResourcesCovered(rule.resources ?? [], part.resources ?? []) &&
    areNamesCovered &&
    (part.nonResourceURLs ?? []).every((url) => rule.nonResourceURLs?.some((own) => isUrlCovered(own, url)))
  );
}

function areResourcesCovered(set: readonly string[], wanted: readonly string[]): boolean {
  if (set.includes('*')) return true;
  return wanted.every((path) => {
    const at = path.indexOf('/');
    return set.includes(path) || (at >= 0 && set.includes(`*${path.slice(at)}`));
  });
}

function isUrlCovered(own: string, url: string): boolean {
  return own === url || (own.endsWith('*') && url.startsWith(own.replace(/\*+$/, '')));
}

/** Returns the rules with those that differ in verbs only made one, sorted. Upstream: CompactRules, SortableRuleSlice. */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const simple = new Map<string, PolicyRule>();
  const compacted: PolicyRule[] = [];
  for (const rule of rules) {
    const key = simpleKey(rule);
    const before = key === undefined ? undefined : simple.get(key);
    if (key === undefined) compacted.push(rule);
    else if (!before) simple.set(key, rule);
    else simple.set(key, { ...before, verbs: [...new Set([...(before.verbs ?? []), ...(rule.verbs ?? [])])] });
  }
  const sorted = [...compacted, ...simple.values()].map((rule) => ({ rule, text: ruleText(rule) }));
  sorted.sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)));
  return sorted.map(({ rule }) => rule);
}

/** Returns a key for a rule of one resource, undefined for others. */
function simpleKey({ apiGroups, resources, resourceNames = [], nonResourceURLs = [] }: PolicyRule): string | undefined {
  if (resourceNames.length > 1 || nonResourceURLs.length > 0) return undefined;
  if (apiGroups?.length !== 1 || resources?.length !== 1) return undefined;
  return JSON.stringify([apiGroups, resources, resourceNames]);
}

/** Returns Go's `%+v` of the rule: `{Verbs:[get] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}`. */
export function ruleText(rule: PolicyRule): string {
  return (
    `{Verbs:${listText(rule.verbs)} APIGroups:${listText(rule.apiGroups)} Resources:${listText(rule.resources)} ` +
    `ResourceNames:${listText(rule.resourceNames)} NonResourceURLs:${listText(rule.nonResourceURLs)}}`
  );
}

/** Returns Go's `%v` of a list of words: `[a b]`. */
export function listText(list: readonly string[] | undefined): string {
  return `[${(list ?? []).join(' ')}]`;
}

/** Returns a broken down rule's resource as 'deployments.apps/scale'. Upstream: kubectl pkg/describe CombineResourceGroup. */
export function combinedResource({ resources: [path] = [], apiGroups: [group] = [] }: PolicyRule): string {
  if (path === undefined) return '';
  const [resource = '', ...subresource] = path.split('/');
  return `${resource}${group ? `.${group}` : ''}${subresource.length > 0 ? `/${subresource.join('/')}` : ''}`;
}

/** Returns a rule as refusals show it: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`. Upstream: CompactString. */
export function compactText(rule: PolicyRule): string {
  const { apiGroups, resources, nonResourceURLs, resourceNames, verbs } = rule;
  const parts = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ] as const;
  const shown = parts.filter(([, words]) => words?.length);
  return `{${shown.map(([name, words]) => `${name}:[${words?.map(quote).join(' ')}]`).join(', ')}}`;
}
