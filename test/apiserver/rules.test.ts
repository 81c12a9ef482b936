import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ruleAllows } from '../../src/apiserver/authorization.rbac.ts';
import type { Attributes } from '../../src/apiserver/authorization.ts';
import type { UserInfo } from '../../src/apiserver/user.ts';
import { breakDownRule, uncoveredRules, type PolicyRule } from '../../src/machinery/policyrules.ts';

const asked = (user: UserInfo, more: Partial<Attributes>): Attributes => ({
  user,
  verb: 'get',
  isResourceRequest: true,
  namespace: '',
  group: '',
  version: 'v1',
  resource: '',
  subresource: '',
  name: '',
  fields: [],
  path: '',
  ...more,
});

describe('a rule allows', () => {
  const nobody: UserInfo = { name: '', groups: [] };
  const pods: Partial<Attributes> = { resource: 'pods', name: 'web' };
  it.each<[string, PolicyRule, Partial<Attributes>, boolean]>([
    ['what it names', { verbs: ['get'], apiGroups: [''], resources: ['pods'] }, pods, true],
    ['no other verb', { verbs: ['list'], apiGroups: [''], resources: ['pods'] }, pods, false],
    ['no other group', { verbs: ['get'], apiGroups: ['apps'], resources: ['pods'] }, pods, false],
    [
      'everything by stars',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { ...pods, subresource: 'log' },
      true,
    ],
    [
      'no subresource of what it names',
      { verbs: ['*'], apiGroups: ['*'], resources: ['pods'] },
      { ...pods, subresource: 'log' },
      false,
    ],
    [
      'a subresource of everything',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*/log'] },
      { ...pods, subresource: 'log' },
      true,
    ],
    ['nothing but the subresource', { verbs: ['*'], apiGroups: ['*'], resources: ['*/log'] }, pods, false],
    ['one name', { verbs: ['*'], apiGroups: [''], resources: ['pods'], resourceNames: ['web'] }, pods, true],
    [
      'no list by names',
      { verbs: ['*'], apiGroups: [''], resources: ['pods'], resourceNames: ['web'] },
      { resource: 'pods', verb: 'list' },
      false,
    ],
    ['a path', { verbs: ['get'], nonResourceURLs: ['/healthz'] }, { isResourceRequest: false, path: '/healthz' }, true],
    [
      'no path below',
      { verbs: ['get'], nonResourceURLs: ['/healthz'] },
      { isResourceRequest: false, path: '/healthz/x' },
      false,
    ],
    [
      'paths below a star',
      { verbs: ['get'], nonResourceURLs: ['/healthz/*'] },
      { isResourceRequest: false, path: '/healthz/x' },
      true,
    ],
    ['no resource by paths', { verbs: ['*'], nonResourceURLs: ['*'] }, pods, false],
  ])('%s', (_, rule, attributes, isAllowed) => expect(ruleAllows(rule, asked(nobody, attributes))).toBe(isAllowed));

  const word = (...words: string[]) => fc.subarray(words, { minLength: 1 });
  const rules = fc.record({
    verbs: word('get', 'list', '*'),
    apiGroups: word('', 'apps', '*'),
    resources: word('pods', 'pods/log', '*/log', '*'),
    resourceNames: fc.subarray(['a', 'b']),
  });
  const requests = fc.record({
    verb: fc.constantFrom('get', 'list', 'watch'),
    group: fc.constantFrom('', 'apps'),
    resource: fc.constantFrom('pods', 'nodes'),
    subresource: fc.constantFrom('', 'log'),
    name: fc.constantFrom('', 'a', 'b', 'c'),
  });

  it('the same taken apart', () =>
    fc.assert(
      fc.property(rules, requests, (rule, request) => {
        const attributes = asked(nobody, request);
        expect(breakDownRule(rule).some((part) => ruleAllows(part, attributes))).toBe(ruleAllows(rule, attributes));
      }),
    ));

  it('whatever the rules allow that it covers', () =>
    fc.assert(
      fc.property(rules, rules, requests, (own, wanted, request) => {
        fc.pre(uncoveredRules([own], [wanted]).length === 0);
        const attributes = asked(nobody, request);
        if (ruleAllows(wanted, attributes)) expect(ruleAllows(own, attributes)).toBe(true);
      }),
      { numRuns: 300 },
    ));
});
