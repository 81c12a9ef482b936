// Hides what secrets hold, but not that it differs.
// Called by: commands/diff.ts. Must not know: requests. Upstream: kubectl pkg/cmd/diff/diff.go Masker.
import type { Unstructured } from '../../machinery/types.ts';

const MASK = '***';

type Data = Record<string, unknown>;

/** Returns both versions with masked data; values that differ get different masks. Does not change its arguments. */
export function maskSecrets(
  from: Unstructured | undefined,
  to: Unstructured | undefined,
): [Unstructured | undefined, Unstructured | undefined] {
  const before = dataOf(from);
  const after = dataOf(to);
  const differs = (key: string): boolean =>
    before !== undefined && after !== undefined && key in before && key in after && before[key] !== after[key];
  const masked = (data: Data, word: string): Data =>
    Object.fromEntries(Object.keys(data).map((key) => [key, differs(key) ? `${MASK} (${word})` : MASK]));
  return [
    from && before ? { ...from, data: masked(before, 'before') } : from,
    to && after ? { ...to, data: masked(after, 'after') } : to,
  ];
}

function dataOf(object: Unstructured | undefined): Data | undefined {
  return object?.['data'] as Data | undefined;
}
