// Values of a query as Go's options take them.
// Called by: listoptions, deleteoptions, exchange, subresources, server/. Must not know: which options there are.
// Upstream: apimachinery pkg/runtime/conversion.go.
import { newBadRequest } from '../machinery/status.ts';
import { parseInt64, quote } from '../machinery/strconv.ts';

/** Everything but `0` and `false` is true, '' too; undefined when the query does not have it. */
export function optionalBool(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  return text === null ? undefined : text !== '0' && text.toLowerCase() !== 'false';
}

/** As optionalBool; absent is false. */
export function boolParameter(query: URLSearchParams, name: string): boolean {
  return optionalBool(query, name) ?? false;
}

/** @throws StatusError BadRequest for what is no 64-bit whole number. */
export function intParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = parseInt64(text);
  if (value !== undefined) return Number(value);
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  throw newBadRequest(`strconv.ParseInt: parsing ${quote(text)}: ${why}`);
}
