// From what a builder was told to the visitors that read it: files, selectors, names.
// Called by: cli/resourcebuilder.ts. Must not know: commands. Upstream: cli-runtime/pkg/resource/builder.go visitorResult, Do.
import type { RESTMapper, RESTMapping } from '../client/types.ts';
import { parseLabelSelector } from '../machinery/selectors.ts';
import type { BuilderSource, Info } from './builder.ts';
import { Aggregate } from './errors.ts';
import {
  expandPattern,
  fileVisitor,
  pathVisitors,
  stdinVisitor,
  urlVisitor,
  type FileContext,
} from './filevisitors.ts';
import { hasCombinedTypeArgs, normalizeArgs, splitTypeName, splitWords, type Tuple } from './resourceargs.ts';
import {
  continueOnErrorVisitor,
  decoratedVisitor,
  eagerVisitorList,
  filterNamespace,
  filteredVisitor,
  flattenVisitor,
  infoVisitor,
  requireNamespace,
  retrieveLatest,
  retrieveLazy,
  selectorVisitor,
  setNamespace,
  visitorList,
  type Visitor,
} from './visitors.ts';

const MISSING_RESOURCE = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** Thrown when neither files nor arguments name anything; commands may tell it from others. Upstream: missingResourceError. */
export class MissingResourceError extends Error {
  constructor() {
    super(MISSING_RESOURCE);
    this.name = 'MissingResourceError';
  }
}

export interface FileOptions {
  filenames: readonly string[];
  recursive?: boolean;
  kustomize?: string;
}

/** Upstream looks a word up as a short name, as a resource and as a kind; with a version in it once more. */
const ATTEMPTS = 4;
const VERSIONED_ATTEMPTS = 6;

/** What a builder was told. */
export interface BuilderState {
  readonly context: FileContext;
  readonly errors: Error[];
  readonly tuples: Tuple[];
  readonly types: string[];
  readonly fileOptions: FileOptions[];
  readonly streams: { text: string; source: string }[];
  words: { words: readonly string[]; allowsEmptyTypes: boolean } | undefined;
  namespace: string;
  defaultsNamespace: boolean;
  requiresNamespace: boolean;
  isAllNamespaces: boolean;
  labelSelector: string | undefined;
  fieldSelector: string | undefined;
  isSelectAll: boolean;
  subresource: string;
  isLatest: boolean;
  continuesOnError: boolean;
  isFlat: boolean;
  requiresObject: boolean;
  isSingleType: boolean;
  limit: number;
}

export interface Plan {
  visitor: Visitor;
  sources: BuilderSource[];
  singleItemImplied: boolean;
}

/** Makes one plan; the order in which it looks at things decides which mistake is told. */
export class Planner {
  readonly #state: BuilderState;
  readonly #paths: Visitor[] = [];
  readonly #types: string[] = [];
  readonly #names: string[] = [];
  #isStream = false;
  #isFolder = false;
  #isSinglePath = false;

  constructor(state: BuilderState) {
    this.#state = state;
  }

  async makePlan(): Promise<Plan> {
    for (const options of this.#state.fileOptions) this.#addFiles(options);
    for (const { text, source } of this.#state.streams) {
      this.#isStream = true;
      this.#paths.push(fileVisitor(source, async () => text, this.#state.context));
    }
    if (this.#state.isAllNamespaces) this.#state.namespace = '';
    if (this.#state.isSelectAll && (this.#state.labelSelector !== undefined || this.#state.fieldSelector !== undefined))
      this.#state.errors.push(new Error("setting 'all' parameter but found a non empty selector. "));
    await this.#addWords();
    if (this.#state.errors.length > 0) throw new Aggregate(this.#state.errors);
    if (this.#state.isSelectAll) this.#state.labelSelector = '';
    const plan = await this.#choose();
    let { visitor } = plan;
    if (this.#state.isFlat) visitor = flattenVisitor(visitor, this.#state.context);
    const decorators: ((info: Info) => Promise<void>)[] = [];
    if (this.#state.defaultsNamespace) decorators.push(setNamespace(this.#state.namespace));
    if (this.#state.requiresNamespace) decorators.push(requireNamespace(this.#state.namespace));
    decorators.push(filterNamespace(this.#state.context.isLocal));
    if (this.#state.requiresObject) decorators.push(retrieveLazy(this.#state.context));
    if (this.#state.continuesOnError) visitor = continueOnErrorVisitor(visitor);
    return { ...plan, visitor: decoratedVisitor(visitor, decorators) };
  }

  #addFiles({ filenames, recursive = false, kustomize = '' }: FileOptions): void {
    if (filenames.length > 0 && kustomize !== '')
      this.#state.errors.push(new Error('only one of -f or -k can be specified'));
    if (kustomize !== '' && recursive) this.#state.errors.push(new Error("the -k flag can't be used with -f or -R"));
    if (this.#state.errors.length > 0) return;
    for (const name of filenames) {
      try {
        this.#addFile(name, recursive);
      } catch (error) {
        this.#state.errors.push(error as Error);
      }
    }
    if (kustomize !== '') this.#paths.push(this.#kustomizeVisitor(kustomize));
  }

  #addFile(name: string, recursive: boolean): void {
    if (name === '-') {
      if (this.#isStream) throw new Error('standard input cannot be used for multiple arguments');
      this.#isStream = true;
      this.#state.context.stdin.usedBy = 'used by stdin resource manifest reader';
      this.#paths.push(stdinVisitor(this.#state.context));
      return;
    }
    if (/^https?:\/\//.test(name)) {
      this.#paths.push(urlVisitor(name));
      return;
    }
    const matches = expandPattern(name, this.#state.context.cwd);
    if (!recursive && matches.length === 1) this.#isSinglePath = true;
    for (const match of matches) {
      const visitors = pathVisitors(match, recursive, this.#state.context);
      if (visitors.length > 1) this.#isFolder = true;
      this.#paths.push(...visitors);
    }
    if (this.#paths.length === 0 && this.#state.errors.length === 0)
      throw new Error(`error reading [${matches.join(' ')}]: recognized file extensions are [.json .yaml .yml]`);
  }

  #kustomizeVisitor(folder: string): Visitor {
    return {
      visit: async (fn) => {
        const { kustomizeVisitor } = await import('./kustomizevisitor.ts');
        await kustomizeVisitor(folder, this.#state.context).visit(fn);
      },
    };
  }

  /** Upstream: Builder.ResourceTypeOrNameArgs. */
  async #addWords(): Promise<void> {
    this.#types.push(...this.#state.types);
    if (!this.#state.words) return;
    const args = normalizeArgs(this.#state.words.words);
    try {
      if (hasCombinedTypeArgs(args)) {
        for (const word of args) {
          const tuple = splitTypeName(word);
          if (tuple) this.#state.tuples.push(tuple);
        }
        return;
      }
    } catch (error) {
      this.#state.errors.push(error as Error);
      return;
    }
    const [types, ...names] = args;
    if (types === undefined) return;
    this.#types.push(...splitWords(await this.#expandCategories(types)));
    this.#names.push(...names);
    if (names.length === 0 && this.#state.words.allowsEmptyTypes) this.#state.labelSelector ??= '';
  }

  async #expandCategories(types: string): Promise<string> {
    if (this.#state.context.isLocal) return types;
    let mapper: RESTMapper;
    try {
      mapper = await this.#state.context.mapper(types.split(',').length);
    } catch {
      // The mapping of the words as they are will say so again.
      return types;
    }
    return types
      .split(',')
      .flatMap((word) => {
        const members = mapper.category(word);
        if (!members) return [word];
        return members.map(({ gvr }) => (gvr.group === '' ? gvr.resource : `${gvr.resource}.${gvr.group}`));
      })
      .join(',');
  }

  async #choose(): Promise<Plan> {
    if (this.#paths.length > 0) return this.#byPaths();
    if (this.#state.labelSelector !== undefined || this.#state.fieldSelector !== undefined) return this.#bySelector();
    if (this.#state.tuples.length > 0) return this.#byTuples();
    if (this.#names.length > 0) return this.#byNames();
    if (this.#types.length === 0) throw new MissingResourceError();
    for (const type of this.#types) await this.#mappingFor(type);
    throw new Error('resource(s) were provided, but no name was specified');
  }

  #byPaths(): Plan {
    if (this.#types.length > 0)
      throw new Error(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    if (this.#names.length > 0) throw new Error('name cannot be provided when a path is specified');
    if (this.#state.tuples.length > 0)
      throw new Error('resource/name arguments cannot be provided when a path is specified');
    let visitor = this.#state.continuesOnError ? eagerVisitorList(this.#paths) : visitorList(this.#paths);
    if (this.#state.isFlat) visitor = flattenVisitor(visitor, this.#state.context);
    if (this.#state.isLatest) {
      if (this.#state.defaultsNamespace) visitor = decoratedVisitor(visitor, [setNamespace(this.#state.namespace)]);
      visitor = decoratedVisitor(visitor, [retrieveLatest(this.#state.context)]);
    }
    if (this.#state.labelSelector !== undefined) visitor = filteredVisitor(visitor, this.#parsedSelector());
    const singleItemImplied = !this.#isFolder && !this.#isStream && this.#paths.length === 1;
    return { visitor, sources: [], singleItemImplied };
  }

  #parsedSelector() {
    const text = this.#state.labelSelector ?? '';
    try {
      return parseLabelSelector(text);
    } catch (error) {
      throw new Error(`the provided selector ${JSON.stringify(text)} is not valid: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  async #bySelector(): Promise<Plan> {
    if (this.#names.length > 0) throw new Error('name cannot be provided when a selector is specified');
    if (this.#state.tuples.length > 0)
      throw new Error('selectors and the all flag cannot be used when passing resource/name arguments');
    if (this.#types.length === 0) throw new Error('at least one resource must be specified to use a selector');
    if (this.#state.subresource !== '') throw new Error('subresource cannot be used when bulk resources are specified');
    const labelSelector = this.#state.labelSelector ?? '';
    const fieldSelector = this.#state.fieldSelector ?? '';
    const sources = (await this.#typeMappings()).map((mapping) => ({
      mapping,
      namespace: mapping.namespaced ? this.#state.namespace : '',
      name: '',
      labelSelector,
      fieldSelector,
    }));
    const visitors = sources.map((source) =>
      selectorVisitor(this.#state.context, { ...source, limit: this.#state.limit }),
    );
    const visitor = this.#state.continuesOnError ? eagerVisitorList(visitors) : visitorList(visitors);
    return { visitor, sources, singleItemImplied: false };
  }

  async #byTuples(): Promise<Plan> {
    const singleItemImplied = this.#isSinglePath || this.#state.tuples.length === 1;
    if (this.#types.length > 0)
      throw new Error('you may not specify individual resources and bulk resources in the same call');
    const infos: Info[] = [];
    const resources = new Set<string>();
    for (const { type, name } of this.#state.tuples) {
      const mapping = await this.#mappingFor(type);
      resources.add(`${mapping.gvr.group}/${mapping.gvr.version}/${mapping.gvr.resource}`);
      infos.push(this.#info(mapping, name));
    }
    if (resources.size > 1 && this.#state.isSingleType) throw new Error('you may only specify a single resource type');
    for (const info of infos) this.#requireNamespaceFor(info.mapping);
    const visitors = infos.map(infoVisitor);
    const visitor = this.#state.continuesOnError ? eagerVisitorList(visitors) : visitorList(visitors);
    return { visitor, sources: infos.map(sourceOfInfo), singleItemImplied };
  }

  async #byNames(): Promise<Plan> {
    if (this.#types.length === 0) throw new Error('you must provide a resource and a resource name together');
    if (this.#types.length > 1) throw new Error('you must specify only one resource');
    const [mapping] = await this.#typeMappings();
    if (!mapping) throw new Error('you must specify only one resource');
    this.#requireNamespaceFor(mapping);
    const infos = this.#names.map((name) => this.#info(mapping, name));
    return {
      visitor: visitorList(infos.map(infoVisitor)),
      sources: infos.map(sourceOfInfo),
      singleItemImplied: infos.length === 1,
    };
  }

  #info(mapping: RESTMapping, name: string): Info {
    const namespace = mapping.namespaced ? this.#state.namespace : '';
    return { mapping, namespace, name, source: '', object: undefined, subresource: this.#state.subresource };
  }

  #requireNamespaceFor(mapping: RESTMapping): void {
    if (!mapping.namespaced || this.#state.namespace !== '') return;
    throw new Error(
      this.#state.isAllNamespaces
        ? 'a resource cannot be retrieved by name across all namespaces'
        : 'namespace may not be empty when retrieving a resource by name',
    );
  }

  async #mappingFor(word: string): Promise<RESTMapping> {
    const attempts = /\..*\./.test(word) ? VERSIONED_ATTEMPTS : ATTEMPTS;
    return (await this.#state.context.mapper(attempts)).resourceFor(word);
  }

  async #typeMappings(): Promise<RESTMapping[]> {
    if (this.#types.length > 1 && this.#state.isSingleType)
      throw new Error('you may only specify a single resource type');
    const mappings = new Map<string, RESTMapping>();
    for (const type of this.#types) {
      const mapping = await this.#mappingFor(type);
      const { group, version, kind } = mapping.gvk;
      const key = `${group}/${version}/${kind}`;
      if (!mappings.has(key)) mappings.set(key, mapping);
    }
    return [...mappings.values()];
  }
}

function sourceOfInfo({ mapping, namespace, name }: Info): BuilderSource {
  return { mapping, namespace, name, labelSelector: '', fieldSelector: '' };
}
