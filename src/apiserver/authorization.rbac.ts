// The RBAC authorizer: allowed is what a rule of the user's allows.
// Called by: authorization.ts. Must not know: where rules come from.
// Upstream: kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go, pkg/apis/rbac/v1/evaluation_helpers.go.
import type { PolicyRule } from '../machinery/policyrules.ts';
import type { Attributes, Authorizer } from './authorization.ts';
import type { RuleResolver } from './authorization.rules.ts';

/** Returns the authorizer over a resolver of rules. */
export function createRbacAuthorizer(resolver: RuleResolver): Authorizer {
  return {
    authorize(attributes) {
      const errors: Error[] = [];
      for (const found of resolver.visit(attributes.user, attributes.namespace)) {
        if ('error' in found) errors.push(found.error);
        else if (ruleAllows(found.rule, attributes))
          return { isAllowed: true, reason: `RBAC: allowed by ${found.source()}` };
      }
      return { isAllowed: false, reason: errors.length > 0 ? `RBAC: ${aggregateText(errors)}` : '' };
    },
    rulesFor(user, namespace) {
      const { rules, errors } = resolver.rulesFor(user, namespace);
      return { rules, isIncomplete: false, error: aggregateText(errors) };
    },
  };
}

/** Returns the text of several errors: each once, in brackets when there are more. Upstream: utilerrors.NewAggregate. */
export function aggregateText(errors: readonly Error[]): string {
  const texts = [...new Set(errors.map(({ message }) => message))];
  return texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? '');
}

/** Whether a rule allows what the attributes ask for. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!hasOrAll(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResourceRequest)
    return (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, attributes.path));
  const { resourceNames = [] } = rule;
  return (
    hasOrAll(rule.apiGroups, attributes.group) &&
    (rule.resources ?? []).some((resource) => resourceMatches(resource, attributes)) &&
    (resourceNames.length === 0 || resourceNames.includes(attributes.name))
  );
}

function hasOrAll(words: readonly string[] = [], word: string): boolean {
  return words.includes('*') || words.includes(word);
}

/** 'pods', 'pods/log', '*' for everything, or '* /scale' (without the blank) for a subresource of whatever has it. */
function resourceMatches(granted: string, { resource, subresource }: Attributes): boolean {
  if (granted === '*') return true;
  if (subresource === '') return granted === resource;
  return granted === `${resource}/${subresource}` || granted === `*/${subresource}`;
}

/** A path, '*', or a path whose end stands open. */
function urlMatches(granted: string, path: string): boolean {
  if (granted === '*' || granted === path) return true;
  return granted.endsWith('*') && path.startsWith(granted.replace(/\*+$/, ''));
}
