// Reads what a client sent as an object: of which kind it says it is, before anything else of it is looked at.
// Called by: exchange. Must not know: kinds.
// Upstream: apimachinery pkg/runtime/serializer/json, apiserver pkg/endpoints/handlers/rest.go transformDecodeError.
import { unmarshalJson } from '../machinery/gojson.ts';
import { newBadRequest } from '../machinery/status.ts';
import { yamlToJson } from '../machinery/yaml.ts';

export interface Sent {
  /** The text of a body, absent for one that came decoded. */
  text?: string | undefined;
  isYaml: boolean;
  value?: unknown;
}

/** Go's readers stop at 10,000; no object is nested nearly as deep as this. */
const MAX_DEPTH = 1000;
const TOO_DEEP = 'exceeded max depth';
const SUMMARY_BYTES = 30;

/** Returns the value that a text is. @throws Error with Go's words. */
export function parsed({ text, isYaml, value }: Sent): unknown {
  const found = text === undefined ? value : isYaml ? parsedYaml(text) : unmarshalJson(text);
  if (isDeeperThan(found, MAX_DEPTH)) throw new Error(TOO_DEEP);
  return found;
}

function parsedYaml(text: string): unknown {
  try {
    return yamlToJson(text);
  } catch (error) {
    if ((error as Error).name === 'RangeError') throw new Error(TOO_DEEP, { cause: error });
    throw error;
  }
}

function isDeeperThan(value: unknown, depth: number): boolean {
  let level: object[] = isNested(value) ? [value] : [];
  for (let at = 0; level.length > 0; at++) {
    if (at >= depth) return true;
    const next: object[] = [];
    for (const item of level)
      for (const inner of Object.values(item) as unknown[]) if (isNested(inner)) next.push(inner);
    level = next;
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Returns the object that was sent as one of `kind`. @throws StatusError BadRequest. */
export function interpreted(sent: Sent, kind: string): Record<string, unknown> {
  const refuse = (why: string): never => {
    throw newBadRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summaryOf(sent)})`);
  };
  let value: unknown;
  try {
    value = parsed(sent);
  } catch (error) {
    const { message } = error as Error;
    return refuse(sent.isYaml ? message : `${NO_KIND}${message}`);
  }
  const wrong = wrongHead(value);
  return wrong === undefined ? ((value ?? {}) as Record<string, unknown>) : refuse(wrong);
}

export const NO_KIND = "couldn't get version/kind; json parse error: ";
const HEAD = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** Returns why apiVersion and kind cannot be read. Upstream: SimpleMetaFactory.Interpret. */
function wrongHead(value: unknown): string | undefined {
  if (value === null) return undefined;
  const mismatch = (given: unknown, where: string): string =>
    `${NO_KIND}json: cannot unmarshal ${jsonTypeName(given)} into Go ${where}`;
  if (typeof value !== 'object' || Array.isArray(value)) return mismatch(value, `value of type ${HEAD}`);
  const fields = value as Record<string, unknown>;
  for (const name of ['apiVersion', 'kind']) {
    const given = fields[name] ?? '';
    if (typeof given !== 'string') return mismatch(given, `struct field .${name} of type string`);
  }
  const apiVersion = (fields['apiVersion'] ?? '') as string;
  return apiVersion.split('/').length > 2 ? `unexpected GroupVersion string: ${apiVersion}` : undefined;
}

function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Upstream: summarizeData. */
function summaryOf({ text, value }: Sent): string {
  const bytes = Buffer.from(text ?? JSON.stringify(value) ?? '');
  if (bytes.length === 0) return '<empty>';
  const isText = bytes[0] === 0x7b;
  const head = bytes.subarray(0, SUMMARY_BYTES).toString(isText ? 'utf8' : 'hex');
  return bytes.length > SUMMARY_BYTES ? `${head} ...` : head;
}
