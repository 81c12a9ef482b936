import { describe, expect, it } from '@jest/globals';
import {
  formatGoDuration,
  humanDuration,
  parseGoDuration,
  shortHumanDuration,
  translateTimestampSince,
} from '../../src/machinery/duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// The rows are the table of upstream's duration_test.go.
describe('humanDuration and shortHumanDuration', () => {
  it.each([
    [-2 * SECOND - 1, '<invalid>', '<invalid>'],
    [-2 * SECOND, '<invalid>', '<invalid>'],
    [-1.9 * SECOND, '0s', '0s'],
    [-0.5 * SECOND, '0s', '0s'],
    [0, '0s', '0s'],
    [0.9 * SECOND, '0s', '0s'],
    [SECOND, '1s', '1s'],
    [70 * SECOND, '70s', '1m'],
    [119 * SECOND, '119s', '1m'],
    [2 * MINUTE, '2m', '2m'],
    [190 * SECOND, '3m10s', '3m'],
    [10 * MINUTE, '10m', '10m'],
    [10 * MINUTE + 1, '10m', '10m'],
    [3 * HOUR - SECOND, '179m', '2h'],
    [3 * HOUR + 10 * MINUTE, '3h10m', '3h'],
    [8 * HOUR - SECOND, '7h59m', '7h'],
    [47 * HOUR + 59 * MINUTE, '47h', '1d'],
    [2 * DAY, '2d', '2d'],
    [8 * DAY - SECOND, '7d23h', '7d'],
    [8 * DAY, '8d', '8d'],
    [367 * DAY, '367d', '1y'],
    [2 * 365 * DAY - SECOND, '729d', '1y'],
    [2 * 365 * DAY, '2y', '2y'],
    [8 * 365 * DAY - SECOND, '7y364d', '7y'],
    [8 * 365 * DAY + 364 * DAY, '8y', '8y'],
  ])('%d ms', (ms, human, short) => {
    expect(humanDuration(ms)).toBe(human);
    expect(shortHumanDuration(ms)).toBe(short);
  });

  it('prints the age of a timestamp', () => {
    const now = Date.parse('2026-01-02T00:00:00Z');
    expect(translateTimestampSince('2026-01-01T23:55:00Z', now)).toBe('5m');
    expect(translateTimestampSince(undefined, now)).toBe('<unknown>');
  });
});

// Texts of `kubectl rollout status deploy/x --timeout=…` of 1.35.
describe('parseGoDuration', () => {
  it.each([
    ['0', 0, '0s'],
    ['1h', HOUR, '1h0m0s'],
    ['90m', 90 * MINUTE, '1h30m0s'],
    ['1h1m1.5s', HOUR + MINUTE + 1500, '1h1m1.5s'],
    ['+5s', 5000, '5s'],
    ['-5s', -5000, '-5s'],
    ['.5h', 30 * MINUTE, '30m0s'],
    ['1.s', 1000, '1s'],
    ['1us', 0.001, '1µs'],
    ['1500µs', 1.5, '1.5ms'],
    ['100ns', 0.0001, '100ns'],
  ])('%s is %d ms, printed %s', (text, ms, printed) => {
    expect(parseGoDuration(text)).toBe(ms);
    expect(formatGoDuration(ms)).toBe(printed);
  });

  it.each([
    ['5', 'time: missing unit in duration "5"'],
    ['abc', 'time: invalid duration "abc"'],
    ['', 'time: invalid duration ""'],
    ['-', 'time: invalid duration "-"'],
    ['.s', 'time: invalid duration ".s"'],
    ['1x', 'time: unknown unit "x" in duration "1x"'],
    ['1s1', 'time: missing unit in duration "1s1"'],
    ['1.5.5s', 'time: missing unit in duration "1.5.5s"'],
    ['3d', 'time: unknown unit "d" in duration "3d"'],
    ['1é', String.raw`time: unknown unit "\xc3\xa9" in duration "1\xc3\xa9"`],
    ['1\ts', String.raw`time: unknown unit "\x09s" in duration "1\x09s"`],
    ['99999999h', 'time: invalid duration "99999999h"'],
    ['1h-1m', 'time: unknown unit "h-" in duration "1h-1m"'],
    ['"x', String.raw`time: invalid duration "\"x"`],
    ['9223372036854775808ns', 'time: invalid duration "9223372036854775808ns"'],
    ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseGoDuration(text)).toThrow(new Error(message));
  });
});
