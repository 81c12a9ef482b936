// What `kubectl wait --for` can wait for in an object: conditions and values at a JSONPath.
// Called by: commands/wait.ts. Upstream: kubectl pkg/cmd/wait/condition.go, json.go.
import type { WatchEvent } from '../../client/transport.ts';
import { goString } from '../../machinery/gofmt.ts';
import { parseJsonPath, relaxedJsonPathExpression, type JsonPath } from '../../machinery/jsonpath.ts';
import { newNotFound } from '../../machinery/status.ts';
import type { Unstructured } from '../../machinery/types.ts';
import type { Info } from '../builder.ts';
import type { DeletionWait } from '../deletion.ts';
import { objectName } from '../requests.ts';
import { nameSelector, waitUntil } from '../watching.ts';

export interface ObjectTest {
  type: 'condition';
  isMet(object: Unstructured): boolean;
}
export type Condition = { type: 'create' } | { type: 'delete' } | ObjectTest;

/** Returns what the word asks for. @throws Error `unrecognized condition: "x"`. Upstream: conditionFuncFor. */
export function parseCondition(word: string): Condition {
  const lower = word.toLowerCase();
  if (lower === 'delete' || lower === 'create') return lower === 'delete' ? { type: 'delete' } : { type: 'create' };
  if (word.startsWith('condition=')) return conditionOf(word.slice('condition='.length));
  if (word.startsWith('jsonpath=')) return jsonPathOf(word.slice('jsonpath='.length));
  throw new Error(`unrecognized condition: ${JSON.stringify(word)}`);
}

interface ObjectCondition {
  type?: string;
  status?: string;
  observedGeneration?: number;
}

function conditionOf(text: string): ObjectTest {
  const at = text.indexOf('=');
  const name = (at < 0 ? text : text.slice(0, at)).toLowerCase();
  const status = (at < 0 ? 'true' : text.slice(at + 1)).toLowerCase();
  return {
    type: 'condition',
    isMet(object) {
      const state = object['status'] as { conditions?: ObjectCondition[]; observedGeneration?: number } | undefined;
      const found = state?.conditions?.find((c) => c.type?.toLowerCase() === name && c.status !== undefined);
      if (!found) return false;
      const { generation } = object.metadata;
      const observed = found.observedGeneration ?? state?.observedGeneration;
      if (generation !== undefined && observed !== undefined && observed < generation) return false;
      return found.status?.toLowerCase() === status;
    },
  };
}

const FORMAT =
  "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'";

function jsonPathOf(text: string): ObjectTest {
  const parts = splitAtEquals(text);
  if (parts.length > 2) throw new Error(FORMAT);
  const [path = '', given] = parts;
  const expression = relaxedJsonPathExpression(path);
  const wanted = given?.replace(/^['"]+|['"]+$/g, '');
  if (wanted === '')
    throw new Error(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  if (expression === '') throw new Error('jsonpath expression cannot be empty');
  const parsed = parseJsonPath(expression, { allowMissingKeys: true });
  return { type: 'condition', isMet: (object) => isAtPath(parsed, object, wanted) };
}

/** A single '=' parts; '==' stays. */
function splitAtEquals(text: string): string[] {
  return text
    .replaceAll('==', '\0')
    .split('=')
    .map((part) => part.replaceAll('\0', '=='));
}

function isAtPath(path: JsonPath, object: Unstructured, wanted: string | undefined): boolean {
  const results = path.findResults(object);
  const [first = []] = results;
  if (first.length === 0) return false;
  if (results.length > 1) throw new Error('given jsonpath expression matches more than one list');
  if (first.length > 1) throw new Error('given jsonpath expression matches more than one value');
  if (wanted === undefined) return true;
  const [value] = first;
  if (typeof value === 'object' && value !== null)
    throw new Error('jsonpath leads to a nested object or list which is not supported');
  return goString(value).trim() === wanted.trim();
}

/** Returns the object once it meets the condition. @throws WaitTimeoutError; StatusError NotFound when it goes away. */
export async function waitForCondition(
  info: Info,
  condition: ObjectTest,
  options: Omit<DeletionWait, 'uid'>,
): Promise<Unstructured> {
  const { rest, clock, timeoutMs } = options;
  const { mapping, namespace, name } = info;
  if (timeoutMs === 0) {
    const object = await rest.get(mapping, { namespace: namespace || undefined, name });
    if (condition.isMet(object)) return object;
    throw new Error(`condition not met for ${objectName(info)}`);
  }
  const target = { rest, clock, mapping, namespace, fieldSelector: nameSelector(name), timeoutMs };
  const event = await waitUntil(
    target,
    (items) => {
      if (items.length === 0) throw newNotFound(mapping.gvr, name);
      return false;
    },
    (seen: WatchEvent) => seen.type !== 'DELETED' && condition.isMet(seen.object as Unstructured),
  );
  return event?.object as Unstructured;
}
