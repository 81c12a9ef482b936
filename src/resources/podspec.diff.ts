// How the server shows what an update of a pod may not change: a unified diff of the two specs in its internal form.
// Called by: validation of pods, claims and volumes. Must not know: the rules. Upstream: apimachinery/pkg/util/diff Diff.
import { unifiedDiff } from './difflib.ts';
import { internalForm } from './podspec.internal.ts';
import type { PodSpec } from './podspec.types.ts';

/** Returns the hunks, three lines of context around each. */
export function podSpecDiff(old: PodSpec, spec: PodSpec): string {
  return internalDiff('PodSpec', old, spec);
}

/** Returns the same of any struct of which the internal form is known. */
export function internalDiff(type: string, old: object, now: object): string {
  return jsonDiff(internalForm(type, old), internalForm(type, now));
}

/** Returns the hunks between two values as JSON. */
export function jsonDiff(old: unknown, now: unknown): string {
  return unifiedDiff(lines(old), lines(now));
}

function lines(value: unknown): string[] {
  const json = JSON.stringify(value, undefined, 1);
  // Go writes these three as escapes, so that JSON can stand in HTML.
  return json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`).split('\n');
}
