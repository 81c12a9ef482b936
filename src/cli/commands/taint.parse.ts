// Taints as the command line writes them, and what becomes of a node's taints.
// Called by: commands/taint.ts. Must not know: requests. Upstream: kubectl pkg/cmd/taint/utils.go.
import { isQualifiedName, isValidLabelValue } from '../../machinery/validation.ts';
import { throwAggregate } from '../errors.ts';

export interface Taint {
  effect: string;
  key: string;
  value?: string;
  timeAdded?: string;
}
export interface TaintChanges {
  added: Taint[];
  /** Without an effect all taints of the key are meant. */
  removed: Taint[];
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Whether a word of the command line is a taint and not a node. */
export function isTaintWord(word: string): boolean {
  return word.includes('=') || word.includes(':') || word.endsWith('-');
}

/** @throws Error `invalid taint spec: x` and the like. */
export function parseTaints(words: readonly string[]): TaintChanges {
  const added: Taint[] = [];
  const removed: Taint[] = [];
  for (const word of words) {
    if (word.endsWith('-')) {
      const { key, effect } = parseTaint(word.slice(0, -1));
      removed.push({ key, effect });
      continue;
    }
    const taint = parseTaint(word);
    const { key, value = '', effect } = taint;
    if (effect === '') throw new Error(`invalid taint spec: ${word}`);
    if (added.some((other) => other.key === key && other.effect === effect))
      throw new Error(`duplicated taints with the same key and effect: {${key} ${value} ${effect} <nil>}`);
    added.push(taint);
  }
  return { added, removed };
}

function parseTaint(text: string): Taint {
  const [head = '', effect, ...more] = text.split(':');
  if (more.length > 0) throw new Error(`invalid taint spec: ${text}`);
  let key = head;
  let value = '';
  if (effect !== undefined) {
    if (!EFFECTS.includes(effect)) throw new Error(`invalid taint effect: ${effect}, unsupported taint effect`);
    const [name = '', given = '', ...rest] = head.split('=');
    if (rest.length > 0) throw new Error(`invalid taint spec: ${text}`);
    [key, value] = [name, given];
    refuse(text, isValidLabelValue(value));
  }
  refuse(text, isQualifiedName(key));
  return { effect: effect ?? '', key, ...(value === '' ? {} : { value }) };
}

function refuse(text: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`invalid taint spec: ${text}, ${problems.join('; ')}`);
}

function isSame(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/**
 * Returns the node's new taints and what to call the change.
 * @throws Error when a taint exists already, Aggregate when one to remove does not.
 */
export function updatedTaints(
  node: string,
  old: readonly Taint[],
  { added, removed, overwrites }: TaintChanges & { overwrites: boolean },
): { operation: string; taints: Taint[] } {
  const existing = added.filter((taint) => old.some((other) => isSame(taint, other))).map(({ key }) => key);
  if (!overwrites && existing.length > 0)
    throw new Error(
      `node ${node} already has ${existing.join(',')} taint(s) with same effect(s) and --overwrite is false`,
    );
  let taints = [...added, ...old.filter((taint) => !added.some((other) => isSame(taint, other)))];
  const hasAdded = taints.length !== old.length;
  const errors: Error[] = [];
  let hasDeleted = false;
  for (const taint of removed) {
    const left = taints.filter((other) => (taint.effect === '' ? other.key !== taint.key : !isSame(taint, other)));
    hasDeleted = left.length !== taints.length;
    if (!hasDeleted) errors.push(new Error(`taint ${JSON.stringify(taintText(taint))} not found`));
    taints = left;
  }
  throwAggregate(errors);
  const operation = (hasAdded && hasDeleted) || overwrites ? 'modified' : hasAdded ? 'tainted' : 'untainted';
  return { operation, taints };
}

function taintText({ key, effect }: Taint): string {
  return effect === '' ? key : `${key}:${effect}`;
}
