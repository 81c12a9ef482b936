// Manifests: files, folders, patterns and stdin, taken apart into documents, each an info.
// Called by: cli/resourcebuilder.ts. Must not know: arguments other than --filename.
// Upstream: cli-runtime/pkg/resource/visitor.go FileVisitor and StreamVisitor, mapper.go.
import type { Stats } from 'node:fs';
import { goFileError } from '../machinery/goerrno.ts';
import { decodeManifest, type ManifestDocument } from './manifest.ts';
import type { InputStream } from './command.ts';
import { NoMatchError, type RestClient } from '../client/types.ts';
import type { Unstructured } from '../machinery/types.ts';
import type { Info } from './builder.ts';
import { ConnectionError } from './errors.ts';
import { requireRegistered } from './registeredkinds.ts';
import { mappingOf, type Visitor, type VisitorContext } from './visitors.ts';

const EXTENSIONS = ['.json', '.yaml', '.yml'];
const STOP_VALIDATING = 'if you choose to ignore these errors, turn validation off with --validate=false';

export interface FileContext extends VisitorContext {
  cwd: string;
  stdin: InputStream;
  /** '', 'Strict', 'Warn' or 'Ignore'; '' and Ignore do not check what a manifest calls itself. */
  fieldValidation: string;
  /** Takes a line for stderr: what kustomize says of old fields. */
  note(line: string): void;
}

const fs = () => process.getBuiltinModule('node:fs');
const path = () => process.getBuiltinModule('node:path');

/** Returns the text of a file; UTF-16 with a byte order mark is understood. @throws Error `open x: no such file or directory`. */
export function readTextFile(cwd: string, file: string): string {
  let bytes: Buffer;
  try {
    bytes = fs().readFileSync(path().resolve(cwd, file));
  } catch (error) {
    const isFolder = (error as NodeJS.ErrnoException).code === 'EISDIR';
    throw new Error(goFileError(isFolder ? 'read' : 'open', file, error), { cause: error });
  }
  return decodeText(bytes);
}

export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3).toString('utf8');
  return bytes.toString('utf8');
}

/** The documents of a file, read when visited. 'STDIN' with the stream's text. */
export function fileVisitor(source: string, read: () => Promise<string>, context: FileContext): Visitor {
  return {
    async visit(fn) {
      for (const document of documents(await read(), source)) {
        validateKind(document.value, source, context.fieldValidation);
        let info: Info;
        try {
          info = await infoForDocument(document, source, context);
        } catch (error) {
          if (error instanceof ValidationError) throw error;
          await fn(undefined, error as Error);
          continue;
        }
        await fn(info);
      }
    },
  };
}

/** Later documents are decoded only when earlier ones have been visited: a broken one does not stop those before it. */
function* documents(text: string, source: string): Generator<ManifestDocument> {
  const decoder = decodeManifest(text);
  for (;;) {
    let next: IteratorResult<ManifestDocument>;
    try {
      next = decoder.next();
    } catch (error) {
      throw new Error(`error parsing ${source}: ${(error as Error).message}`, { cause: error });
    }
    if (next.done) return;
    yield next.value;
  }
}

function validateKind(object: unknown, source: string, fieldValidation: string): void {
  if (fieldValidation === '' || fieldValidation === 'Ignore') return;
  const problems = kindProblems(object);
  if (problems.length === 0) return;
  const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  throw new Error(`error validating ${JSON.stringify(source)}: error validating data: ${text}; ${STOP_VALIDATING}`);
}

/** Upstream: kubectl pkg/validation/schema.go getObjectKind. */
function kindProblems(object: unknown): string[] {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return ['invalid object to validate'];
  const { apiVersion, kind } = object as Record<string, unknown>;
  const problems: string[] = [];
  if (apiVersion === undefined || apiVersion === null) problems.push('apiVersion not set');
  else if (typeof apiVersion !== 'string') problems.push("apiVersion isn't string type");
  if (kind === undefined || kind === null) problems.push('kind not set');
  else if (typeof kind !== 'string') problems.push("kind isn't string type");
  return problems;
}

/** Upstream: cli-runtime mapper.infoForData. */
async function infoForDocument(document: ManifestDocument, source: string, context: FileContext): Promise<Info> {
  const decodeError = (message: string) => new Error(`unable to decode ${JSON.stringify(source)}: ${message}`);
  const { value, json } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw decodeError(`json: cannot unmarshal ${jsonTypeName(value)} into Go value of type unstructured.detector`);
  const object = value as Unstructured;
  if (typeof object.kind !== 'string' || object.kind === '') throw decodeError(`Object 'Kind' is missing in '${json}'`);
  const problem = metadataProblem(object) ?? kindProblem(object, context);
  if (problem !== undefined) throw decodeError(problem);
  const { name = '', namespace = '' } = object.metadata ?? {};
  const info = { name, namespace, source, object, subresource: '' };
  try {
    return { ...info, mapping: await mappingOf(object, context, (message) => new NoMatchError(message, object.kind)) };
  } catch (error) {
    if ((error as Error).name === 'StateError') throw error;
    if (!(error instanceof NoMatchError)) throw await unrecognized(error as Error, source, context);
    throw new Error(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} ` +
        `from ${JSON.stringify(source)}: ${error.message}\nensure CRDs are installed first`,
      { cause: error },
    );
  }
}

/** A document cannot be validated: those after it are not looked at. */
class ValidationError extends Error {}

/**
 * Returns why a document could not be placed: the server does not say what it serves. Whoever validates asks for the schema
 * first, so its error is the one that is told.
 */
async function unrecognized(error: Error, source: string, context: FileContext): Promise<Error> {
  if (context.fieldValidation !== '' && context.fieldValidation !== 'Ignore') {
    try {
      await openApi(await context.rest());
    } catch (cause) {
      return new ValidationError(
        `error validating ${JSON.stringify(source)}: error validating data: failed to download openapi: ` +
          `${(cause as Error).message}; ${STOP_VALIDATING}`,
        { cause },
      );
    }
  }
  await context.mapper().catch(() => undefined);
  return new Error(`unable to recognize ${JSON.stringify(source)}: ${error.message}`, { cause: error });
}

/** @throws what the older document's request throws, when neither is to be had. */
async function openApi(rest: RestClient): Promise<void> {
  try {
    await rest.document?.('/openapi/v3', 'application/json, */*');
  } catch {
    await rest.document?.('/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf');
  }
}

function kindProblem(object: Unstructured, { scheme }: FileContext): string | undefined {
  if (scheme === '') return undefined;
  try {
    requireRegistered(object, scheme);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function jsonTypeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
}

const META_STRINGS = ['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion'] as const;

/** Returns what is wrong with the types in metadata, in the words of Go's JSON decoder. */
function metadataProblem(object: Unstructured): string | undefined {
  const metadata: unknown = object.metadata;
  if (metadata === undefined || metadata === null) return undefined;
  const cannot = (value: unknown, field: string, type: string) =>
    `json: cannot unmarshal ${jsonTypeName(value)} into Go struct field ${field} of type ${type}`;
  if (typeof metadata !== 'object' || Array.isArray(metadata))
    return cannot(metadata, 'metadataOnlyObject.metadata', 'v1.ObjectMeta');
  const fields = metadata as Record<string, unknown>;
  for (const name of META_STRINGS) {
    const value = fields[name];
    if (value !== undefined && value !== null && typeof value !== 'string')
      return cannot(value, `ObjectMeta.metadata.${name}`, 'string');
  }
  for (const name of ['labels', 'annotations']) {
    const problem = stringMapProblem(fields[name], `ObjectMeta.metadata.${name}`, cannot);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function stringMapProblem(
  map: unknown,
  field: string,
  cannot: (value: unknown, field: string, type: string) => string,
): string | undefined {
  if (map === undefined || map === null) return undefined;
  if (typeof map !== 'object' || Array.isArray(map)) return cannot(map, field, 'map[string]string');
  const wrong = Object.values(map).find((value) => value !== null && typeof value !== 'string');
  return wrong === undefined ? undefined : cannot(wrong, field, 'string');
}

/** stdin as a visitor; read once. */
export function stdinVisitor(context: FileContext): Visitor {
  return fileVisitor('STDIN', () => context.stdin.readAll(), context);
}

/** A URL is refused as it would be without a network. */
export function urlVisitor(url: string): Visitor {
  return {
    visit: async () => {
      const host = URL.canParse(url) ? new URL(url).hostname : url;
      throw new ConnectionError(host, `dial tcp: lookup ${host}: no such host`, false);
    },
  };
}

/**
 * Returns the visitors of a path: a file, or the manifests in a folder in order of their names. Explicit files may end in anything.
 * @throws Error `the path "x" does not exist`. Upstream: resource.ExpandPathsToFileVisitors.
 */
export function pathVisitors(name: string, isRecursive: boolean, context: FileContext): Visitor[] {
  const stat = statOrUndefined(context.cwd, name);
  if (!stat) throw new Error(`the path ${JSON.stringify(name)} does not exist`);
  const toVisitor = (file: string) => fileVisitor(file, async () => readTextFile(context.cwd, file), context);
  if (!stat.isDirectory()) return [toVisitor(name)];
  return [
    ...walk(
      context.cwd,
      path()
        .normalize(name)
        .replace(/(.)\/$/, '$1'),
      isRecursive,
    ),
  ].map(toVisitor);
}

function* walk(cwd: string, folder: string, isRecursive: boolean): Generator<string> {
  const entries = fs().readdirSync(path().resolve(cwd, folder)).sort();
  for (const entry of entries) {
    const name = path().join(folder, entry);
    const stat = statOrUndefined(cwd, name);
    if (stat?.isDirectory()) {
      if (isRecursive) yield* walk(cwd, name, true);
    } else if (EXTENSIONS.includes(path().extname(entry))) yield name;
  }
}

function statOrUndefined(cwd: string, name: string): Stats | undefined {
  try {
    return fs().statSync(path().resolve(cwd, name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(`the path ${JSON.stringify(name)} cannot be accessed: ${goFileError('stat', name, error)}`, {
      cause: error,
    });
  }
}

/**
 * Returns the files that a pattern of the command line matches; a name that exists is itself.
 * @throws Error `the path "x" does not exist`. Upstream: resource.expandIfFilePattern.
 */
export function expandPattern(pattern: string, cwd: string): string[] {
  if (statOrUndefined(cwd, pattern)) return [pattern];
  const matches = /[*?[]/.test(pattern) ? glob(pattern, cwd) : [];
  if (matches.length === 0) throw new Error(`the path ${JSON.stringify(pattern)} does not exist`);
  return matches;
}

/** Go's filepath.Glob: `*`, `?` and `[a-z]` in any part of the path. */
function glob(pattern: string, cwd: string): string[] {
  const [head, ...parts] = pattern.split('/');
  let found = pattern.startsWith('/') ? ['/'] : expandPart('', head ?? '', cwd);
  for (const part of parts) found = found.flatMap((folder) => expandPart(folder, part, cwd));
  return found;
}

function expandPart(folder: string, part: string, cwd: string): string[] {
  const join = (name: string) => (folder === '' ? name : folder === '/' ? `/${name}` : `${folder}/${name}`);
  if (part === '') return [folder];
  if (!/[*?[]/.test(part)) return statOrUndefined(cwd, join(part)) ? [join(part)] : [];
  const source = part
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const expression = new RegExp(`^${source}$`);
  const base = path().resolve(cwd, folder === '' ? '.' : folder);
  if (!statOrUndefined(cwd, base)?.isDirectory()) return [];
  return fs()
    .readdirSync(base)
    .filter((name) => expression.test(name))
    .sort()
    .map(join);
}
