// …/scale: the number of replicas, whatever the kind.
// Called by: subresources.ts. Must not know: kinds; where the numbers are stands in the definition.
import { invalid, Path } from '../machinery/field.ts';
import { writeStored } from '../machinery/managedfields.ts';
import { clone } from '../machinery/meta.ts';
import { labelSelectorAsSelector, selectorFromSet, selectorText } from '../machinery/selectors.ts';
import { newConflict, newInternalError, newInvalid, newNotFound, newNoSuchRoute } from '../machinery/status.ts';
import { quote } from '../machinery/strconv.ts';
import type { GroupResource, KubeObject } from '../machinery/types.ts';
import { ageCell, ageColumn, integerColumn, nameColumn } from '../resources/columns.ts';
import type { ResourceDefinition, ScaleSpec, TableColumn } from '../resources/definition.ts';
import { codecOf } from './codec.ts';
import type { Exchange } from './exchange.ts';
import { applyToScale, SCALE_GVR, SCALE_SCHEMA } from './fieldmanager.scale.ts';
import { setEntries } from './fieldmanager.ts';
import { namedObject } from './names.ts';
import { APPLY_PATCH, applyPatch, CUSTOM_PATCHES, patchTypeFrom, type PatchMediaType } from './patching.ts';
import { writableMeta } from './registry.context.ts';
import type { ExpectedKind } from './scheme.ts';
import { tableOfPart, wrongMetadata } from './tables.ts';
import type { ApiResponse } from './types.ts';

interface Scale extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas: number; selector?: string };
}
const EXPECTED: ExpectedKind = { kind: 'Scale', versions: [{ group: 'autoscaling', version: 'v1' }] };
const GROUP_KIND = { group: 'autoscaling', kind: 'Scale' };

/** Upstream: kubernetes pkg/registry/apps/deployment/storage ScaleREST. */
export function scaleObject(exchange: Exchange): ApiResponse {
  const { served, registry, key, info } = exchange;
  const { definition } = served;
  const paths = served.scale;
  if (!paths) throw newNoSuchRoute();
  if (info.verb === 'get') {
    const object = registry.get(definition, key);
    if (definition.custom && valueAt(object, paths.specReplicasPath) === undefined)
      throw newInternalError(`the spec replicas field ${quote(`.${paths.specReplicasPath}`)} does not exist`);
    return respond(exchange, scaleOf(object, paths));
  }
  const type = info.verb === 'patch' ? patchTypeOf(exchange) : undefined;
  const options = exchange.writeOptions(type ? 'PatchOptions' : 'UpdateOptions');
  const isApplied = type === APPLY_PATCH;
  const apply = isApplied ? configuredScale(exchange, options.fieldManager ?? '') : undefined;
  const result = registry.update(definition, {
    ...options,
    isApplied,
    // Nothing is created: what is absent is refused in words of its own.
    allowsCreate: true,
    key,
    subresource: 'scale',
    updated: (existing) => {
      if (!existing) throw newNotFound(refusedAs(definition), key.name);
      if (apply) return apply(existing, paths);
      return withReplicas(existing, wantedScale(exchange, scaleOf(existing, paths), type), paths, exchange);
    },
  });
  return respond(exchange, scaleOf(result.object, paths));
}

/** What refusals of writes call the resource. Upstream: scaleUpdatedObjectInfo.UpdatedObject. */
function refusedAs({ gvr, custom }: ResourceDefinition): GroupResource {
  return custom ? gvr : { ...gvr, resource: `${gvr.resource}/scale` };
}

const COLUMNS: readonly TableColumn[] = [nameColumn, integerColumn('Desired'), integerColumn('Available')];

/** Answers with a Scale in the form the client accepts. Upstream: printers.go printScale, apiextensions helpers.go. */
function respond(exchange: Exchange, scale: Scale): ApiResponse {
  const { output, served, registry } = exchange;
  const { metadata, spec, status } = scale;
  if (output.form === 'object') return exchange.respondWith(scale);
  if (output.form === 'metadatalist') throw wrongMetadata({ ...served, kind: 'Scale', gvr: SCALE_GVR }, false);
  if (output.form === 'metadata')
    return exchange.respondWith({ kind: 'PartialObjectMetadata', apiVersion: output.apiVersion, metadata });
  const cells = [metadata.name, spec?.replicas ?? 0, status?.replicas ?? 0];
  const age = ageCell(scale, registry.context.clock.nowMs());
  const part = served.definition.custom
    ? { columns: COLUMNS, cells }
    : { columns: [...COLUMNS, ageColumn], cells: [...cells, age] };
  return exchange.respondWith(tableOfPart(scale, part, output));
}

function patchTypeOf({ request, served }: Exchange): PatchMediaType {
  return patchTypeFrom(request.headers['content-type'], served.definition.custom ? CUSTOM_PATCHES : undefined);
}

/** Returns what makes of an object the one that the request's configuration of a Scale asks for. */
function configuredScale(exchange: Exchange, manager: string) {
  const request = { config: exchange.body('error decoding YAML: '), manager, isForced: exchange.isForced() };
  return (existing: KubeObject, paths: ScaleSpec): KubeObject => {
    const scaled = { object: existing, live: scaleOf(existing, paths), paths };
    const { scale, entries } = applyToScale(exchange, scaled, request);
    const wanted = clone(scale as Scale);
    namedObject(wanted, exchange.key);
    const object = withReplicas(existing, wanted, paths, exchange);
    setEntries(object, writeStored(entries));
    return object;
  };
}

function wantedScale(exchange: Exchange, current: Scale, type: PatchMediaType | undefined): Scale {
  const { key, warn } = exchange;
  const fieldValidation = exchange.fieldValidation();
  const schema = SCALE_SCHEMA;
  const wanted = type
    ? (applyPatch(current, {
        type,
        patch: exchange.body(),
        schema,
        codec: codecOf(schema),
        fieldValidation,
        warn,
      }) as Scale)
    : (exchange.decodedBody({ schema, ...EXPECTED }) as Scale);
  wanted.metadata ??= { name: '' };
  namedObject(wanted, key);
  return wanted;
}

function withReplicas(existing: KubeObject, scale: Scale, paths: ScaleSpec, { served }: Exchange): KubeObject {
  const { name, uid, resourceVersion } = scale.metadata;
  const replicas = scale.spec?.replicas ?? 0;
  // Custom resources bring their own check.
  if (replicas < 0 && !served.definition.custom) {
    const why = invalid(Path.of('spec', 'replicas'), replicas, 'must be greater than or equal to 0');
    throw newInvalid(GROUP_KIND, name, [why]);
  }
  if (uid && uid !== existing.metadata.uid)
    throw newConflict(
      refusedAs(served.definition),
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${existing.metadata.uid}`,
    );
  const object = clone(existing);
  if (resourceVersion) writableMeta(object).resourceVersion = resourceVersion;
  const parts = paths.specReplicasPath.split('.');
  const last = parts.pop() ?? '';
  let at = object as unknown as Record<string, unknown>;
  for (const part of parts) at = at[part] = (at[part] as Record<string, unknown> | undefined) ?? {};
  at[last] = replicas;
  return object;
}

/** Returns the Scale of an object. Does not change it. */
function scaleOf(object: KubeObject, paths: ScaleSpec): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = valueAt(object, paths.selectorPath);
  const text =
    typeof selector === 'string' || selector === undefined
      ? selector
      : selectorText((paths.selectsByMap ? selectorFromSet : labelSelectorAsSelector)(selector as never));
  const replicas = Number(valueAt(object, paths.specReplicasPath) ?? 0);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: Number(valueAt(object, paths.statusReplicasPath) ?? 0),
      ...(text === undefined ? {} : { selector: text }),
    },
  };
}

function valueAt(object: KubeObject, path: string): unknown {
  if (path === '') return undefined;
  return path
    .split('.')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | null | undefined)?.[part], object);
}
