// Unified diffs by the rules of Python's difflib, which the server's Go library follows.
// Called by: podspec.diff.ts. Must not know: what the lines say. Upstream: pmezard/go-difflib.

interface Match {
  a: number;
  b: number;
  size: number;
}
interface OpCode {
  tag: 'equal' | 'replace' | 'delete' | 'insert';
  a1: number;
  a2: number;
  b1: number;
  b2: number;
}

const CONTEXT = 3;
/** Lines that recur in more than one in a hundred lines of a long text are no anchors. */
const POPULAR_FROM_LINES = 200;

/** Returns the hunks of the difference, each line ended by a newline; '' when nothing differs. */
export function unifiedDiff(a: readonly string[], b: readonly string[]): string {
  let text = '';
  for (const group of groupedOpCodes(opCodes(a, b))) {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) continue;
    text += `@@ -${range(first.a1, last.a2)} +${range(first.b1, last.b2)} @@\n`;
    for (const { tag, a1, a2, b1, b2 } of group) {
      if (tag === 'equal') for (const line of a.slice(a1, a2)) text += ` ${line}\n`;
      if (tag === 'replace' || tag === 'delete') for (const line of a.slice(a1, a2)) text += `-${line}\n`;
      if (tag === 'replace' || tag === 'insert') for (const line of b.slice(b1, b2)) text += `+${line}\n`;
    }
  }
  return text;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/** Where each line of b stands, without the popular ones. */
function indexLines(b: readonly string[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const [j, line] of b.entries()) {
    const list = places.get(line);
    if (list) list.push(j);
    else places.set(line, [j]);
  }
  if (b.length < POPULAR_FROM_LINES) return places;
  const limit = Math.floor(b.length / 100) + 1;
  for (const [line, list] of places) if (list.length > limit) places.delete(line);
  return places;
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  {
    places,
    aLow,
    aHigh,
    bLow,
    bHigh,
  }: { places: Map<string, number[]> } & Record<'aLow' | 'aHigh' | 'bLow' | 'bHigh', number>,
): Match {
  let best: Match = { a: aLow, b: bLow, size: 0 };
  let lengths = new Map<number, number>();
  for (let i = aLow; i < aHigh; i++) {
    const next = new Map<number, number>();
    for (const j of places.get(a[i] ?? '') ?? []) {
      if (j < bLow) continue;
      if (j >= bHigh) break;
      const size = (lengths.get(j - 1) ?? 0) + 1;
      next.set(j, size);
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    lengths = next;
  }
  // Popular lines may not start a match, but they do lengthen one.
  while (best.a > aLow && best.b > bLow && a[best.a - 1] === b[best.b - 1])
    best = { a: best.a - 1, b: best.b - 1, size: best.size + 1 };
  while (best.a + best.size < aHigh && best.b + best.size < bHigh && a[best.a + best.size] === b[best.b + best.size])
    best = { ...best, size: best.size + 1 };
  return best;
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Match[] {
  const places = indexLines(b);
  const blocks: Match[] = [];
  const visit = (aLow: number, aHigh: number, bLow: number, bHigh: number): void => {
    const match = longestMatch(a, b, { places, aLow, aHigh, bLow, bHigh });
    if (match.size === 0) return;
    if (aLow < match.a && bLow < match.b) visit(aLow, match.a, bLow, match.b);
    blocks.push(match);
    const [aNext, bNext] = [match.a + match.size, match.b + match.size];
    if (aNext < aHigh && bNext < bHigh) visit(aNext, aHigh, bNext, bHigh);
  };
  visit(0, a.length, 0, b.length);
  const merged: Match[] = [];
  for (const block of blocks) {
    const last = merged.at(-1);
    if (last && last.a + last.size === block.a && last.b + last.size === block.b) last.size += block.size;
    else merged.push({ ...block });
  }
  return [...merged, { a: a.length, b: b.length, size: 0 }];
}

function opCodes(a: readonly string[], b: readonly string[]): OpCode[] {
  const codes: OpCode[] = [];
  let [i, j] = [0, 0];
  for (const match of matchingBlocks(a, b)) {
    const [hasA, hasB] = [i < match.a, j < match.b];
    const tag = hasA && hasB ? 'replace' : hasA ? 'delete' : 'insert';
    if (hasA || hasB) codes.push({ tag, a1: i, a2: match.a, b1: j, b2: match.b });
    [i, j] = [match.a + match.size, match.b + match.size];
    if (match.size > 0) codes.push({ tag: 'equal', a1: match.a, a2: i, b1: match.b, b2: j });
  }
  return codes;
}

/** Cuts the codes into hunks: long equal stretches are dropped but for the context. */
function groupedOpCodes(codes: OpCode[]): OpCode[][] {
  const [first, last] = [codes[0], codes.at(-1)];
  if (first?.tag === 'equal') {
    first.a1 = Math.max(first.a1, first.a2 - CONTEXT);
    first.b1 = Math.max(first.b1, first.b2 - CONTEXT);
  }
  if (last?.tag === 'equal') {
    last.a2 = Math.min(last.a2, last.a1 + CONTEXT);
    last.b2 = Math.min(last.b2, last.b1 + CONTEXT);
  }
  const groups: OpCode[][] = [];
  let group: OpCode[] = [];
  for (const code of codes) {
    let { a1, b1 } = code;
    if (code.tag === 'equal' && code.a2 - a1 > 2 * CONTEXT) {
      group.push({ ...code, a2: Math.min(code.a2, a1 + CONTEXT), b2: Math.min(code.b2, b1 + CONTEXT) });
      groups.push(group);
      group = [];
      [a1, b1] = [Math.max(a1, code.a2 - CONTEXT), Math.max(b1, code.b2 - CONTEXT)];
    }
    group.push({ ...code, a1, b1 });
  }
  if (group.length > 1 || (group.length === 1 && group[0]?.tag !== 'equal')) groups.push(group);
  return groups;
}
