// What each verb does to the objects of a kind.
// Called by: handler.ts. Must not know: paths, any kind's inside. Upstream: apiserver pkg/endpoints/handlers.
import { newBadRequest, newMethodNotAllowed, newMethodNotSupported, StatusError } from '../machinery/status.ts';
import { groupVersionString, type KubeObject } from '../machinery/types.ts';
import { updatedFrom } from './bodies.ts';
import type { Exchange } from './exchange.ts';
import { listPage, tooLarge, type Page } from './list.ts';
import { listOptionsFrom, parseResourceVersion } from './listoptions.ts';
import { notAcceptable, STREAM_TYPES, YAML_TYPE } from './negotiation.ts';
import { boolParameter } from './parameters.ts';
import { decodeObject, encodeObject } from './scheme.ts';
import { partialMetadata, tableFor, wrongMetadata } from './tables.ts';
import type { ApiResponse } from './types.ts';
import { RegistryWatch } from './watch.ts';

const VERBS: Readonly<Record<string, (exchange: Exchange) => ApiResponse>> = {
  get,
  list,
  watch,
  create,
  update,
  patch: update,
  delete: remove,
  deletecollection: removeCollection,
};

/** Returns the answer to a request of a kind that has the verb. */
export function answerVerb(exchange: Exchange): ApiResponse {
  const verb = VERBS[exchange.info.verb];
  // Who takes nothing of what there is changes nothing.
  if (!verb || !exchange.output) throw newMethodNotAllowed();
  return verb(exchange);
}

function get(exchange: Exchange): ApiResponse {
  const { registry, served, key, request } = exchange;
  if (request.query.size > 0) checkGetOptions(exchange);
  return exchange.respond(registry.get(served.definition, key));
}

function checkGetOptions({ request: { query }, registry }: Exchange): void {
  if (boolParameter(query, 'export'))
    throw newBadRequest('the export parameter, deprecated since v1.14, is no longer supported');
  const wanted = parseResourceVersion(query.get('resourceVersion') ?? '');
  const { revision } = registry.context.store;
  if (wanted > revision) throw tooLarge(wanted, revision, 1);
}

function list(exchange: Exchange): ApiResponse {
  const { served, registry, request, namespace, output } = exchange;
  if (output.form === 'metadata') throw wrongMetadata(served, true);
  return respondWithPage(exchange, listPage(registry, served, namespace, listOptionsFrom(served, request.query)));
}

function respondWithPage(exchange: Exchange, { objects: listed, metadata }: Page): ApiResponse {
  const { served, registry, output } = exchange;
  const { clock } = registry.context;
  const { decorate } = served.definition;
  const objects = decorate ? listed.map((o) => decorate(o, clock)) : listed;
  const encode = (object: KubeObject): unknown => encodeObject(served, object);
  if (output.form === 'table')
    return exchange.respondWith(tableFor(served, objects, { metadata, nowMs: clock.nowMs(), output, encode }));
  if (output.form === 'metadatalist') {
    const { apiVersion } = output;
    const items = objects.map((object) => partialMetadata(served, object, apiVersion));
    return exchange.respondWith({ kind: 'PartialObjectMetadataList', apiVersion, metadata, items });
  }
  const apiVersion = groupVersionString(served.gvr);
  const items = objects.map(encode);
  return exchange.respondWith({ kind: served.listKind, apiVersion, metadata, items });
}

function watch(exchange: Exchange): ApiResponse {
  const { served, registry, request, info, output } = exchange;
  const isWatch = boolParameter(request.query, 'watch');
  const options = listOptionsFrom(served, request.query, { isWatch, name: info.name });
  if (!served.verbs.includes('watch')) throw newMethodNotSupported(served.gvr, 'watch');
  if (output.mediaType === YAML_TYPE) throw notAcceptable(STREAM_TYPES);
  // A namespace is in none.
  const namespace = served.definition.namespaced ? exchange.namespace : undefined;
  const cursor = new RegistryWatch({ registry, served, namespace, options, output });
  return { status: 200, headers: { 'content-type': output.mediaType }, warnings: exchange.warnings, watch: cursor };
}

function create(exchange: Exchange): ApiResponse {
  const { served, registry, scheme, namespace, warn } = exchange;
  exchange.checkMediaType();
  const options = exchange.writeOptions('CreateOptions');
  const object = decodeObject(served, exchange.objectBody(served.kind), {
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
  const deleteOptions = exchange.deleteOptions();
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
  const { served, registry, request, namespace, warn, output } = exchange;
  if (output.form === 'metadata') throw wrongMetadata(served, true);
  const options = listOptionsFrom(served, request.query);
  const deleteOptions = exchange.deleteOptions();
  const page = listPage(registry, served, namespace, options);
  const doomed = [...page.objects];
  const { user } = request;
  for (const { metadata } of doomed) {
    try {
      registry.delete(served.definition, { namespace: metadata.namespace, name: metadata.name }, deleteOptions, {
        warn,
        ...(user ? { user } : {}),
      });
    } catch (error) {
      // Deleted by the deletion of another: nothing is left to do.
      if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error;
    }
  }
  return respondWithPage(exchange, { objects: doomed, metadata: page.metadata });
}
