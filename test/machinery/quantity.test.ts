import { describe, expect, it } from '@jest/globals';
import {
  addQuantities,
  canonicalizeQuantity,
  compareQuantities,
  formatQuantity,
  milliValue,
  multiplyQuantity,
  newMilliQuantity,
  parseQuantity,
  roundUpQuantity,
  subtractQuantities,
  value,
} from '../../src/machinery/quantity.ts';

// Every row is what `kubectl create quota x --hard=cpu=… --dry-run=client -o json` of 1.35 printed.
describe('parseQuantity and formatQuantity', () => {
  it.each([
    ['0', '0'],
    ['1', '1'],
    ['100m', '100m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['0.5', '500m'],
    ['1.5', '1500m'],
    ['1.100', '1.100'],
    ['1.000', '1'],
    ['1Gi', '1Gi'],
    ['1024Mi', '1Gi'],
    ['1536Mi', '1536Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Gi', '512Mi'],
    ['1025Ki', '1025Ki'],
    ['1023Ki', '1023Ki'],
    ['1Ki', '1Ki'],
    ['1000Ki', '1000Ki'],
    ['007', '007'],
    ['+5', '+5'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['1E3', '1E3'],
    ['1e21', '1e21'],
    ['1000E', '1'],
    ['1E', '1E'],
    ['100n', '100n'],
    ['0.1n', '1n'],
    ['1e-10', '1e-9'],
    ['0.0001', '100u'],
    ['1u', '1u'],
    ['1k', '1k'],
    ['1000k', '1M'],
    ['1500k', '1500k'],
    ['2.5G', '2500M'],
    ['.5', '500m'],
    ['5.', '5.'],
    ['1.Gi', '1.Gi'],
    ['m', '0'],
    ['Gi', '0'],
    ['1.5Ki', '1536'],
    ['1.3Ki', '1331200m'],
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', '9223372036854775808'],
    ['10000000000000000000', '10E'],
    ['9999Ei', '9223372036854775807'],
    ['8Ei', '9223372036854775807'],
    ['16Pi', '16Pi'],
    ['100Ti', '100Ti'],
    ['0.5Ki', '512'],
    ['1234567890123456789012', '1234567890123456789012'],
    ['12345678901234567890m', '12345678901234567890m'],
    ['1.23456789012', '1234567891n'],
    ['1e-3', '1e-3'],
    ['-1', '-1'],
    ['-0.5', '-500m'],
    ['-1500m', '-1500m'],
    ['3Mi', '3Mi'],
    ['8Gi', '8Gi'],
    ['1e+3', '1e+3'],
    ['1e-9', '1e-9'],
    ['0.0000000001', '1n'],
    ['1e99', '1e99'],
    ['100000000000000000000Ki', '9223372036854775807'],
    ['4.5Ti', '4608Gi'],
    ['1048576', '1048576'],
    ['1025', '1025'],
  ])('%s is stored as %s', (text, stored) => {
    expect(canonicalizeQuantity(text)).toBe(stored);
  });

  const format = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  const suffix = "unable to parse quantity's suffix";
  it.each([
    ['10e', suffix],
    ['', format],
    ['abc', format],
    ['1.1.1', format],
    ['1i', suffix],
    ['1Kii', suffix],
    ['0x1', format],
    [' 1', format],
    ['1e', suffix],
    ['1mi', suffix],
    ['--1', suffix],
    ['1KI', format],
    ['5Zi', format],
    ['1e9999999999999999999', suffix],
    ['e-10', 'unable to parse numeric part of quantity'],
    ['1..5', format],
  ])('%j is refused', (text, message) => {
    expect(() => parseQuantity(text)).toThrow(new Error(message));
  });
});

describe('arithmetic', () => {
  it.each([
    ['100m', 1, 100],
    ['1500m', 2, 1500],
    ['-1500m', -2, -1500],
    ['1.5Gi', 1610612736, 1610612736000],
    ['1n', 1, 1],
    ['2', 2, 2000],
  ])('%s: value %d, milli value %d, both rounded away from zero', (text, whole, milli) => {
    const q = parseQuantity(text);
    expect([value(q), milliValue(q)]).toEqual([whole, milli]);
  });

  it.each([
    ['1', '500m', '1500m', '500m'],
    ['1Gi', '1Mi', '1025Mi', '1023Mi'],
    ['0', '1Gi', '1Gi', '-1Gi'],
    ['1Gi', '0', '1Gi', '1Gi'],
    ['1e3', '1', '1001', '999'],
    ['1Gi', '1m', '1073741824001m', '1073741823999m'],
  ])('%s and %s add up to %s and differ by %s', (a, b, sum, difference) => {
    const [x, y] = [parseQuantity(a), parseQuantity(b)];
    expect(formatQuantity(addQuantities(x, y))).toBe(sum);
    expect(formatQuantity(subtractQuantities(x, y))).toBe(difference);
  });

  it.each([
    ['1', '1000m', 0],
    ['1Gi', '1G', 1],
    ['-1', '1n', -1],
    ['-2', '-1', -1],
    ['1e99', '1e98', 1],
    ['1e1000000', '1', 1],
    ['0', '0Gi', 0],
  ])('%s against %s is %d', (a, b, sign) => {
    expect(Math.sign(compareQuantities(parseQuantity(a), parseQuantity(b)))).toBe(sign);
  });

  it('rounds up to a scale and multiplies', () => {
    expect(formatQuantity(roundUpQuantity(parseQuantity('0.0001'), -3))).toBe('1m');
    expect(formatQuantity(roundUpQuantity(parseQuantity('1.100'), -3))).toBe('1.100');
    expect(formatQuantity(multiplyQuantity(parseQuantity('250m'), 4))).toBe('1');
    expect(formatQuantity(newMilliQuantity(2500))).toBe('2500m');
  });
});
