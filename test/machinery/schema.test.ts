import { describe, expect, it } from '@jest/globals';
import {
  definitionNames,
  definitionOfKind,
  descriptionsOf,
  fieldOf,
  fieldsOf,
  fullDefinitionName,
  kindOfDefinition,
  schemaFor,
  schemaForKind,
  shortDefinitionName,
  type SchemaNode,
} from '../../src/machinery/schema.ts';

function at(definition: string, ...path: string[]): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>(
    (node, name) => node && (name === '[]' ? node.items : fieldOf(node, name)),
    schemaFor(definition),
  );
}

describe('schemas', () => {
  it('are found by name and by kind', () => {
    expect(definitionOfKind({ group: 'apps', version: 'v1', kind: 'Deployment' })).toBe('apps.v1.Deployment');
    expect(schemaFor('io.k8s.api.core.v1.Pod')).toEqual(schemaForKind({ group: '', version: 'v1', kind: 'Pod' }));
    expect(kindOfDefinition('extensions.v1beta1.Ingress')).toEqual({
      group: 'extensions',
      version: 'v1beta1',
      kind: 'Ingress',
    });
    expect(schemaFor('core.v1.Nothing')).toBeUndefined();
    expect(schemaFor('constructor')).toBeUndefined();
  });

  it('refer only to definitions that exist', () => {
    const missing = definitionNames().flatMap((name) =>
      [...fieldsOf(schemaFor(name) as SchemaNode).values()].flatMap((field) => {
        let node = field;
        while (node.items) node = node.items;
        return node.definition !== undefined && !schemaFor(node.definition) ? [`${name}: ${node.definition}`] : [];
      }),
    );
    expect(missing).toEqual([]);
  });

  it('tell types, merge keys and list types', () => {
    expect(at('apps.v1.Deployment', 'spec', 'template', 'spec', 'containers')).toMatchObject({
      type: 'array',
      isRequired: true,
      patchStrategies: ['merge'],
      patchMergeKey: 'name',
      listType: 'map',
      listMapKeys: ['name'],
    });
    expect(at('core.v1.Service', 'spec', 'ports')).toMatchObject({
      patchMergeKey: 'port',
      listMapKeys: ['port', 'protocol'],
    });
    expect(at('core.v1.PodSpec', 'volumes')?.patchStrategies).toEqual(['merge', 'retainKeys']);
    expect(at('meta.v1.ObjectMeta', 'finalizers')).toMatchObject({ listType: 'set', patchStrategies: ['merge'] });
    expect(at('core.v1.Container', 'args')).toMatchObject({ listType: 'atomic', patchStrategies: [] });
    expect(at('core.v1.ServiceSpec', 'selector')).toMatchObject({ type: 'map', mapType: 'atomic' });
    expect(at('apps.v1.DeploymentSpec', 'selector')?.mapType).toBe('atomic');
    expect(at('core.v1.Container', 'resources', 'limits', 'cpu')).toMatchObject({ format: 'quantity' });
    expect(at('core.v1.ServicePort', 'targetPort')?.type).toBe('int-or-string');
    expect(at('core.v1.Secret', 'data', 'x')?.format).toBe('byte');
    expect(at('core.v1.ServiceSpec', 'type')?.enum).toEqual(['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']);
    expect(at('extensions.v1beta1.IngressSpec', 'backend', 'servicePort')?.type).toBe('int-or-string');
    expect(at('extensions.v1beta1.DaemonSetSpec', 'templateGeneration')?.format).toBe('int64');
  });

  it('carry descriptions', () => {
    expect(descriptionsOf('core.v1.Container')['image']).toMatch(/image/i);
  });

  it.each([
    ['core.v1.Pod', 'io.k8s.api.core.v1.Pod'],
    ['meta.v1.ObjectMeta', 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'],
    [
      'apiextensions.v1.CustomResourceDefinition',
      'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
    ],
    ['resource.v1.ResourceClaim', 'io.k8s.api.resource.v1.ResourceClaim'],
    ['version.Info', 'io.k8s.apimachinery.pkg.version.Info'],
  ])('%s is %s', (short, full) => {
    expect(fullDefinitionName(short)).toBe(full);
    expect(shortDefinitionName(full)).toBe(short);
  });
});
