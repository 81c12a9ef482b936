// How the server shows what an update of a pod may not change: a unified diff of the two specs in its internal form.
// Called by: pod.validation.ts. Must not know: the rules. Upstream: apimachinery/pkg/util/diff Diff.
import { unifiedDiff } from './difflib.ts';
import { internalForm } from './podspec.internal.ts';
import type { PodSpec } from './podspec.types.ts';

/** Returns the hunks, three lines of context around each. */
export function podSpecDiff(old: PodSpec, spec: PodSpec): string {
  return unifiedDiff(lines(old), lines(spec));
}

function lines(spec: PodSpec): string[] {
  const json = JSON.stringify(internalForm('PodSpec', spec), undefined, 1);
  // Go writes these three as escapes, so that JSON can stand in HTML.
  return json.replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`).split('\n');
}
