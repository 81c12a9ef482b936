import { describe, expect, it } from '@jest/globals';
import {
  fieldSelectorText,
  matchesFields,
  parseFieldSelector,
  requiresExactField,
} from '../../src/machinery/fieldselectors.ts';

describe('field selectors', () => {
  const fields = new Map([
    ['metadata.name', 'web'],
    ['status.phase', 'Running'],
  ]);
  it.each([
    ['', true, ''],
    ['metadata.name=web', true, 'metadata.name=web'],
    ['status.phase!=Running,metadata.name==web', false, 'metadata.name=web,status.phase!=Running'],
    ['metadata.name!=db', true, 'metadata.name!=db'],
    ['other=', true, 'other='],
    [String.raw`metadata.name!=a\,b\=c\\`, true, String.raw`metadata.name!=a\,b\=c\\`],
    [',,metadata.name=web,', true, 'metadata.name=web'],
  ])('%j matches: %s', (text, expected, printed) => {
    const selector = parseFieldSelector(text);
    expect(matchesFields(selector, fields)).toBe(expected);
    expect(fieldSelectorText(selector)).toBe(printed);
  });

  it.each([
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    [String.raw`a=\x`, String.raw`invalid field selector: invalid escape sequence: \x`],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ])('%j is refused', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(new Error(message));
  });

  it('tells the value one field must have', () => {
    expect(requiresExactField(parseFieldSelector('a=b,c!=d'), 'a')).toBe('b');
    expect(requiresExactField(parseFieldSelector('a=b,c!=d'), 'c')).toBeUndefined();
  });
});
