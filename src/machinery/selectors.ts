// Label selectors: reading texts ("app=web,tier in (a,b),!old"), metav1.LabelSelector, matching, printing.
// Called by: the apiserver's lists, controllers, the scheduler, describe, every `-l` flag. Must not know: objects.
// selectors.parser.ts holds the grammar, selectors.requirement.ts the single requirement.
import type { LabelSelector as MetaLabelSelector } from 'kubernetes-types/meta/v1';
import { parseRequirements } from './selectors.parser.ts';
import {
  matchesRequirement,
  newRequirement,
  requirementText,
  type Requirement,
  type SelectionOperator,
} from './selectors.requirement.ts';
import { quote } from './strconv.ts';

export { matchesRequirement, newRequirement, type Requirement };

/** Requirements that must all hold, sorted by key; none means everything, unless `matchesNothing`. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
  readonly matchesNothing?: true;
}

export const NOTHING: LabelSelector = { requirements: [], matchesNothing: true };

/**
 * Returns the selector a `-l` text names.
 * @throws Error with upstream's text: `unable to parse requirement: …`. Upstream: apimachinery/pkg/labels Parse.
 */
export function parseLabelSelector(text: string): LabelSelector {
  return selectorOf(parseRequirements(text));
}

function selectorOf(requirements: Requirement[]): LabelSelector {
  return { requirements: requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)) };
}

const OPERATORS_OF_META: ReadonlyMap<string, SelectionOperator> = new Map([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/**
 * Returns the selector of a metav1.LabelSelector: nothing for an absent one, everything for an empty one.
 * @throws Error with upstream's text. Upstream: metav1.LabelSelectorAsSelector.
 */
export function labelSelectorAsSelector(selector: MetaLabelSelector | null | undefined): LabelSelector {
  if (!selector) return NOTHING;
  const requirements = Object.entries(selector.matchLabels ?? {}).map(([k, v]) => newRequirement(k, '=', [v]));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const op = OPERATORS_OF_META.get(operator);
    if (op === undefined) throw new Error(`${quote(operator)} is not a valid label selector operator`);
    requirements.push(newRequirement(key, op, values ?? []));
  }
  return selectorOf(requirements);
}

/**
 * Returns a metav1.LabelSelector as plain labels, the form a Service's selector has.
 * @throws Error with upstream's text when an expression has no such form. Upstream: metav1.LabelSelectorAsMap.
 */
export function labelSelectorAsMap(selector: MetaLabelSelector | null | undefined): Map<string, string> {
  const map = new Map(Object.entries(selector?.matchLabels ?? {}));
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    if (!OPERATORS_OF_META.has(operator)) throw new Error(`${quote(operator)} is not a valid selector operator`);
    const why = 'cannot be converted into the old label selector format';
    if (operator !== 'In') throw new Error(`operator ${quote(operator)} ${why}`);
    const [only] = values;
    if (only === undefined || values.length > 1)
      throw new Error(`operator ${quote(operator)} without a single value ${why}`);
    map.set(key, only);
  }
  return map;
}

/**
 * Returns the metav1.LabelSelector of a `-l` text.
 * @throws Error with upstream's text. Upstream: metav1.ParseToLabelSelector.
 */
export function parseToLabelSelector(text: string): MetaLabelSelector {
  let parsed: LabelSelector;
  try {
    parsed = parseLabelSelector(text);
  } catch (error) {
    throw new Error(`couldn't parse the selector string "${text}": ${(error as Error).message}`, { cause: error });
  }
  const matchLabels: Record<string, string> = Object.create(null) as Record<string, string>;
  const matchExpressions: NonNullable<MetaLabelSelector['matchExpressions']> = [];
  for (const { key, operator, values } of parsed.requirements) {
    if (operator === '=' || operator === '==') {
      matchLabels[key] = values[0] ?? '';
      continue;
    }
    if (operator === 'gt' || operator === 'lt')
      throw new Error(`${quote(operator)} isn't supported in label selectors`);
    const word = [...OPERATORS_OF_META].find(([, op]) => op === operator)?.[0];
    if (word === undefined) throw new Error(`${quote(operator)} is not a valid label selector operator`);
    matchExpressions.push({ key, operator: word, ...(values.length > 0 ? { values: [...values].sort() } : {}) });
  }
  return {
    ...(Object.keys(matchLabels).length > 0 ? { matchLabels } : {}),
    ...(matchExpressions.length > 0 ? { matchExpressions } : {}),
  };
}

/** Returns the selector that asks for every one of these labels; none asks for nothing in particular. */
export function selectorFromSet(labels: Readonly<Record<string, string>> | undefined): LabelSelector {
  return selectorOf(Object.entries(labels ?? {}).map(([key, value]) => ({ key, operator: '=', values: [value] })));
}

/** Returns true when the labels satisfy the selector. Upstream: labels.Selector.Matches. */
export function matchesLabels(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> | undefined | null,
): boolean {
  if (selector.matchesNothing) return false;
  return selector.requirements.every((requirement) => matchesRequirement(requirement, labels));
}

/** Returns true when the selector restricts nothing. */
export function isEverything(selector: LabelSelector): boolean {
  return !selector.matchesNothing && selector.requirements.length === 0;
}

/** Returns the selector's text: 'app=web,tier in (a,b),!old'. Upstream: labels.Selector.String. */
export function selectorText(selector: LabelSelector): string {
  return selector.requirements.map(requirementText).join(',');
}

/**
 * Returns the text of a metav1.LabelSelector as tables and describe print it; '<none>' when it restricts nothing
 * or is absent, '<error>' when it is wrong. Upstream: metav1.FormatLabelSelector.
 */
export function formatLabelSelector(selector: MetaLabelSelector | null | undefined): string {
  try {
    return selectorText(labelSelectorAsSelector(selector)) || '<none>';
  } catch {
    return '<error>';
  }
}
