// Regular expressions as users of Go programs write them, with Go's words for what is wrong.
// Called by: commands/proxy.ts. Must not know: what is matched. Upstream: Go regexp/syntax.

/** What neither language has in common; the rest of a pattern means the same in both. */
const UNSUPPORTED = /\(\?(?:[=!]|<[=!])/;
const MAX_REPEAT = 1000;

/** Returns the expression. @throws Error `error parsing regexp: missing closing ): …`. */
export function compileGoRegexp(pattern: string): RegExp {
  const problem = problemOf(pattern);
  if (problem !== undefined) throw new Error(`error parsing regexp: ${problem}`);
  const [, flags = '', rest = pattern] = /^\(\?([is]+)\)(.*)$/s.exec(pattern) ?? [];
  return new RegExp(rest.replaceAll('(?P<', '(?<'), flags);
}

function problemOf(pattern: string): string | undefined {
  if (/(?<!\\)(?:\\\\)*\\$/.test(pattern)) return 'trailing backslash at end of expression: ``';
  // The first mistake from the left counts, an open parenthesis last.
  let depth = 0;
  let hasOperand = false;
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    const [token = ''] = /^\\.|^\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|^\{\d+(?:,\d*)?\}|^[*+?]+|^./s.exec(rest) ?? [];
    if (token === '[') return `missing closing ]: \`${rest}\``;
    const found = tokenProblem(token, rest, hasOperand);
    if (found !== undefined) return found;
    if (token === '(') depth++;
    if (token === ')' && --depth < 0) return `unexpected ): \`${pattern}\``;
    hasOperand = !['(', '|', '^'].includes(token);
    at += token === '(' ? (/^\(\?(?:P?<\w+>|[is]+\)|[is]*:)/.exec(rest)?.[0].length ?? 1) : token.length;
    if (/^\(\?[is]+\)/.test(rest)) depth--;
  }
  return depth > 0 ? `missing closing ): \`${pattern}\`` : undefined;
}

function tokenProblem(token: string, rest: string, hasOperand: boolean): string | undefined {
  if (token === '(' && UNSUPPORTED.test(rest.slice(0, 4)))
    return `invalid or unsupported Perl syntax: \`${UNSUPPORTED.exec(rest)?.[0]}\``;
  if (/^\(\?P?<(?!\w+>)/.test(rest)) return `invalid named capture: \`${rest}\``;
  if (/^\\[a-zA-Z]$/.test(token) && !/^\\[aAbBCdDfnpPQrsStvwWxzZE]$/.test(token))
    return `invalid escape sequence: \`${token}\``;
  if (token.startsWith('[')) {
    const range = /(\w)-(\w)/.exec(token);
    if (range && (range[1] ?? '') > (range[2] ?? '')) return `invalid character class range: \`${range[0]}\``;
  }
  if (/^[*+?]/.test(token)) {
    if (!hasOperand) return `missing argument to repetition operator: \`${token[0]}\``;
    if (/^[*+?][*+]|^[*+?]\?[*+?]/.test(token)) return `invalid nested repetition operator: \`${token}\``;
  }
  const [, least, most = least] = /^\{(\d+)(?:,(\d+)?)?\}/.exec(token) ?? [];
  if (least !== undefined && (Number(most) > MAX_REPEAT || Number(most) < Number(least)))
    return `invalid repeat count: \`${token}\``;
  return undefined;
}
