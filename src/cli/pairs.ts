// Words such as key=value and key-, as label, annotate, set env and others take them.
// Called by: cli/commands/*. Must not know: commands. Upstream: cmdutil.GetResourcesAndPairs, cmdutil.ParsePairs.

/** Splits the words into those that name resources and the pairs after them. @throws Error when a resource follows a pair. */
export function resourcesAndPairs(
  words: readonly string[],
  pairType: string,
): { resources: string[]; pairs: string[] } {
  const isPair = (word: string) =>
    (word.includes('=') && !word.startsWith('=')) || (word.endsWith('-') && word !== '-');
  const first = words.findIndex(isPair);
  if (first < 0) return { resources: [...words], pairs: [] };
  const wrong = words.slice(first).find((word) => !isPair(word));
  if (wrong !== undefined) throw new Error(`all resources must be specified before ${pairType} changes: ${wrong}`);
  return { resources: words.slice(0, first), pairs: words.slice(first) };
}

/** Returns what is added and what is removed. @throws Error `invalid label format: x, y`. */
export function parsePairs(
  words: readonly string[],
  pairType: string,
  allowsRemoval: boolean,
): { added: Map<string, string>; removed: string[] } {
  const added = new Map<string, string>();
  const removed: string[] = [];
  const invalid: string[] = [];
  for (const word of words) {
    const at = word.indexOf('=');
    if (at > 0) added.set(word.slice(0, at), word.slice(at + 1));
    else if (allowsRemoval && word.endsWith('-') && word !== '-' && at < 0) removed.push(word.slice(0, -1));
    else invalid.push(word);
  }
  if (invalid.length > 0) throw new Error(`invalid ${pairType} format: ${invalid.join(', ')}`);
  return { added, removed };
}
