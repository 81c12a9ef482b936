// /openapi/v3: the index and one document a group version, made of the generated schemas.
// Called by: documents.ts. Must not know: the store.
import { groupVersionString } from '../machinery/types.ts';
import { schemasUnder } from './openapi.schemas.ts';
import type { Scheme, ServedResource } from './scheme.ts';

/** Returns the index: where each group version's document lies. */
export function openapiIndex(scheme: Scheme): object {
  const paths: Record<string, { serverRelativeURL: string }> = {};
  for (const group of scheme.groups())
    for (const version of scheme.versions(group)) {
      const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
      paths[path] = { serverRelativeURL: `/openapi/v3/${path}` };
    }
  return { paths };
}

/** Returns the document of a group version; undefined when it is not served. */
export function openapiDocument(scheme: Scheme, group: string, version: string): object | undefined {
  const served = scheme.resources(group, version);
  if (served.length === 0) return undefined;
  const paths: Record<string, object> = {};
  const roots: string[] = [];
  for (const resource of served) {
    Object.assign(paths, pathsOf(resource));
    roots.push(resource.schema);
  }
  const schemas = schemasUnder(roots);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.35.2' }, paths, components: { schemas } };
}

function parameter(name: string): object {
  return { name, in: 'query', schema: { type: 'string', uniqueItems: true } };
}
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'];

// Clients look here for which parameters a verb takes (kubectl: fieldValidation of patch) and for the kind a path serves.
function pathsOf({ gvr, kind, definition, verbs }: ServedResource): Record<string, object> {
  const root = gvr.group === '' ? `/api/${gvr.version}` : `/apis/${groupVersionString(gvr)}`;
  const collection = `${root}${definition.namespaced ? '/namespaces/{namespace}' : ''}/${gvr.resource}`;
  const gvk = { group: gvr.group, version: gvr.version, kind };
  const operation = (action: string, parameters: readonly string[]): object => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    parameters: parameters.map(parameter),
    responses: { '200': { description: 'OK' } },
  });
  const item: Record<string, object> = {};
  if (verbs.includes('get')) item['get'] = operation('get', []);
  if (verbs.includes('update')) item['put'] = operation('put', WRITE_PARAMETERS);
  if (verbs.includes('patch')) item['patch'] = operation('patch', [...WRITE_PARAMETERS, 'force']);
  if (verbs.includes('delete'))
    item['delete'] = operation('delete', ['dryRun', 'gracePeriodSeconds', 'propagationPolicy']);
  const many: Record<string, object> = {};
  if (verbs.includes('list')) many['get'] = operation('list', ['labelSelector', 'fieldSelector', 'limit', 'continue']);
  if (verbs.includes('create')) many['post'] = operation('post', WRITE_PARAMETERS);
  if (verbs.includes('deletecollection'))
    many['delete'] = operation('deletecollection', ['labelSelector', 'fieldSelector']);
  return { [collection]: many, [`${collection}/{name}`]: item };
}
