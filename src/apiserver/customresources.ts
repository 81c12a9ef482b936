// Bodies of custom resources: which are taken for one.
// Called by: scheme. Must not know: how a kind is made of its definition.
import { invalid, Path } from '../machinery/field.ts';
import { newBadRequest, newInvalid } from '../machinery/status.ts';
import { groupVersionString, parseGroupVersion } from '../machinery/types.ts';
import type { ServedResource } from './scheme.served.ts';

const SUMMARY_LENGTH = 30;

/**
 * Returns the version of a body that is meant as a custom resource.
 * @throws StatusError BadRequest, or Invalid for another kind of the group.
 */
export function checkCustomKind({ gvr, kind }: ServedResource, value: Record<string, unknown>): string {
  const given = typeof value['kind'] === 'string' ? value['kind'] : '';
  const apiVersion = typeof value['apiVersion'] === 'string' ? value['apiVersion'] : '';
  if (given === '') {
    const text = JSON.stringify(value);
    const summary = text.length > SUMMARY_LENGTH ? `${text.slice(0, SUMMARY_LENGTH)} ...` : text;
    throw newBadRequest(
      `the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing in '${text}' (${summary})`,
    );
  }
  const expected = groupVersionString(gvr);
  if (apiVersion !== expected)
    throw newBadRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`,
    );
  if (given === kind) return gvr.version;
  const { name = '' } = (value['metadata'] ?? {}) as { name?: string };
  const { group } = parseGroupVersion(apiVersion);
  throw newInvalid({ group, kind: given }, name, [invalid(Path.of('kind'), given, `must be ${kind}`)]);
}
