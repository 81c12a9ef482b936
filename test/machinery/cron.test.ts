import { describe, expect, it } from '@jest/globals';
import { nextCronMs, parseCron } from '../../src/machinery/cron.ts';

function times(schedule: string, after: string, count = 3, zone?: string): string[] {
  const parsed = parseCron(schedule);
  const found: string[] = [];
  let atMs: number | undefined = Date.parse(after);
  for (let i = 0; i < count && atMs !== undefined; i++) {
    atMs = nextCronMs(parsed, atMs, zone);
    if (atMs !== undefined) found.push(new Date(atMs).toISOString().slice(0, 16));
  }
  return found;
}

describe('schedules', () => {
  it.each<[string, string, string[]]>([
    ['* * * * *', '2026-01-01T00:00:30Z', ['2026-01-01T00:01', '2026-01-01T00:02', '2026-01-01T00:03']],
    ['*/15 * * * *', '2026-01-01T00:00:00Z', ['2026-01-01T00:15', '2026-01-01T00:30', '2026-01-01T00:45']],
    ['5/20 1 * * *', '2026-01-01T00:00:00Z', ['2026-01-01T01:05', '2026-01-01T01:25', '2026-01-01T01:45']],
    ['0 9-17/4 * * mon-fri', '2026-01-02T10:00:00Z', ['2026-01-02T13:00', '2026-01-02T17:00', '2026-01-05T09:00']],
    ['0 0 13 * 5', '2026-01-01T00:00:00Z', ['2026-01-02T00:00', '2026-01-09T00:00', '2026-01-13T00:00']],
    ['0 0 1 JAN,jul ?', '2026-01-01T00:00:00Z', ['2026-07-01T00:00', '2027-01-01T00:00', '2027-07-01T00:00']],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
    ['0 0 30 2 *', '2026-01-01T00:00:00Z', []],
    ['@daily', '2026-01-01T00:00:00Z', ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00']],
    ['@every 90m', '2026-01-01T00:00:00Z', ['2026-01-01T01:30', '2026-01-01T03:00', '2026-01-01T04:30']],
  ])('%s', (schedule, after, expected) => {
    expect(times(schedule, after)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    ['America/New_York', '2026-01-01T00:00:00Z', ['2026-01-01T14:30', '2026-01-02T14:30']],
    // Clocks go forward on the 8th of March.
    ['America/New_York', '2026-03-07T00:00:00Z', ['2026-03-07T14:30', '2026-03-08T13:30']],
    ['Asia/Kathmandu', '2026-01-01T00:00:00Z', ['2026-01-01T03:45', '2026-01-02T03:45']],
  ])('half past nine in %s', (zone, after, expected) => {
    expect(times('30 9 * * *', after, 2, zone)).toEqual(expected);
  });

  it('leaves out a time that the clocks pass over', () => {
    expect(times('30 2 * * *', '2026-03-07T12:00:00Z', 1, 'America/New_York')).toEqual(['2026-03-09T06:30']);
  });

  it.each([
    ['', 'empty spec string'],
    ['* * *', 'expected exactly 5 fields, found 3: [* * *]'],
    ['@often', 'unrecognized descriptor: @often'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ])('%j is wrong', (schedule, message) => {
    expect(() => parseCron(schedule)).toThrow(message);
  });
});
