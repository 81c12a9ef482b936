// Editing objects in the user's editor, and what becomes of the edits: a patch, a new annotation, a new object.
// Called by: commands edit, create --edit, apply edit-last-applied. Upstream: kubectl pkg/cmd/util/editor/editoptions.go.
import type { RestClient } from '../client/types.ts';
import { marshalJson } from '../machinery/gofmt.ts';
import { deepEqual } from '../machinery/meta.ts';
import { createMergePatch } from '../machinery/patch.ts';
import { isNotFound, reasonOf, StatusError } from '../machinery/status.ts';
import { createTwoWayMergePatch } from '../machinery/strategic.ts';
import { groupResourceString, type Unstructured } from '../machinery/types.ts';
import { yamlToJson } from '../machinery/yaml.ts';
import type { Builder, Info } from './builder.ts';
import type { CommandContext } from './command.ts';
import { filenameOptions, validationDirective, type FieldValidation } from './commandflags.ts';
import { operationPrinter } from './commandprinter.ts';
import { EditSession, header, stripComments, type EditMode, type EditReason } from './editsession.ts';
import { ExitError } from './errors.ts';
import { LAST_APPLIED, originalConfiguration, withApplyAnnotation } from './lastapplied.ts';
import { NoCompatiblePrinterError, structuredPrinter } from './printers.ts';
import { structuredFormats } from './printers.formats.ts';
import { createInfo, patchInfo, requireObject } from './requests.ts';
import { definitionOfKind } from '../machinery/schema.ts';
import { requireNamespace } from './visitors.ts';

export interface EditOptions {
  mode: EditMode;
  fieldManager: string;
  subresource?: string;
  savesConfig?: boolean;
  outputsPatch?: boolean;
}

/** Runs an edit to its end. @throws what kubectl says; ExitError when everything was said already. */
export async function runEdit(context: CommandContext, options: EditOptions): Promise<void> {
  const edit = await Edit.create(context, options);
  await edit.run();
}

interface Results {
  reasons: EditReason[];
  retryable: number;
  notFound: number;
  invalid: number;
}

const newResults = (): Results => ({ reasons: [], retryable: 0, notFound: 0, invalid: 0 });

class Edit {
  readonly #context: CommandContext;
  readonly #options: EditOptions;
  readonly #rest: RestClient;
  readonly #namespace: string;
  readonly #isEnforced: boolean;
  readonly #validation: FieldValidation;

  private constructor(
    context: CommandContext,
    options: EditOptions,
    found: { rest: RestClient; namespace: string; isEnforced: boolean },
  ) {
    this.#context = context;
    this.#options = options;
    this.#rest = found.rest;
    this.#namespace = found.namespace;
    this.#isEnforced = found.isEnforced;
    this.#validation = validationDirective(context.flags);
  }

  static async create(context: CommandContext, options: EditOptions): Promise<Edit> {
    const rest = await context.factory.rest();
    return new Edit(context, options, { rest, ...(await context.factory.namespace()) });
  }

  async run(): Promise<void> {
    const builder = this.#builder();
    await builder.check();
    if (this.#options.mode === 'create') {
      await builder.visit((info) => this.#editInfos([info]));
      return;
    }
    const infos = await builder.infos();
    if (this.#options.mode === 'normal') {
      if (infos.length === 0) throw new Error('edit cancelled, no objects found');
      await this.#editInfos(infos);
      return;
    }
    const annotations: Info[] = [];
    for (const info of infos) {
      const text = originalConfiguration(requireObject(info));
      if (text !== undefined) annotations.push(...(await this.#parse(text)).slice(0, 1));
    }
    if (annotations.length === 0)
      throw new Error(
        'no last-applied-configuration annotation found on resources, to create the annotation, use command ' +
          '`kubectl apply set-last-applied --create-annotation`',
      );
    await this.#editInfos(annotations);
  }

  #builder(): Builder {
    const { factory, flags, args } = this.#context;
    let builder = factory.builder();
    if (this.#options.mode !== 'create') builder = builder.args(args, { allowsEmptyTypes: true }).latest();
    return builder
      .namespace(this.#namespace, { isEnforced: flags.strings('filename').length > 0 && this.#isEnforced })
      .filenames(filenameOptions(flags))
      .subresource(this.#options.subresource ?? '')
      .continueOnError()
      .flatten();
  }

  #parse(text: string): Promise<Info[]> {
    return this.#context.factory
      .builder()
      .stream(text, 'edited-file')
      .subresource(this.#options.subresource ?? '')
      .continueOnError()
      .flatten()
      .infos();
  }

  /** One session: the editor opens until the edits are taken or given up. Upstream: EditOptions.Run editFn. */
  async #editInfos(infos: readonly Info[]): Promise<void> {
    const { streams } = this.#context;
    const output = this.#context.flags.string('output').toLowerCase() || 'yaml';
    const isJson = output === 'json';
    const session = new EditSession(this.#context, isJson ? '.json' : '.yaml');
    const original = this.#printed(infos, output);
    let results = newResults();
    let edited: string | undefined;
    for (;;) {
      const head = isJson ? '' : header(this.#options.mode, results.reasons);
      const before = edited;
      edited = await session.edit(`${head}${edited === undefined ? original : stripComments(edited)}`);
      if (before !== undefined && sameContent(before, edited))
        return session.keepAndThrow(new Error('Edit cancelled, no valid changes were saved.'));
      results = newResults();
      const invalid = this.#validationError(edited, infos);
      if (invalid !== undefined) {
        streams.err.write(`${this.#addError(invalid, infos[0], results)}\n`);
        continue;
      }
      if (sameContent(original, edited)) return session.cancel('Edit cancelled, no changes made.');
      if (!hasLines(edited)) return session.cancel('Edit cancelled, saved file was empty.');
      let updated: Info[];
      try {
        updated = await this.#parse(edited);
      } catch (error) {
        results.reasons.push({
          head: `The edited file had a syntax error: ${(error as Error).message}`,
          others: [],
        });
        continue;
      }
      try {
        for (const info of updated) await requireNamespace(this.#namespace)(info);
        for (const info of updated) await this.#take(info, infos, results);
      } catch (error) {
        return session.keepAndThrow(error as Error);
      }
      if (results.retryable > 0) {
        streams.err.write(`You can run \`kubectl replace -f ${session.file}\` to try this update again.\n`);
        throw new ExitError(1);
      }
      if (results.notFound > 0) {
        streams.err.write(
          `The edits you made on deleted resources have been saved to ${JSON.stringify(session.file)}\n`,
        );
        throw new ExitError(1);
      }
      if (results.invalid === 0) {
        session.remove();
        return;
      }
    }
  }

  /** The objects as the editor shows them: without managed fields, several as a List. */
  #printed(infos: readonly Info[], output: string): string {
    const { env, cwd } = this.#context.factory;
    const printer = structuredPrinter({ output, env, cwd });
    if (!printer) throw new NoCompatiblePrinterError(output, structuredFormats(env));
    const objects = infos.map((info) => withoutManagedFields(requireObject(info)));
    const [first] = objects;
    const shown =
      objects.length === 1 && first ? first : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} };
    let text = '';
    printer.print(shown, {
      write: (chunk: string) => {
        text += chunk;
      },
    });
    return text;
  }

  /** What is no YAML, or has no kind or apiVersion, is refused before it is compared. */
  #validationError(edited: string, infos: readonly Info[]): StatusError | undefined {
    if (this.#validation === 'Ignore') return undefined;
    const text = validationProblem(edited);
    if (text === undefined || infos.length === 0) return undefined;
    const cause = { field: '<nil>', message: `Invalid value: "The edited file failed validation": ${text}` };
    return new StatusError({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'Invalid',
      code: 422,
      details: { causes: [cause] },
      message: 'invalid',
    });
  }

  async #take(info: Info, originals: readonly Info[], results: Results): Promise<void> {
    if (this.#options.savesConfig) info.object = withApplyAnnotation(requireObject(info));
    if (this.#options.mode === 'create') {
      await createInfo(this.#rest, info, {
        fieldManager: this.#options.fieldManager,
        fieldValidation: this.#validation,
      });
      this.#print('created', info);
      return;
    }
    const uid = requireObject(info).metadata?.uid;
    const original = originals.find((o) => requireObject(o).metadata?.uid === uid);
    if (!original) throw new Error(`no original object found for ${marshalJson(requireObject(info))}`);
    if (deepEqual(withoutManagedFields(requireObject(original)), requireObject(info))) this.#print('skipped', info);
    else if (this.#options.mode === 'normal') await this.#patch(info, original, results);
    else {
      const text = `${marshalJson(requireObject(info))}\n`;
      const body = { metadata: { annotations: { [LAST_APPLIED]: text } } };
      const shown = requireObject(info);
      await this.#send({ ...info, namespace: this.#namespace }, 'application/merge-patch+json', body);
      info.object = shown;
      this.#print('edited', info);
    }
  }

  async #patch(info: Info, original: Info, results: Results): Promise<void> {
    const before = withoutManagedFields(requireObject(original));
    const after = requireObject(info);
    if (
      before.apiVersion !== after.apiVersion ||
      before.kind !== after.kind ||
      before.metadata.name !== after.metadata?.name
    )
      throw new Error('At least one of apiVersion, kind and name was changed');
    const schemaName = definitionOfKind(info.mapping.gvk);
    const isStrategic = schemaName !== undefined;
    const body = isStrategic ? createTwoWayMergePatch(before, after, schemaName) : createMergePatch(before, after);
    if (this.#options.outputsPatch) this.#context.streams.out.write(`Patch: ${marshalJson(body)}\n`);
    try {
      await this.#send(
        info,
        isStrategic ? 'application/strategic-merge-patch+json' : 'application/merge-patch+json',
        body as object,
      );
    } catch (error) {
      this.#context.streams.err.write(`${this.#addError(error as Error, info, results)}\n`);
      return;
    }
    this.#print('edited', info);
  }

  async #send(
    info: Info,
    type: 'application/merge-patch+json' | 'application/strategic-merge-patch+json',
    body: object,
  ): Promise<void> {
    await patchInfo(
      this.#rest,
      info,
      { type, body },
      {
        fieldManager: this.#options.fieldManager,
        fieldValidation: this.#validation,
        subresource: this.#options.subresource ?? '',
      },
    );
  }

  #print(operation: string, info: Info): void {
    operationPrinter(this.#context, operation).print(requireObject(info), this.#context.streams.out);
  }

  /** Notes the error for the next round and returns what is printed now. Upstream: editResults.addError. */
  #addError(error: Error, info: Info | undefined, results: Results): string {
    const subject = `${info ? groupResourceString(info.mapping.gvr) : ''} ${JSON.stringify(info?.name ?? '')}`;
    if (reasonOf(error) === 'Invalid' && error instanceof StatusError) {
      results.invalid++;
      const causes = error.status.details?.causes ?? [];
      const others = causes.map((c) => `${c.field ?? ''}: ${c.message ?? ''}`);
      results.reasons.push({ head: `${subject} was not valid`, others });
      return `error: ${subject} is invalid`;
    }
    if (isNotFound(error)) {
      results.notFound++;
      return `error: ${subject} could not be found on the server`;
    }
    results.retryable++;
    return `error: ${subject} could not be patched: ${error.message}`;
  }
}

function validationProblem(edited: string): string | undefined {
  let value: unknown;
  try {
    value = yamlToJson(stripComments(edited));
  } catch (error) {
    return (error as Error).message.replace(/^error converting YAML to JSON: /, '');
  }
  if (value === null) return 'invalid object to validate';
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  const problems = [
    ...(apiVersion === undefined ? ['apiVersion not set'] : []),
    ...(kind === undefined ? ['kind not set'] : []),
  ];
  return problems.length < 2 ? problems[0] : `[${problems.join(', ')}]`;
}

function withoutManagedFields(object: Unstructured): Unstructured {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Compares without comments: as values when both can be read, else as texts. */
function sameContent(a: string, b: string): boolean {
  const value = (text: string): unknown => {
    try {
      return { value: yamlToJson(text) };
    } catch {
      return { text: stripComments(text) };
    }
  };
  return deepEqual(value(a), value(b));
}

function hasLines(text: string): boolean {
  return text.split('\n').some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
}
