import { describe, expect, it } from '@jest/globals';
import { goRegExp } from '../../src/machinery/goregexp.ts';

describe("Go's regular expressions", () => {
  it.each<[string, string, boolean]>([
    [String.raw`^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$`, '* * * * */5', true],
    [String.raw`\@\-\_`, '@-_', true],
    ['(?i)^ABC$', 'abc', true],
    ['^[[:alpha:]_-]+$', 'a_-', true],
    ['^[[:punct:]]$', '`', true],
    [String.raw`^\Qa.b\E$`, 'axb', false],
    [String.raw`^\p{Greek}+$`, 'αβ', true],
    [String.raw`^\PL$`, 'a', false],
    ['a{,2}', 'a{,2}', true],
    ['^[a-zA-Z0-9-._]+$', 'a-._', true],
    ['^[]a]+$', ']a', true],
    [String.raw`^\s$`, '\u00a0', false],
    ['^a.b$', 'a\u2028b', true],
    ['^(?P<year>\\d{4})$', '2026', true],
    [String.raw`\Aa\z`, 'a', true],
    [String.raw`^[\d-z]+$`, '1-z', true],
  ])('%s', (source, text, expected) => {
    expect(goRegExp(source).test(text)).toBe(expected);
  });

  it.each([
    ['(', 'missing closing ): `(`'],
    ['[a', 'missing closing ]: `[a`'],
    ['a)', 'unexpected ): `a)`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['x{2}{3}', 'invalid nested repetition operator: `{2}{3}`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['(?=x)', 'invalid or unsupported Perl syntax: `(?=`'],
    [String.raw`\y`, String.raw`invalid escape sequence: ${'`'}\y${'`'}`],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['\\', 'trailing backslash at end of expression: ``'],
  ])('%s is refused', (source, expected) => {
    expect(() => goRegExp(source)).toThrow(`error parsing regexp: ${expected}`);
  });
});
