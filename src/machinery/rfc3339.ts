// Times as the API reads and writes them, with the texts Go's parser gives for what is none.
// Called by: the strict decoder. Must not know: the clock.
import { formatMicroTime, formatTime } from './clock.ts';
import { quoteDuration } from './duration.ts';

const LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICRO_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';

/** Returns the time in UTC and whole seconds. @throws Error with Go's text. Upstream: metav1.Time.UnmarshalJSON. */
export function canonicalTime(text: string): string {
  return formatTime(parse(text, false));
}

/** Returns the time in UTC and microseconds. @throws Error with Go's text. Upstream: metav1.MicroTime.UnmarshalJSON. */
export function canonicalMicroTime(text: string): string {
  const ms = parse(text, true);
  const digits = /\.([0-9]{6})/.exec(text)?.[1] ?? '000000';
  return `${formatMicroTime(ms).slice(0, 20)}${digits}Z`;
}

function parse(text: string, isMicro: boolean): number {
  const layout = isMicro ? MICRO_LAYOUT : LAYOUT;
  const head = `parsing time ${quoteDuration(text)}`;
  let rest = text;
  const fail = (part: string): Error =>
    new Error(`${head} as ${quoteDuration(layout)}: cannot parse ${quoteDuration(rest)} as ${quoteDuration(part)}`);
  const take = (pattern: RegExp, part: string): string => {
    const match = pattern.exec(rest);
    if (!match) throw fail(part);
    rest = rest.slice(match[0].length);
    return match[0];
  };
  const number = (pattern: RegExp, part: string, low: number, high: number, word: string): number => {
    const value = Number(take(pattern, part));
    if (value < low || value > high) throw new Error(`${head}: ${word} out of range`);
    return value;
  };
  const year = Number(take(/^[0-9]{4}/, '2006'));
  take(/^-/, '-');
  const month = number(/^[0-9]{2}/, '01', 1, 12, 'month');
  take(/^-/, '-');
  const day = number(/^[0-9]{2}/, '02', 1, 31, 'day');
  take(/^T/, 'T');
  const hour = number(/^[0-9]{1,2}/, '15', 0, 23, 'hour');
  take(/^:/, ':');
  const minute = number(/^[0-9]{2}/, '04', 0, 59, 'minute');
  take(/^:/, ':');
  const second = number(/^[0-9]{2}/, '05', 0, 59, 'second');
  const fraction = isMicro ? take(/^[.,][0-9]{6}(?![0-9])/, '.000000') : (/^[.,][0-9]+/.exec(rest)?.[0] ?? '');
  if (!isMicro) rest = rest.slice(fraction.length);
  const zone = take(/^(?:Z|[+-][0-9]{2}:[0-9]{2})/, 'Z07:00');
  if (rest !== '') throw new Error(`${head}: extra text: ${quoteDuration(rest)}`);
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) throw new Error(`${head}: day out of range`);
  const ms = Math.trunc(Number(`0.${fraction.slice(1) || '0'}`) * 1000);
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offsetMs(zone);
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
