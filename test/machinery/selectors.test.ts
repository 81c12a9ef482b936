import { describe, expect, it } from '@jest/globals';
import {
  formatLabelSelector,
  labelSelectorAsMap,
  labelSelectorAsSelector,
  matchesLabels,
  newRequirement,
  parseLabelSelector,
  parseToLabelSelector,
  selectorFromSet,
  selectorText,
} from '../../src/machinery/selectors.ts';

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

const KEY_RULE = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
const VALUE_RULE = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;

// Every row is what `kubectl create pdb x --selector=… --dry-run=client -o json` of 1.35 printed.
describe('parseToLabelSelector', () => {
  it.each([
    ['a=b', { matchLabels: { a: 'b' } }],
    ['a==b', { matchLabels: { a: 'b' } }],
    ['a', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
    ['!a', { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }],
    ['a in (x,y)', { matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 'y'] }] }],
    ['a notin (y,x)', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x', 'y'] }] }],
    ['a in ()', { matchExpressions: [{ key: 'a', operator: 'In', values: [''] }] }],
    ['a in (,x)', { matchExpressions: [{ key: 'a', operator: 'In', values: ['', 'x'] }] }],
    ['a in (x,)', { matchExpressions: [{ key: 'a', operator: 'In', values: ['', 'x'] }] }],
    ['a in (x,,y)', { matchExpressions: [{ key: 'a', operator: 'In', values: ['', 'x', 'y'] }] }],
    ['a=', { matchLabels: { a: '' } }],
    ['a=,b', { matchLabels: { a: '' }, matchExpressions: [{ key: 'b', operator: 'Exists' }] }],
    ['b=1,a=2', { matchLabels: { a: '2', b: '1' } }],
    ['in in (in)', { matchExpressions: [{ key: 'in', operator: 'In', values: ['in'] }] }],
    ['notin=in', { matchLabels: { notin: 'in' } }],
    [
      'a in (x),b notin (y,z),!c,d',
      {
        matchExpressions: [
          { key: 'a', operator: 'In', values: ['x'] },
          { key: 'b', operator: 'NotIn', values: ['y', 'z'] },
          { key: 'c', operator: 'DoesNotExist' },
          { key: 'd', operator: 'Exists' },
        ],
      },
    ],
    ['x in (a,a)', { matchExpressions: [{ key: 'x', operator: 'In', values: ['a'] }] }],
    ['a = b', { matchLabels: { a: 'b' } }],
    ['a=b\n', { matchLabels: { a: 'b' } }],
    ['a=b,c', { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] }],
    [' ', {}],
  ])('%j', (text, selector) => {
    expect(parseToLabelSelector(text)).toEqual(selector);
  });

  it.each([
    ['a gt 5', "unable to parse requirement: found 'gt', expected: in, notin, =, ==, !=, gt, lt"],
    [
      'a>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a,', "found '', expected: identifier after ','"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (x y)', "unable to parse requirement: found 'y', expected: ',' or ')'"],
    ['a in (x=y)', "unable to parse requirement: found '=', expected: ',' or ')'"],
    ['_a=b', `unable to parse requirement: <nil>: Invalid value: "_a": ${KEY_RULE}`],
    ['a=b_', `unable to parse requirement: values[0][a]: Invalid value: "b_": ${VALUE_RULE}`],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!!a', "unable to parse requirement: found '!', expected: identifier"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['(a)', "found '(', expected: !, identifier, or 'end of string'"],
    ['a in', "unable to parse requirement: found '' expected: '('"],
    ['a notin', "unable to parse requirement: found '' expected: '('"],
    [
      'a/b/c=d',
      "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ],
    ['/a=b', 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty'],
    [
      'A.b/c=d',
      "unable to parse requirement: <nil>: Invalid value: \"A.b/c\": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
    ['a=é', `unable to parse requirement: values[0][a]: Invalid value: "é": ${VALUE_RULE}`],
    ['a ~ b', "unable to parse requirement: found '~', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=~b', `unable to parse requirement: values[0][a]: Invalid value: "~b": ${VALUE_RULE}`],
    ['a!b', "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in (b_)', `unable to parse requirement: values[0][a]: Invalid value: "b_": ${VALUE_RULE}`],
    ['a=(b)', "unable to parse requirement: found '(', expected: identifier"],
    ['a=)', "unable to parse requirement: found ')', expected: identifier"],
    ['a>=5', "unable to parse requirement: found '=', expected: identifier"],
    ['a=-x', `unable to parse requirement: values[0][a]: Invalid value: "-x": ${VALUE_RULE}`],
    ['a"b=c', `unable to parse requirement: <nil>: Invalid value: "a\\"b": ${KEY_RULE}`],
    [
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=b',
      'unable to parse requirement: <nil>: Invalid value: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": name part must be no more than 63 bytes',
    ],
    [
      'a=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',
      'unable to parse requirement: values[0][a]: Invalid value: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb": must be no more than 63 bytes',
    ],
    ['a in (!x)', "unable to parse requirement: found '!', expected: ',', ')' or identifier"],
    ['a in (x,!y)', "unable to parse requirement: found '!', expected: ',', or identifier"],
    ['a in (x,(', "unable to parse requirement: found '(', expected: ',', or identifier"],
  ])('%j is refused', (text, message) => {
    expect(messageOf(() => parseLabelSelector(text))).toBe(message);
    expect(messageOf(() => parseToLabelSelector(text))).toBe(
      `couldn't parse the selector string "${text}": ${message}`,
    );
  });

  it.each([
    ['a!=b', '"!=" is not a valid label selector operator'],
    ['a>1', '"gt" isn\'t supported in label selectors'],
  ])('%j has no such form', (text, message) => {
    expect(() => parseToLabelSelector(text)).toThrow(new Error(message));
  });
});

describe('matching and printing', () => {
  const labels = { app: 'web', tier: 'front', n: '7' };
  it.each([
    ['app=web', true],
    ['app==web,tier!=back', true],
    ['app!=web', false],
    ['none!=x', true],
    ['app in (web,db)', true],
    ['none in (web)', false],
    ['app notin (db)', true],
    ['none notin (db)', true],
    ['app', true],
    ['none', false],
    ['!app', false],
    ['!none', true],
    ['n>6', true],
    ['n>7', false],
    ['n<8', true],
    ['app>1', false],
    ['toString', false],
    ['', true],
  ])('%j matches: %s', (text, expected) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected);
  });

  it.each([
    ['b=1,a==2', 'a==2,b=1'],
    ['z notin (c,b),!y,x,w in (a),v>1,u<2', 'u<2,v>1,w in (a),x,!y,z notin (b,c)'],
  ])('%j is printed %j', (text, printed) => {
    expect(selectorText(parseLabelSelector(text))).toBe(printed);
  });

  it('prints metav1 selectors as describe does', () => {
    expect(formatLabelSelector(undefined)).toBe('<none>');
    expect(formatLabelSelector({})).toBe('<none>');
    expect(formatLabelSelector({ matchLabels: { b: 'y', a: 'x' } })).toBe('a=x,b=y');
    expect(formatLabelSelector({ matchExpressions: [{ key: 'a', operator: 'In', values: ['y', 'x'] }] })).toBe(
      'a in (x,y)',
    );
    expect(formatLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Equals' }] })).toBe('<error>');
  });

  it('selects nothing without a metav1 selector, everything with an empty one', () => {
    expect(matchesLabels(labelSelectorAsSelector(undefined), labels)).toBe(false);
    expect(matchesLabels(labelSelectorAsSelector({}), labels)).toBe(true);
    expect(matchesLabels(selectorFromSet({ app: 'web' }), labels)).toBe(true);
    expect(matchesLabels(selectorFromSet({ app: 'web' }), undefined)).toBe(false);
  });

  it('refuses what cannot be a selector or plain labels', () => {
    expect(() => labelSelectorAsSelector({ matchExpressions: [{ key: 'a', operator: 'Is' }] })).toThrow(
      new Error('"Is" is not a valid label selector operator'),
    );
    expect(() => labelSelectorAsMap({ matchExpressions: [{ key: 'a', operator: 'Exists' }] })).toThrow(
      new Error('operator "Exists" cannot be converted into the old label selector format'),
    );
    expect(() => newRequirement('a', 'in', [])).toThrow(
      new Error("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"),
    );
  });
});
