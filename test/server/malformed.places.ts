// What every malformed request is made of: a place to send it to, and a body that would be right.
// Called by: malformed.requests.ts, malformed.bodies.ts.
import * as fc from 'fast-check';
import { resourceDefinitions } from '../../src/resources/index.ts';

export interface Malformed {
  /** What is wrong with it. */
  what: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

export interface Place {
  collection: string;
  item: string;
  kind: string;
  apiVersion: string;
  subresources: readonly string[];
}

const places: readonly Place[] = resourceDefinitions
  .filter(({ verbs }) => !verbs || verbs.includes('create'))
  .map(({ gvr, kind, namespaced, subresources = [] }) => {
    const root = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${gvr.group}/${gvr.version}`;
    const collection = `${root}${namespaced ? '/namespaces/default' : ''}/${gvr.resource}`;
    const apiVersion = gvr.group === '' ? gvr.version : `${gvr.group}/${gvr.version}`;
    return { collection, item: `${collection}/x`, kind, apiVersion, subresources };
  });
/** One of the kinds that can be made. */
export const place = fc.constantFrom(...places);
export const JSON_TYPE = { 'content-type': 'application/json' };

export const object = ({ kind, apiVersion }: Place): Record<string, unknown> => ({
  kind,
  apiVersion,
  metadata: { name: 'x', labels: { a: 'b' } },
});

export function post({ collection }: Place, what: string, body: string | Buffer, headers = JSON_TYPE): Malformed {
  return { what, method: 'POST', path: collection, headers, body };
}
