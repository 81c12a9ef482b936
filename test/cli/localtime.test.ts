import { describe, expect, it } from '@jest/globals';
import { utcOffsetMinutes } from '../../src/cli/localtime.ts';

describe('utcOffsetMinutes', () => {
  const [winter, summer] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)];
  it.each<[string, number, number]>([
    ['UTC', 0, 0],
    ['', 0, 0],
    ['No/Where', 0, 0],
    ['Europe/Berlin', 60, 120],
    [':America/St_Johns', -210, -150],
    ['Asia/Kolkata', 330, 330],
  ])('knows the zone %p', (zone, inWinter, inSummer) => {
    expect([utcOffsetMinutes(zone, winter), utcOffsetMinutes(zone, summer)]).toEqual([inWinter, inSummer]);
  });

  it("takes the machine's own zone when none is named", () => {
    expect(utcOffsetMinutes(undefined, winter)).toBe(-new Date(winter).getTimezoneOffset());
  });
});
