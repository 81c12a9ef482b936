// Field selectors ("metadata.name=web,status.phase!=Running"): reading, matching, printing.
// Called by: the apiserver's lists and watches, clients. Must not know: which fields a kind offers.

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}
/** All requirements must hold; none means everything. */
export type FieldSelector = readonly FieldRequirement[];

/**
 * Returns the requirements in the order of their terms' texts.
 * @throws Error with upstream's text. Upstream: apimachinery/pkg/fields ParseSelector.
 */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue;
    const match = /!=|==|=/.exec(term);
    if (!match) throw new Error(`invalid selector: '${text}'; can't understand '${term}'`);
    requirements.push({
      field: term.slice(0, match.index),
      operator: match[0] === '!=' ? '!=' : '=',
      value: unescapeValue(term.slice(match.index + match[0].length)),
    });
  }
  return requirements;
}

// A backslash keeps the character after it out of the splitting and stays in the term.
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function unescapeValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let value = '';
  let isEscaped = false;
  for (const char of text) {
    if (isEscaped && !'\\,='.includes(char))
      throw new Error(`invalid field selector: invalid escape sequence: \\${char}`);
    if (!isEscaped && (char === ',' || char === '='))
      throw new Error(`invalid field selector: unescaped character in value: ${char.codePointAt(0)}`);
    isEscaped = !isEscaped && char === '\\';
    if (!isEscaped) value += char;
  }
  if (isEscaped) throw new Error('invalid field selector: invalid escape sequence: \\');
  return value;
}

/** Returns true when the fields satisfy every requirement; a field that is not there reads as ''. */
export function matchesFields(selector: FieldSelector, fields: ReadonlyMap<string, string>): boolean {
  return selector.every(({ field, operator, value }) => ((fields.get(field) ?? '') === value) === (operator === '='));
}

/** Returns the value a selector asks of one field by '=', or undefined. Upstream: Selector.RequiresExactMatch. */
export function requiresExactField(selector: FieldSelector, field: string): string | undefined {
  return selector.find((r) => r.field === field && r.operator === '=')?.value;
}

/** Returns the selector's text, with `\`, `,` and `=` of values escaped. Upstream: fields Selector.String. */
export function fieldSelectorText(selector: FieldSelector): string {
  return selector.map((r) => `${r.field}${r.operator}${escapeFieldValue(r.value)}`).join(',');
}

/** Returns a value as it must stand in a field selector. Upstream: fields.EscapeValue. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}
