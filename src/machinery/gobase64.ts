// Base64 with Go's words for what is wrong.
// Called by: machinery/gotemplate.functions.ts, apiserver/continuetokens.ts. Must not know: what is encoded.
// Upstream: Go encoding/base64 StdEncoding and RawURLEncoding.

/**
 * Returns the decoded bytes as text.
 * @throws Error `base64 decode failed: illegal base64 data at input byte 4`.
 */
export function decodeBase64(text: string): string {
  const source = Buffer.from(text, 'utf8').toString('latin1');
  const wrong = firstWrongByte(source);
  if (wrong !== undefined) throw new Error(`base64 decode failed: illegal base64 data at input byte ${wrong}`);
  return Buffer.from(source, 'base64').toString('utf8');
}

/**
 * Returns the decoded bytes of base64 for addresses, which has no padding, as text.
 * @throws Error `illegal base64 data at input byte 4`.
 */
export function decodeRawURL(text: string): string {
  const source = Buffer.from(text, 'utf8').toString('latin1');
  let inGroup = 0;
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '\r' || char === '\n') continue;
    if (!/[A-Za-z0-9_-]/.test(char)) throw new Error(`illegal base64 data at input byte ${i}`);
    inGroup = (inGroup + 1) % 4;
  }
  if (inGroup === 1) throw new Error(`illegal base64 data at input byte ${source.length - 1}`);
  return Buffer.from(source, 'base64url').toString('utf8');
}

/** Where Go's decoder stops; undefined for a text it takes. Line breaks are skipped. */
function firstWrongByte(source: string): number | undefined {
  let inGroup = 0;
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '\r' || char === '\n') continue;
    if (/[A-Za-z0-9+/]/.test(char)) {
      inGroup = (inGroup + 1) % 4;
      continue;
    }
    return char === '=' ? wrongPadding(source, i, inGroup) : i;
  }
  return inGroup === 0 ? undefined : source.length - inGroup;
}

function wrongPadding(source: string, at: number, inGroup: number): number | undefined {
  if (inGroup < 2) return at;
  let next = skipBreaks(source, at + 1);
  if (inGroup === 2) {
    if (next === source.length) return source.length;
    if (source.charAt(next) !== '=') return next;
    next = skipBreaks(source, next + 1);
  }
  return next < source.length ? next : undefined;
}

function skipBreaks(source: string, from: number): number {
  let i = from;
  while (source.charAt(i) === '\n' || source.charAt(i) === '\r') i++;
  return i;
}
