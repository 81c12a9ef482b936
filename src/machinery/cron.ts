// Schedules of five fields, '@hourly' and the like: what is wrong with one, and when it is due next.
// Called by: CronJob's validation, the cronjob controller. Must not know: jobs. Upstream: github.com/robfig/cron v3.
import { parseGoDuration } from './duration.ts';
import { zoneOffsetMs } from './timezone.ts';

interface Bounds {
  min: number;
  max: number;
  names?: readonly string[];
}
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** A schedule that is not due within so many days never is (the 30th of February). */
const MAX_DAYS = 5 * 366;

interface Field {
  values: ReadonlySet<number>;
  /** '*' or '?': any value will do, and the other field of days alone decides. */
  isStar: boolean;
}

/** A schedule that was understood. */
export type CronSchedule = { fields: readonly Field[] } | { everyMs: number };

/** Returns a schedule. @throws Error with upstream's text. */
export function parseCron(text: string): CronSchedule {
  const spec = text.trim();
  if (spec === '') throw new Error('empty spec string');
  if (spec.startsWith('@every ')) return { everyMs: everyMs(spec) };
  if (spec.startsWith('@') && !DESCRIPTORS[spec]) throw new Error(`unrecognized descriptor: ${spec}`);
  const words = (DESCRIPTORS[spec] ?? spec).split(/\s+/);
  if (words.length !== FIELDS.length)
    throw new Error(`expected exactly ${FIELDS.length} fields, found ${words.length}: [${words.join(' ')}]`);
  return { fields: words.map((word, i) => parseField(word, FIELDS[i] as Bounds)) };
}

function everyMs(spec: string): number {
  const text = spec.slice('@every '.length);
  try {
    return Math.max(1000, Math.floor(parseGoDuration(text) / 1000) * 1000);
  } catch (error) {
    throw new Error(`failed to parse duration ${spec}: ${(error as Error).message}`, { cause: error });
  }
}

function parseField(text: string, bounds: Bounds): Field {
  const values = new Set<number>();
  let isStar = false;
  for (const part of text.split(',').filter((word) => word !== '')) {
    const range = parseRange(part, bounds);
    for (let value = range.start; value <= range.end; value += range.step) values.add(value);
    isStar ||= range.isStar;
  }
  return { values, isStar };
}

function parseRange(text: string, bounds: Bounds): { start: number; end: number; step: number; isStar: boolean } {
  const [head = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreEnds] = head.split('-');
  let isStar = low === '*' || low === '?';
  let start = isStar ? bounds.min : parseIntOrName(low, bounds);
  let end = isStar ? bounds.max : start;
  if (!isStar && high !== undefined) {
    if (moreEnds.length > 0) throw new Error(`too many hyphens: ${text}`);
    end = parseIntOrName(high, bounds);
  }
  let step = 1;
  if (stepText !== undefined) {
    if (moreSteps.length > 0) throw new Error(`too many slashes: ${text}`);
    step = parseInteger(stepText);
    if (high === undefined) end = bounds.max;
    if (step > 1) isStar = false;
  }
  if (start < bounds.min) throw new Error(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
  if (end > bounds.max) throw new Error(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new Error(`step of range should be a positive number: ${text}`);
  return { start, end, step, isStar };
}

function parseIntOrName(text: string, { names, min }: Bounds): number {
  const place = names?.indexOf(text.toLowerCase()) ?? -1;
  return place >= 0 ? place + min : parseInteger(text);
}

function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text))
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = Number(text);
  if (value < 0) throw new Error(`negative number (${value}) not allowed: ${text}`);
  return value;
}

/** Returns the first instant (ms) after `afterMs` at which the clocks of a zone show what the schedule asks, or undefined. */
export function nextCronMs(schedule: CronSchedule, afterMs: number, zone = 'UTC'): number | undefined {
  if ('everyMs' in schedule) return Math.floor(afterMs / 1000) * 1000 + schedule.everyMs;
  // Wall clocks are reckoned with as if they were UTC.
  let wallMs = Math.floor((afterMs + zoneOffsetMs(zone, afterMs)) / MINUTE_MS + 1) * MINUTE_MS;
  for (let tries = 0; tries < 5; tries++) {
    const found = nextWallMs(schedule.fields, wallMs);
    if (found === undefined) return undefined;
    const atMs = instantOf(found, zone);
    // Where clocks are put forward some times never come; where they are put back some come twice.
    if (atMs !== undefined && atMs > afterMs) return atMs;
    wallMs = found + MINUTE_MS;
  }
  return undefined;
}

function instantOf(wallMs: number, zone: string): number | undefined {
  const guess = wallMs - zoneOffsetMs(zone, wallMs);
  for (const atMs of [guess, wallMs - zoneOffsetMs(zone, guess)])
    if (atMs + zoneOffsetMs(zone, atMs) === wallMs) return atMs;
  return undefined;
}

function nextWallMs(fields: readonly Field[], fromMs: number): number | undefined {
  const [minutes, hours, days, months, weekdays] = fields as [Field, Field, Field, Field, Field];
  const firstDayMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  for (let day = 0; day < MAX_DAYS; day++) {
    const dayMs = firstDayMs + day * DAY_MS;
    const date = new Date(dayMs);
    if (!months.values.has(date.getUTCMonth() + 1)) continue;
    const isDay = days.values.has(date.getUTCDate());
    const isWeekday = weekdays.values.has(date.getUTCDay());
    if (!(days.isStar || weekdays.isStar ? isDay && isWeekday : isDay || isWeekday)) continue;
    for (let hour = 0; hour < 24; hour++) {
      const hourMs = dayMs + hour * 3_600_000;
      if (hourMs + 3_600_000 <= fromMs || !hours.values.has(hour)) continue;
      for (let minute = 0; minute < 60; minute++) {
        const atMs = hourMs + minute * MINUTE_MS;
        if (atMs >= fromMs && minutes.values.has(minute)) return atMs;
      }
    }
  }
  return undefined;
}
