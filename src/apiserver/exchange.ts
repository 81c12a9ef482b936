// One request on its way through the handler: what was asked, of which kind, and the warnings gathered so far.
// Called by: handler, subresources. Must not know: sockets.
import { forbidden, notSupported, Path, required, type FieldErrors } from '../machinery/field.ts';
import { duplicateFields } from '../machinery/jsonduplicates.ts';
import { newBadRequest, newInvalid } from '../machinery/status.ts';
import { validateFieldManager } from '../machinery/metavalidation.ts';
import { byteLength, isPrintable } from '../machinery/strconv.ts';
import { groupVersionString, type KubeObject } from '../machinery/types.ts';
import { deleteOptionsFrom, validateDryRun, type DeleteOptions } from './deleteoptions.ts';
import { interpreted, NO_KIND, parsed, type Sent } from './interpret.ts';
import { contentTypeOf, JSON_TYPE, unsupportedMediaType, YAML_TYPE } from './negotiation.ts';
import { boolParameter } from './parameters.ts';
import { APPLY_PATCH } from './patching.ts';
import type { WriteOptions } from './registry.context.ts';
import type { Registry } from './registry.ts';
import type { RequestInfo } from './requestinfo.ts';
import { codecOf } from './codec.ts';
import {
  checkKind,
  decodeAs,
  encodeObject,
  type ExpectedKind,
  type FieldValidation,
  type Scheme,
  type ServedResource,
} from './scheme.ts';
import { negotiateOutput, partialMetadata, tableFor, wrongMetadata, type Output } from './tables.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

const MAX_FIELD_MANAGER_BYTES = 128;
const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

/** Returns the manager's name for a client that gives none: what its user agent begins with. Upstream: managerOrUserAgent. */
function managerOf(userAgent = ''): string {
  let name = '';
  for (const char of userAgent.split('/')[0] ?? '') {
    if (!isPrintable(char)) continue;
    if (byteLength(name + char) > MAX_FIELD_MANAGER_BYTES) break;
    name += char;
  }
  return name || 'unknown';
}

export class Exchange {
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly served: ServedResource;
  readonly registry: Registry;
  readonly scheme: Scheme;
  readonly warnings: string[] = [];
  #output: Output | undefined;
  readonly warn = (text: string): void => {
    if (!this.warnings.includes(text)) this.warnings.push(text);
  };

  constructor(given: {
    request: ApiRequest;
    info: RequestInfo;
    served: ServedResource;
    registry: Registry;
    scheme: Scheme;
  }) {
    this.request = given.request;
    this.info = given.info;
    this.served = given.served;
    this.registry = given.registry;
    this.scheme = given.scheme;
    if (given.served.warning !== undefined) this.warn(given.served.warning);
  }

  /** What the client takes. Asked for before anything is done. @throws StatusError NotAcceptable. */
  get output(): Output {
    this.#output ??= negotiateOutput(this.request);
    return this.#output;
  }

  /** undefined for requests across all namespaces. */
  get namespace(): string | undefined {
    return this.info.namespace === '' ? undefined : this.info.namespace;
  }

  get key(): { namespace: string | undefined; name: string } {
    return { namespace: this.namespace, name: this.info.name };
  }

  /** Returns the decoded body. @throws StatusError BadRequest when it is none, with `prefix` before Go's words. */
  body(prefix = ''): unknown {
    const sent = this.#sent();
    if (sent.text?.trim() === '') return undefined;
    try {
      return parsed(sent);
    } catch (error) {
      throw newBadRequest(`${prefix}${(error as Error).message}`);
    }
  }

  /** Returns the body as an object of a kind. @throws StatusError UnsupportedMediaType, BadRequest. */
  objectBody(kind: string): Record<string, unknown> {
    this.checkMediaType();
    return interpreted(this.#sent(), kind);
  }

  #sent(): Sent {
    const type = contentTypeOf(this.request.headers);
    const text = this.#text() ?? (this.request.body === undefined ? '' : undefined);
    return { text, value: this.request.body, isYaml: type === YAML_TYPE || type === APPLY_PATCH };
  }

  /** @throws StatusError UnsupportedMediaType for a body that is neither JSON nor YAML. */
  checkMediaType(): void {
    const type = contentTypeOf(this.request.headers);
    if (type !== '' && type !== JSON_TYPE && type !== YAML_TYPE) throw unsupportedMediaType();
  }

  /** Returns what a DELETE says of how to delete, in its body or its query. @throws StatusError */
  deleteOptions(): DeleteOptions {
    const { text, isYaml } = this.#sent();
    const isSent = text?.trim() !== '';
    if (isSent) this.checkMediaType();
    return deleteOptionsFrom(isSent ? this.body(isYaml ? '' : NO_KIND) : undefined, this.request.query);
  }

  /** Returns the body as an object of a type that is no resource (Binding, Eviction …). @throws StatusError BadRequest. */
  decodedBody({ schema, ...expected }: ExpectedKind & { schema: string }): unknown {
    const { scheme, warn } = this;
    const { kind } = expected;
    const value = this.objectBody(kind);
    const { version } = checkKind(expected, value, scheme);
    const options = { scheme, fieldValidation: this.fieldValidation(), duplicates: this.duplicates(), warn };
    return decodeAs({ codec: codecOf(schema), kind, version }, value, options);
  }

  /** Returns the paths of fields that the body's text has twice; none for a body that came decoded. */
  duplicates(): string[] {
    const text = this.#text();
    const isChecked =
      text !== undefined && this.fieldValidation() !== 'Ignore' && contentTypeOf(this.request.headers) !== YAML_TYPE;
    return isChecked ? duplicateFields(text) : [];
  }

  #text(): string | undefined {
    const { body } = this.request;
    if (typeof body === 'string') return body;
    return body instanceof Uint8Array ? Buffer.from(body).toString() : undefined;
  }

  /** @throws StatusError Invalid. Upstream: apimachinery pkg/apis/meta/v1/validation. */
  writeOptions(kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions'): WriteOptions {
    const { query, user } = this.request;
    const dryRun = query.getAll('dryRun');
    const fieldManager = query.get('fieldManager') ?? '';
    const errors: FieldErrors = [];
    const isApply = kind === 'PatchOptions' && contentTypeOf(this.request.headers) === APPLY_PATCH;
    if (isApply && fieldManager === '') errors.push(required(Path.of('fieldManager'), 'is required for apply patch'));
    if (kind === 'PatchOptions' && !isApply && query.has('force'))
      errors.push(forbidden(Path.of('force'), 'may not be specified for non-apply patch'));
    errors.push(...validateFieldManager(fieldManager, Path.of('fieldManager')), ...validateDryRun(dryRun));
    const validation = query.get('fieldValidation') ?? '';
    if (!VALIDATIONS.includes(validation))
      errors.push(notSupported(Path.of('fieldValidation'), validation, VALIDATIONS));
    if (errors.length > 0) throw newInvalid({ group: 'meta.k8s.io', kind }, '', errors);
    return {
      isDryRun: dryRun.length > 0,
      warn: this.warn,
      fieldManager: fieldManager || managerOf(this.request.headers['user-agent']),
      apiVersion: groupVersionString(this.served.gvr),
      ...(user ? { user } : {}),
    };
  }

  /** Whether an apply takes over what others manage. */
  isForced(): boolean {
    return boolParameter(this.request.query, 'force');
  }

  /** Warn when the client does not say. */
  fieldValidation(): FieldValidation {
    return (this.request.query.get('fieldValidation') || 'Warn') as FieldValidation;
  }

  /** Answers with one object, given in hub form, in the form the client accepts. */
  respond(hub: KubeObject, status = 200): ApiResponse {
    const { served, registry, output } = this;
    const { clock } = registry.context;
    const object = served.definition.decorate?.(hub, clock) ?? hub;
    const encode = (value: KubeObject): unknown => encodeObject(served, value);
    if (output.form === 'object') return this.respondWith(encode(object), status);
    if (output.form === 'metadatalist') throw wrongMetadata(served, false);
    if (output.form === 'metadata') return this.respondWith(partialMetadata(served, object, output.apiVersion), status);
    const { resourceVersion } = object.metadata;
    const metadata = resourceVersion === undefined ? {} : { resourceVersion };
    const options = { metadata, nowMs: clock.nowMs(), output, encode };
    return this.respondWith(tableFor(served, [object], options), status);
  }

  /** Answers with a body as it stands. */
  respondWith(body: unknown, status = 200): ApiResponse {
    return { status, headers: { 'content-type': this.output.mediaType }, warnings: this.warnings, body };
  }
}
