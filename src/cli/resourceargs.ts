// Words of the command line that name types and objects: 'pods web-1', 'deploy/web', 'cm,svc web'.
// Called by: cli/resourcebuilder.ts and commands that look at their words first. Must not know: what exists.
// Upstream: cli-runtime/pkg/resource/builder.go SplitResourceArgument, normalizeMultipleResourcesArgs, splitResourceTypeName.

export interface Tuple {
  type: string;
  name: string;
}

/** Returns the parts between commas, each once. */
export function splitWords(word: string): string[] {
  return [...new Set(word.split(','))];
}

/** Returns the words with 'a,b x y' made into 'a/x a/y b/x b/y'. */
export function normalizeArgs(words: readonly string[]): string[] {
  const [types = '', ...names] = words;
  const split = splitWords(types);
  if (names.length === 0 || split.length < 2) return [...words];
  return split.flatMap((type) => names.map((name) => `${type}/${name}`));
}

/** Returns true when all words are TYPE/NAME, false when none is. @throws Error when both forms are mixed. */
export function hasCombinedTypeArgs(words: readonly string[]): boolean {
  const count = words.filter((word) => word.includes('/')).length;
  if (count > 0 && count !== words.length)
    throw new Error(
      'there is no need to specify a resource type as a separate argument when passing arguments in resource/name form ' +
        "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  return count > 0;
}

/** Returns the type and name of TYPE/NAME, or undefined when there is no slash. @throws Error when there is more to it. */
export function splitTypeName(word: string): Tuple | undefined {
  if (!word.includes('/')) return undefined;
  const parts = word.split('/');
  const [type = '', name = ''] = parts;
  if (parts.length !== 2) throw new Error('arguments in resource/name form may not have more than one slash');
  if (type === '' || name === '' || type.includes(','))
    throw new Error('arguments in resource/name form must have a single resource and name');
  return { type, name };
}
