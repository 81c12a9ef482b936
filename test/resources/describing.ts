// What the tests of describers share: objects from YAML, and a reader over a handful of them that selects as a server does.
import { matchesFields, parseFieldSelector } from '../../src/machinery/fieldselectors.ts';
import { deepFreeze } from '../../src/machinery/meta.ts';
import { matchesLabels, parseLabelSelector } from '../../src/machinery/selectors.ts';
import { newNotFound } from '../../src/machinery/status.ts';
import type { KubeObject } from '../../src/machinery/types.ts';
import { parseYamlDocuments } from '../../src/machinery/yaml.ts';
import type { DescribeContext, DescribeReader } from '../../src/resources/describe.ts';
import { resourceDefinitions } from '../../src/resources/index.ts';
import { NOW_MS, definitionOf } from './definitions.ts';

/** Returns the objects of a text, with what every object on a server has. */
function objects(yaml: string): KubeObject[] {
  return [...parseYamlDocuments(yaml)].map((document) => {
    const object = document as KubeObject & { spec?: object; status?: object };
    const definition = resourceDefinitions.find(({ kind }) => kind === object.kind);
    const namespace = definition && !definition.namespaced ? {} : { namespace: 'default' };
    const metadata = { uid: `uid-of-${object.metadata.name}`, ...namespace, ...object.metadata };
    const whole = { spec: {}, status: {}, ...object, metadata };
    definition?.setDefaults?.(whole as KubeObject);
    return deepFreeze(whole) as KubeObject;
  });
}

function readerOver(all: readonly KubeObject[]): DescribeReader {
  const reader: DescribeReader = {
    async get({ kind }, { namespace, name }) {
      const found = all.find((o) => o.kind === kind && o.metadata.name === name && o.metadata.namespace === namespace);
      return found as never;
    },
    tryGet: async (definition, key) => (await reader.get(definition, key)) ?? newNotFound(definition.gvr, key.name),
    tryList: (definition, options) => reader.list(definition, options),
    async list({ kind, fieldLabels }, { namespace, labelSelector = '', fieldSelector = '' }) {
      const labels = parseLabelSelector(labelSelector);
      const fields = parseFieldSelector(fieldSelector);
      const found = all.filter(
        (o) =>
          o.kind === kind &&
          (namespace === undefined || o.metadata.namespace === namespace) &&
          matchesLabels(labels, o.metadata.labels) &&
          matchesFields(fields, new Map(Object.entries(fieldLabels?.(o as never) ?? {}))),
      );
      return found as never[];
    },
  };
  return reader;
}

/** Returns what describe says of the first object of the text; the others are there to be found. */
export async function described(yaml: string, more: Partial<DescribeContext> = {}): Promise<string> {
  const all = objects(yaml);
  const [object] = all;
  if (!object) throw new Error('no object');
  const describe = definitionOf(object.kind).describe;
  if (!describe) throw new Error(`${object.kind} does not describe itself`);
  return describe(object, { reader: readerOver(all), nowMs: NOW_MS, showsEvents: true, ...more });
}

/** Returns the lines of the description from the one that begins with `from` up to the one that begins with `to`. */
export async function describedLines(yaml: string, from: string, to: string): Promise<string> {
  const all = (await described(yaml)).split('\n');
  const start = all.findIndex((line) => line.startsWith(from));
  const end = all.findIndex((line, i) => i > start && line.startsWith(to));
  return all.slice(start, end).join('\n');
}
