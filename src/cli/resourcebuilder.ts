// The builder: collects what the command line asked for, and visits it.
// Called by: cli/clientfactory.ts. Must not know: commands. Upstream: cli-runtime/pkg/resource/builder.go.
import type { RESTMapper, RestClient } from '../client/types.ts';
import type { Builder, BuilderResult, BuilderSource, Info } from './builder.ts';
import type { InputStream } from './command.ts';
import { KUBECTL_SCHEME } from './registeredkinds.ts';
import { splitTypeName } from './resourceargs.ts';
import { Planner, type BuilderState, type FileOptions, type Plan } from './resourceplan.ts';

export interface BuilderContext {
  rest(): Promise<RestClient>;
  mapper(attempts?: number): Promise<RESTMapper>;
  stdin: InputStream;
  cwd: string;
  /** Takes a line for stderr. */
  note(line: string): void;
}

/** Returns an empty builder. */
export function createBuilder(context: BuilderContext): Builder {
  return new ResourceBuilder(context);
}

class ResourceBuilder implements Builder {
  readonly #state: BuilderState;
  #plan: Promise<Plan> | undefined;

  constructor(context: BuilderContext) {
    this.#state = {
      context: { ...context, isLocal: false, asTable: false, includesObjects: false, fieldValidation: '', scheme: '' },
      errors: [],
      tuples: [],
      types: [],
      fileOptions: [],
      streams: [],
      words: undefined,
      namespace: '',
      defaultsNamespace: false,
      requiresNamespace: false,
      isAllNamespaces: false,
      labelSelector: undefined,
      fieldSelector: undefined,
      isSelectAll: false,
      subresource: '',
      isLatest: false,
      continuesOnError: false,
      isFlat: false,
      requiresObject: true,
      isSingleType: false,
      limit: 0,
    };
  }

  filenames(options: FileOptions): Builder {
    this.#state.fileOptions.push(options);
    return this;
  }
  stream(text: string, source: string): Builder {
    this.#state.streams.push({ text, source });
    return this;
  }
  args(words: readonly string[], options: { allowsEmptyTypes?: boolean } = {}): Builder {
    this.#state.words = { words, allowsEmptyTypes: options.allowsEmptyTypes ?? false };
    return this;
  }
  types(...types: readonly string[]): Builder {
    this.#state.types.push(...types);
    return this;
  }
  resourceNames(defaultType: string, words: readonly string[]): Builder {
    for (const word of words) {
      try {
        const tuple = splitTypeName(word);
        if (tuple) this.#state.tuples.push(tuple);
        else if (defaultType === '') throw new Error(`the argument ${JSON.stringify(word)} must be RESOURCE/NAME`);
        else this.#state.tuples.push({ type: defaultType, name: word });
      } catch (error) {
        this.#state.errors.push(error as Error);
        return this;
      }
    }
    return this;
  }
  namespace(namespace: string, options: { isEnforced: boolean; requiresMatch?: boolean }): Builder {
    this.#state.namespace = namespace;
    this.#state.defaultsNamespace = true;
    if (options.isEnforced || options.requiresMatch) this.#state.requiresNamespace = true;
    return this;
  }
  allNamespaces(isAll: boolean): Builder {
    this.#state.isAllNamespaces = isAll;
    return this;
  }
  labelSelector(selector: string): Builder {
    const text = selector.trim();
    if (text !== '') this.#state.labelSelector = text;
    return this;
  }
  fieldSelector(selector: string): Builder {
    const text = selector.trim();
    if (text !== '') this.#state.fieldSelector = text;
    return this;
  }
  selectAll(isAll: boolean): Builder {
    this.#state.isSelectAll = isAll;
    return this;
  }
  subresource(subresource: string): Builder {
    this.#state.subresource = subresource;
    return this;
  }
  local(): Builder {
    this.#state.context.isLocal = true;
    return this;
  }
  typed(scheme = KUBECTL_SCHEME): Builder {
    this.#state.context.scheme = scheme;
    return this;
  }
  latest(): Builder {
    this.#state.isLatest = true;
    return this;
  }
  continueOnError(): Builder {
    this.#state.continuesOnError = true;
    return this;
  }
  flatten(): Builder {
    this.#state.isFlat = true;
    return this;
  }
  requireObject(isRequired: boolean): Builder {
    this.#state.requiresObject = isRequired;
    return this;
  }
  singleResourceType(): Builder {
    this.#state.isSingleType = true;
    return this;
  }
  limit(chunkSize: number): Builder {
    this.#state.limit = chunkSize;
    return this;
  }
  asTable(isTable: boolean, includesObjects = false): Builder {
    this.#state.context.asTable = isTable;
    this.#state.context.includesObjects = includesObjects;
    return this;
  }
  schema(fieldValidation: string): Builder {
    this.#state.context.fieldValidation = fieldValidation;
    return this;
  }

  async sources(): Promise<BuilderSource[]> {
    return (await this.#planned()).sources;
  }
  async isSingleItemImplied(): Promise<boolean> {
    return (await this.#planned()).singleItemImplied;
  }
  async check(): Promise<void> {
    await this.#planned();
  }
  async visit(visitor: (info: Info) => Promise<void>): Promise<void> {
    const plan = await this.#planned();
    await plan.visitor.visit(async (info, error) => {
      if (error) throw error;
      if (info) await visitor(info);
    });
  }
  async infos(): Promise<Info[]> {
    const { infos, error } = await this.result();
    if (error) throw error;
    return infos;
  }
  async result(): Promise<BuilderResult> {
    const infos: Info[] = [];
    let singleItemImplied = false;
    try {
      singleItemImplied = (await this.#planned()).singleItemImplied;
      await this.visit(async (info) => {
        infos.push(info);
      });
      return { infos, error: undefined, singleItemImplied };
    } catch (error) {
      return { infos, error: error as Error, singleItemImplied };
    }
  }

  #planned(): Promise<Plan> {
    this.#plan ??= new Planner(this.#state).makePlan();
    return this.#plan;
  }
}
