// Routes: from a request to the registry, a subresource, discovery or a document, and every refusal to a Status.
// Called by: server.ts. Must not know: sockets, any kind's inside.
import { newMethodNotAllowed, newPathNotFound, StatusError } from '../machinery/status.ts';
import { groupVersionString, type KubeObject } from '../machinery/types.ts';
import { updatedFrom } from './bodies.ts';
import { deleteOptionsFrom } from './deleteoptions.ts';
import { Exchange } from './exchange.ts';
import { listPage } from './list.ts';
import { listOptionsFrom, predicateFor } from './listoptions.ts';
import type { Registry } from './registry.ts';
import { requestInfoFor, type RequestInfo } from './requestinfo.ts';
import { decodeObject, encodeObject, type Scheme, type ServedResource } from './scheme.ts';
import { negotiateOutput, partialMetadata, tableFor } from './tables.ts';
import type { ApiRequest, ApiResponse } from './types.ts';
import { RegistryWatch } from './watch.ts';

export interface HandlerOptions {
  registry: Registry;
  scheme: Scheme;
  /** Non-resource paths: discovery, health, documents. Undefined: no such path. */
  documents(request: ApiRequest, info: RequestInfo): ApiResponse | undefined;
  subresource(exchange: Exchange): ApiResponse;
}

/** Returns the function that answers every request. It does not throw for anything a client can do. */
export function createHandler(options: HandlerOptions): (request: ApiRequest) => ApiResponse {
  return (request) => {
    const info = requestInfoFor(request.method, request.path, request.query);
    try {
      return info.isResourceRequest ? handleResource(request, info, options) : handleDocument(request, info, options);
    } catch (error) {
      if (error instanceof StatusError) return failureResponse(error);
      throw error;
    }
  };
}

function failureResponse({ status }: StatusError, warnings: string[] = []): ApiResponse {
  return { status: status.code ?? 500, headers: { 'content-type': 'application/json' }, warnings, body: status };
}

/** What a path outside every group version answers. */
export function pageNotFound(): ApiResponse {
  return { status: 404, headers: { 'content-type': 'text/plain' }, warnings: [], text: '404 page not found\n' };
}

function handleDocument(request: ApiRequest, info: RequestInfo, options: HandlerOptions): ApiResponse {
  return options.documents(request, info) ?? pageNotFound();
}

function handleResource(request: ApiRequest, info: RequestInfo, options: HandlerOptions): ApiResponse {
  const { registry, scheme } = options;
  if (scheme.resources(info.group, info.version).length === 0) return pageNotFound();
  const served = scheme.served({ group: info.group, version: info.version, resource: info.resource });
  if (!served) throw newPathNotFound();
  const exchange = new Exchange({ request, info, served, registry, scheme });
  try {
    checkRoute(served, info);
    return info.subresource === '' ? dispatch(exchange) : options.subresource(exchange);
  } catch (error) {
    if (error instanceof StatusError) return failureResponse(error, exchange.warnings);
    throw error;
  }
}

// A namespaced kind has no objects outside namespaces, a cluster-scoped one none inside; verbs a kind lacks have no route.
function checkRoute({ definition, subresources, verbs }: ServedResource, info: RequestInfo): void {
  const isInNamespace = info.namespace !== '' && info.resource !== 'namespaces';
  const isOfNamespaces = info.resource === 'namespaces' && info.group === '';
  if (isInNamespace !== definition.namespaced && !isOfNamespaces) {
    const isAcrossNamespaces = definition.namespaced && info.name === '';
    if (!isAcrossNamespaces) throw newPathNotFound();
    if (info.verb !== 'list' && info.verb !== 'watch') throw newMethodNotAllowed();
  }
  if (info.subresource !== '') {
    if (!subresources.some((name) => name === info.subresource)) throw newPathNotFound();
    return;
  }
  const wantsName = ['update', 'patch'].includes(info.verb);
  const isMisplaced = info.name === '' ? wantsName : info.verb === 'create';
  if (info.verb === '' || isMisplaced || !verbs.includes(info.verb)) throw newMethodNotAllowed();
}

function dispatch(exchange: Exchange): ApiResponse {
  switch (exchange.info.verb) {
    case 'get':
      return exchange.respond(exchange.registry.get(exchange.served.definition, exchange.key));
    case 'list':
      return list(exchange);
    case 'watch':
      return watch(exchange);
    case 'create':
      return create(exchange);
    case 'update':
    case 'patch':
      return update(exchange);
    case 'delete':
      return remove(exchange);
    case 'deletecollection':
      return removeCollection(exchange);
    default:
      throw newMethodNotAllowed();
  }
}

function list(exchange: Exchange): ApiResponse {
  const { served, registry, request } = exchange;
  const output = negotiateOutput(request.headers['accept'], request.query);
  const page = listPage(registry, served, exchange.namespace, listOptionsFrom(served, request.query, false));
  const { clock } = registry.context;
  const { decorate } = served.definition;
  const objects = decorate ? page.objects.map((o) => decorate(o, clock)) : page.objects;
  const { metadata } = page;
  const encode = (object: KubeObject): unknown => encodeObject(served, object);
  if (output.form === 'table') {
    const options = { metadata, nowMs: clock.nowMs(), includeObject: output.includeObject, encode };
    return exchange.respondWith(tableFor(served, objects, options));
  }
  if (output.form === 'metadata') {
    const items = objects.map((object) => partialMetadata(served, object));
    const apiVersion = 'meta.k8s.io/v1';
    return exchange.respondWith({ kind: 'PartialObjectMetadataList', apiVersion, metadata, items });
  }
  const apiVersion = groupVersionString(served.gvr);
  const items = objects.map(encode);
  return exchange.respondWith({ kind: `${served.kind}List`, apiVersion, metadata, items });
}

function watch(exchange: Exchange): ApiResponse {
  const { served, registry, request, namespace, info } = exchange;
  const options = listOptionsFrom(served, request.query, true);
  // The old form /watch/…/name watches one object.
  if (info.name !== '' && info.resource !== '')
    options.fields = [...options.fields, { field: 'metadata.name', operator: '=', value: info.name }];
  const output = negotiateOutput(request.headers['accept'], request.query);
  const cursor = new RegistryWatch({ registry, served, namespace, options, output });
  return { status: 200, headers: { 'content-type': 'application/json' }, warnings: exchange.warnings, watch: cursor };
}

function create(exchange: Exchange): ApiResponse {
  const { served, registry, scheme, namespace, warn } = exchange;
  exchange.checkMediaType();
  const options = exchange.writeOptions('CreateOptions');
  const object = decodeObject(served, exchange.body(), {
    scheme,
    fieldValidation: exchange.fieldValidation(),
    duplicates: exchange.duplicates(),
    warn,
  });
  const created = registry.create(served.definition, object, { ...options, ...(namespace ? { namespace } : {}) });
  return exchange.respond(created, 201);
}

function update(exchange: Exchange): ApiResponse {
  const { served, registry, key } = exchange;
  const result = registry.update(served.definition, { ...updatedFrom(exchange), key });
  return exchange.respond(result.object, result.isCreated ? 201 : 200);
}

function remove(exchange: Exchange): ApiResponse {
  const { served, registry, request, key, warn } = exchange;
  const deleteOptions = deleteOptionsFrom(exchange.body(), request.query);
  const { user } = request;
  const { result, isDeleted } = registry.delete(served.definition, key, deleteOptions, {
    warn,
    ...(user ? { user } : {}),
  });
  const status = !isDeleted && deleteOptions.orphanDependents === false ? 202 : 200;
  return 'apiVersion' in result && result.kind === 'Status'
    ? exchange.respondWith(result, status)
    : exchange.respond(result as KubeObject, status);
}

function removeCollection(exchange: Exchange): ApiResponse {
  const { served, registry, request, namespace, warn } = exchange;
  const options = listOptionsFrom(served, request.query, false);
  const deleteOptions = deleteOptionsFrom(exchange.body(), request.query);
  const predicate = predicateFor(served.definition, options);
  const objects = registry.list(served.definition, namespace);
  const doomed = predicate ? objects.filter(predicate) : [...objects];
  for (const { metadata } of doomed) {
    try {
      registry.delete(served.definition, { namespace: metadata.namespace, name: metadata.name }, deleteOptions, {
        warn,
      });
    } catch (error) {
      // Deleted by the deletion of another: nothing is left to do.
      if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error;
    }
  }
  const { group, version } = served.gvr;
  const list = { kind: `${served.kind}List`, apiVersion: groupVersionString({ group, version }) };
  const encode = (object: KubeObject): unknown => encodeObject(served, object);
  const metadata = { resourceVersion: String(registry.context.store.revision) };
  return exchange.respondWith({ ...list, metadata, items: doomed.map(encode) });
}
