// The kinds that CustomResourceDefinitions make: a definition as any kind has one, with what its versions differ in.
// Called by: apiserver's scheme, controllers that work on all kinds. Must not know: HTTP, storage.
// Upstream: apiextensions-apiserver pkg/apiserver/customresource_handler.go getOrCreateServingInfoFor.
import { nodeOfCustomResource } from '../machinery/jsonschema.node.ts';
import type { SchemaNode } from '../machinery/schema.ts';
import { groupResourceString, groupVersionString, type KubeObject } from '../machinery/types.ts';
import type { Store } from '../storage/types.ts';
import { isConditionTrue } from './customresourcedefinition.conditions.ts';
import {
  customResourceDefinition,
  type CustomResourceDefinition,
  type CustomResourceVersion,
} from './customresourcedefinition.ts';
import { createCodec, refuseWebhooks } from './customresource.codec.ts';
import { strategyFor } from './customresource.strategy.ts';
import { selectableFieldsOf, tableFor } from './customresource.table.ts';
import { deprecationWarning } from './customresource.versions.ts';
import type { CustomTypes, ResourceDefinition, ScaleSpec, ServedVersion, Subresource } from './definition.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

const made = new WeakMap<CustomResourceDefinition, ResourceDefinition | 'none'>();

/** Returns the kind of a definition, always the same one for one state of it; undefined before it is established. */
export function customResourceOf(crd: CustomResourceDefinition): ResourceDefinition | undefined {
  let definition = made.get(crd);
  if (!definition) made.set(crd, (definition = makeDefinition(crd) ?? 'none'));
  return definition === 'none' ? undefined : definition;
}

const RESOURCE = groupResourceString(customResourceDefinition.gvr);

/** Returns what lists the kinds that are defined now: the same list as long as no definition changes. */
export function customResourcesIn(store: Pick<Store, 'list'>): () => readonly ResourceDefinition[] {
  let seen: readonly KubeObject[] | undefined;
  let definitions: readonly ResourceDefinition[] = [];
  return () => {
    // The store hands out the same list until something in it changes.
    const crds = store.list(RESOURCE);
    if (crds === seen) return definitions;
    seen = crds;
    if (crds.length > 0 || definitions.length > 0)
      definitions = (crds as readonly CustomResourceDefinition[]).flatMap((crd) => customResourceOf(crd) ?? []);
    return definitions;
  };
}

function makeDefinition(crd: CustomResourceDefinition): ResourceDefinition | undefined {
  const { spec, status } = crd;
  const names = status?.acceptedNames;
  const hub = spec.versions.find(({ storage }) => storage);
  if (
    !isConditionTrue(crd, 'Established') ||
    !hub ||
    !names?.plural ||
    !names.singular ||
    !names.kind ||
    !names.listKind
  )
    return undefined;
  const custom = createTypes(crd, hub, names.listKind);
  const parts = partsOf(crd, hub, custom);
  return {
    gvr: { group: spec.group, version: hub.name, resource: names.plural },
    kind: names.kind,
    singular: names.singular,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    schema: '',
    verbs: VERBS,
    ...parts,
    versions: spec.versions
      .filter((version) => version !== hub && version.served)
      .map((version) => versionOf(crd, version, names, custom)),
    custom,
  };
}

function apiVersionOf({ spec }: CustomResourceDefinition, { name }: CustomResourceVersion): string {
  return groupVersionString({ group: spec.group, version: name });
}

/** What each version has for itself. */
function partsOf(crd: CustomResourceDefinition, version: CustomResourceVersion, custom: CustomTypes) {
  const scale = scaleOf(version);
  const warning = deprecationWarning(crd, version);
  const selectable = selectableFieldsOf(version);
  return {
    subresources: subresourcesOf(version),
    strategy: strategyFor({ crd, version, custom }),
    table: tableFor(version),
    ...(scale ? { scale } : {}),
    ...(warning === undefined ? {} : { warning }),
    ...(selectable ? { fieldLabels: selectable } : {}),
  };
}

function versionOf(
  crd: CustomResourceDefinition,
  version: CustomResourceVersion,
  { plural, kind }: { plural: string; kind: string },
  custom: CustomTypes,
): ServedVersion<KubeObject> {
  const apiVersion = apiVersionOf(crd, version);
  return {
    gvr: { group: crd.spec.group, version: version.name, resource: plural },
    kind,
    schema: '',
    // Conversion changes the version's name alone; what the other version does not know goes when the object is stored.
    toHub(object) {
      refuseWebhooks(crd, object);
      return object;
    },
    fromHub: (object) => custom.encode(object, apiVersion),
    ...partsOf(crd, version, custom),
  };
}

function subresourcesOf({ subresources }: CustomResourceVersion): Subresource[] {
  return [...(subresources?.status ? (['status'] as const) : []), ...(subresources?.scale ? (['scale'] as const) : [])];
}

function scaleOf({ subresources }: CustomResourceVersion): ScaleSpec | undefined {
  const scale = subresources?.scale;
  const dotted = (path = ''): string => path.replace(/^\./, '');
  return (
    scale && {
      specReplicasPath: dotted(scale.specReplicasPath),
      statusReplicasPath: dotted(scale.statusReplicasPath),
      selectorPath: dotted(scale.labelSelectorPath),
    }
  );
}

function createTypes(crd: CustomResourceDefinition, hub: CustomResourceVersion, listKind: string): CustomTypes {
  const versions = new Map(crd.spec.versions.map((version) => [apiVersionOf(crd, version), version]));
  const schema = (apiVersion: string) => versions.get(apiVersion)?.schema?.openAPIV3Schema;
  const nodes = new Map<string, SchemaNode>();
  return {
    listKind,
    isTerminating: isConditionTrue(crd, 'Terminating'),
    servesHub: hub.served,
    schema,
    node(apiVersion) {
      if (!versions.has(apiVersion)) return undefined;
      let node = nodes.get(apiVersion);
      if (!node) nodes.set(apiVersion, (node = nodeOfCustomResource(schema(apiVersion))));
      return node;
    },
    ...createCodec({ crd, hub: apiVersionOf(crd, hub), schema }),
  };
}
