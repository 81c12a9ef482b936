// What describers read: live objects over REST, in pages.
// Called by: commands/describe.ts, genericdescriber.ts. Must not know: any kind.
import type { RestClient, RESTMapping } from '../client/types.ts';
import { StatusError } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { DescribeReader } from '../resources/describe.ts';
import { extractItems } from './visitors.ts';

/** Returns the mapping of a definition's hub version. */
export function hubMapping({ gvr, kind, namespaced }: ResourceDefinition): RESTMapping {
  return { gvr, gvk: { group: gvr.group, version: gvr.version, kind }, namespaced };
}

/** Returns a reader that takes `chunkSize` objects at a time; what the server refuses counts as missing. */
export function createDescribeReader(rest: RestClient, chunkSize: number): DescribeReader {
  return {
    async get<T extends KubeObject>(
      definition: ResourceDefinition<T>,
      key: { namespace?: string | undefined; name: string },
    ) {
      const object = await refusedAs(undefined, () => rest.get(hubMapping(definition as never), key));
      return object as T | undefined;
    },
    async list<T extends KubeObject>(
      definition: ResourceDefinition<T>,
      { namespace, labelSelector, fieldSelector }: Parameters<DescribeReader['list']>[1],
    ) {
      const mapping = hubMapping(definition as never);
      const selectors = { labelSelector: labelSelector || undefined, fieldSelector: fieldSelector || undefined };
      return (await refusedAs([], () => listAll(rest, mapping, { namespace, chunkSize, ...selectors }))) as T[];
    },
  };
}

async function refusedAs<T, F>(refused: F, read: () => Promise<T>): Promise<T | F> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StatusError) return refused;
    throw error;
  }
}

async function listAll(
  rest: RestClient,
  mapping: RESTMapping,
  options: {
    namespace: string | undefined;
    chunkSize: number;
    labelSelector: string | undefined;
    fieldSelector: string | undefined;
  },
): Promise<KubeObject[]> {
  const { namespace, chunkSize, labelSelector, fieldSelector } = options;
  const found: KubeObject[] = [];
  let next: string | undefined;
  do {
    const limit = chunkSize > 0 ? chunkSize : undefined;
    const list = await rest.list(mapping, namespace, { labelSelector, fieldSelector, limit, continue: next });
    found.push(...extractItems(list));
    next = (list.metadata as { continue?: string } | undefined)?.continue || undefined;
  } while (next !== undefined);
  return found;
}
