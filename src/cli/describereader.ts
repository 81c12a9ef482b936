// What describers read: live objects over REST, in pages.
// Called by: commands/describe.ts, genericdescriber.ts. Must not know: any kind.
import type { RestClient, RESTMapping } from '../client/types.ts';
import { StatusError } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { DescribeReader, ListedBy } from '../resources/describe.ts';
import { extractItems } from './visitors.ts';

/** Returns the mapping of a definition's hub version. */
export function hubMapping({ gvr, kind, namespaced }: ResourceDefinition): RESTMapping {
  return { gvr, gvk: { group: gvr.group, version: gvr.version, kind }, namespaced };
}

/** Returns a reader that takes `chunkSize` objects at a time; what the server refuses counts as missing. */
export function createDescribeReader(rest: RestClient, chunkSize: number): DescribeReader {
  const tryGet: DescribeReader['tryGet'] = <T extends KubeObject>(
    definition: ResourceDefinition<T>,
    key: { namespace?: string | undefined; name: string },
  ) => orRefusal(async () => (await rest.get(hubMapping(definition as never), key)) as unknown as T);
  const tryList: DescribeReader['tryList'] = <T extends KubeObject>(
    definition: ResourceDefinition<T>,
    { namespace, labelSelector, fieldSelector }: ListedBy,
  ) => {
    const mapping = hubMapping(definition as never);
    const selectors = { labelSelector: labelSelector || undefined, fieldSelector: fieldSelector || undefined };
    return orRefusal(async () => (await listAll(rest, mapping, { namespace, chunkSize, ...selectors })) as T[]);
  };
  return {
    tryGet,
    tryList,
    async get(definition, key) {
      const found = await tryGet(definition, key);
      return found instanceof StatusError ? undefined : found;
    },
    async list(definition, options) {
      const found = await tryList(definition, options);
      return found instanceof StatusError ? [] : found;
    },
  };
}

async function orRefusal<T>(read: () => Promise<T>): Promise<T | StatusError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StatusError) return error;
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
