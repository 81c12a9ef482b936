// Time zones by name: whether there is one, and how far its clocks are from UTC.
// Called by: cron.ts, resources' validation, the cronjob controller. Must not know: what time it is.

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(zone)) return formats.get(zone);
  let format: Intl.DateTimeFormat | undefined;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    // Not the name of a zone.
  }
  formats.set(zone, format);
  return format;
}

/** Returns whether there is a zone of that name. Upstream: Go time.LoadLocation. */
export function isTimeZone(zone: string): boolean {
  const hasGoodParts = zone
    .split('/')
    .every((part) => part !== '.' && part !== '..' && /^[A-Za-z_+][\w+-]*$/.test(part));
  return hasGoodParts && formatOf(zone) !== undefined;
}

/** Returns how many ms the clocks of a zone are ahead of UTC at an instant. */
export function zoneOffsetMs(zone: string, atMs: number): number {
  if (zone === 'UTC') return 0;
  const text = formatOf(zone)
    ?.formatToParts(atMs)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(text ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
