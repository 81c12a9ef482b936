// Words to strings: variables, command substitution, arithmetic, field splitting, patterns, quote removal.
// Called by: sh/interpreter.ts. Must not know: commands. Upstream: POSIX shell command language, 2.6.
import { normalizePath } from '../vfs.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import type { Word, WordPart } from './ast.ts';
import { expandGlob, patternToRegExp } from './glob.ts';
import type { Wait } from './host.ts';
import type { Interpreter } from './interpreter.ts';
import { ShellError } from './signals.ts';

type Steps<T> = Generator<Wait, T, void>;

/** A piece of a word after expansion; only pieces that were not quoted are split and globbed. */
interface Piece {
  text: string;
  isQuoted: boolean;
}

/** Marks where "$@" breaks a word into fields. */
const FIELD_BREAK: Piece = { text: '', isQuoted: true };

/** Returns the fields that words expand to. */
export function* expandWords(shell: Interpreter, words: readonly Word[]): Steps<string[]> {
  const fields: string[] = [];
  for (const word of words) {
    const pieces = yield* expandParts(shell, withTilde(shell, word.parts));
    for (const field of splitFields(pieces, shell.get('IFS') ?? ' \t\n')) fields.push(...globField(shell, field));
  }
  return fields;
}

/** Returns a word as one string, without splitting and patterns: assignments, redirections, case. */
export function* expandToString(shell: Interpreter, word: Word): Steps<string> {
  const pieces = yield* expandParts(shell, withTilde(shell, word.parts));
  return pieces.map((piece) => (piece === FIELD_BREAK ? ' ' : piece.text)).join('');
}

/** Returns a word as a pattern: what was quoted matches only itself. */
export function* expandToPattern(shell: Interpreter, word: Word): Steps<string> {
  const pieces = yield* expandParts(shell, word.parts);
  return pieces.map(({ text, isQuoted }) => (isQuoted ? text.replace(/[*?[\]\\]/g, '\\$&') : text)).join('');
}

function withTilde(shell: Interpreter, parts: readonly WordPart[]): readonly WordPart[] {
  const [first, ...rest] = parts;
  if (first?.type !== 'text' || first.isQuoted || !/^~(\/|$)/.test(first.text)) return parts;
  return [{ ...first, text: (shell.get('HOME') ?? '/') + first.text.slice(1) }, ...rest];
}

function* expandParts(shell: Interpreter, parts: readonly WordPart[]): Steps<Piece[]> {
  const pieces: Piece[] = [];
  for (const part of parts) {
    switch (part.type) {
      case 'text':
        pieces.push(part);
        break;
      case 'command': {
        const text = yield* shell.capture(part.script);
        pieces.push({ text: text.replace(/\n+$/, ''), isQuoted: part.isQuoted });
        break;
      }
      case 'arithmetic': {
        const text = yield* expandToString(shell, shell.reparse(part.text));
        pieces.push({ text: String(evaluateArithmetic(text, shell)), isQuoted: part.isQuoted });
        break;
      }
      case 'length':
        pieces.push({ text: String([...(shell.get(part.name) ?? '')].length), isQuoted: part.isQuoted });
        break;
      default:
        pieces.push(...(yield* expandVariable(shell, part)));
    }
  }
  return pieces;
}

type VariablePart = Extract<WordPart, { type: 'variable' }>;

function* expandVariable(shell: Interpreter, part: VariablePart): Steps<Piece[]> {
  const { name, operator, isQuoted } = part;
  if ((name === '@' || (name === '*' && !isQuoted)) && operator === undefined) {
    const fields = shell.positional.map((text) => ({ text, isQuoted }));
    return fields.flatMap((field, i) =>
      i === 0 ? [field] : [isQuoted ? FIELD_BREAK : { text: ' ', isQuoted: false }, field],
    );
  }
  const value = shell.get(name);
  if (operator === undefined) {
    if (value === undefined && shell.options.has('u')) throw new ShellError(`${name}: parameter not set`, 2);
    return [{ text: value ?? '', isQuoted }];
  }
  const text = yield* applyOperator(shell, part, value);
  return [{ text, isQuoted }];
}

function* applyOperator(shell: Interpreter, part: VariablePart, value: string | undefined): Steps<string> {
  const { name, operator = '', word = { parts: [] } } = part;
  const isUnset = value === undefined || (operator.startsWith(':') && value === '');
  switch (operator.replace(':', '')) {
    case '-':
      return isUnset ? yield* expandToString(shell, word) : (value ?? '');
    case '=':
      if (isUnset) shell.set(name, yield* expandToString(shell, word));
      return shell.get(name) ?? '';
    case '+':
      return isUnset ? '' : yield* expandToString(shell, word);
    case '?': {
      const message = yield* expandToString(shell, word);
      if (isUnset) throw new ShellError(`${name}: ${message || 'parameter not set'}`, 2);
      return value ?? '';
    }
  }
  const pattern = yield* expandToPattern(shell, { parts: word.parts.map((p) => ({ ...p, isQuoted: false })) });
  return trimmed(value ?? '', operator, pattern);
}

/** `#`, `##`, `%`, `%%` cut a prefix or suffix, `/` and `//` replace. */
function trimmed(value: string, operator: string, pattern: string): string {
  if (operator.startsWith('/')) {
    const [, from = '', to = ''] = /^((?:\\.|[^/])*)\/?([\s\S]*)$/.exec(pattern) ?? [];
    const source = patternToRegExp(from).source.slice(1, -1).replaceAll('[\\s\\S]*', '[\\s\\S]*?');
    return from === '' ? value : value.replace(new RegExp(source, operator === '//' ? 'g' : ''), () => to);
  }
  const match = patternToRegExp(pattern);
  const isPrefix = operator.startsWith('#');
  const lengths = Array.from({ length: value.length + 1 }, (_, i) => i);
  if (operator.length === 2) lengths.reverse();
  for (const n of lengths) {
    const cut = isPrefix ? value.slice(0, n) : value.slice(value.length - n);
    if (match.test(cut)) return isPrefix ? value.slice(n) : value.slice(0, value.length - n);
  }
  return value;
}

function splitFields(pieces: readonly Piece[], ifs: string): Piece[][] {
  const fields: Piece[][] = [];
  let current: Piece[] | undefined;
  const isBlank = (c: string): boolean => ifs.includes(c);
  for (const piece of pieces) {
    if (piece === FIELD_BREAK) {
      fields.push(current ?? [{ text: '', isQuoted: true }]);
      current = [];
      continue;
    }
    if (piece.isQuoted) {
      (current ??= []).push(piece);
      continue;
    }
    let text = '';
    for (const c of piece.text) {
      if (!isBlank(c)) {
        text += c;
        continue;
      }
      if (text !== '') (current ??= []).push({ text, isQuoted: false });
      text = '';
      if (current) fields.push(current);
      current = undefined;
    }
    if (text !== '') (current ??= []).push({ text, isQuoted: false });
  }
  if (current) fields.push(current);
  return fields;
}

function globField(shell: Interpreter, field: readonly Piece[]): string[] {
  const text = field.map((piece) => piece.text).join('');
  const hasPattern = field.some(({ text: t, isQuoted }) => !isQuoted && /[*?[]/.test(t));
  if (!hasPattern || shell.options.has('f')) return [text];
  const pattern = field.map(({ text: t, isQuoted }) => (isQuoted ? t.replace(/[*?[\]\\]/g, '\\$&') : t)).join('');
  const found = expandGlob(shell.host.fs, pattern, normalizePath(shell.cwd));
  return found.length > 0 ? found : [text];
}
