// Lines that many descriptions share: labels, annotations, tolerations, taints, owners, conditions, times.
// Called by: the describers of kinds, cli/genericdescriber.ts. Must not know: any single kind.
import type { Taint, Toleration, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import { parseTime } from '../machinery/clock.ts';
import { translateTimestampSince } from '../machinery/duration.ts';
import { goSort } from '../machinery/gosort.ts';
import { controllerOf } from '../machinery/meta.ts';
import { formatLabelSelector } from '../machinery/selectors.ts';
import { byteLength } from '../machinery/strconv.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { DescribeContext } from './describe.ts';
import type { PrefixWriter } from './describe.writer.ts';

type Texts = Readonly<Record<string, string>>;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MAX_ANNOTATION_BYTES = 140;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Writes a map as `title:` and one `key=value` a line, in key order. Upstream: printLabelsMultiline. */
export function writeLabels(w: PrefixWriter, title: string, labels: Texts = {}): void {
  const keys = Object.keys(labels).sort();
  writeBeside(
    w,
    title,
    keys.map((key) => `${key}=${labels[key]}`),
  );
}

/** Each piece is written on its own because a nested writer indents every one. */
function writeBeside(w: PrefixWriter, title: string, lines: readonly string[]): void {
  w.write(0, `${title}:\t`);
  if (lines.length === 0) w.write(0, '<none>\n');
  lines.forEach((line, i) => {
    if (i > 0) {
      w.write(0, '');
      w.write(0, '\t');
    }
    w.write(0, `${line}\n`);
  });
}

/** Writes annotations but the one apply keeps; what is long or has several lines goes below its key. */
export function writeAnnotations(w: PrefixWriter, title: string, annotations: Texts = {}): void {
  const keys = Object.keys(annotations)
    .filter((key) => key !== LAST_APPLIED)
    .sort();
  w.write(0, `${title}:\t`);
  if (keys.length === 0) w.write(0, '<none>\n');
  keys.forEach((key, i) => {
    if (i > 0) w.write(0, '\t');
    const value = (annotations[key] ?? '').replace(/\n$/, '');
    const isLong = byteLength(value) + byteLength(key) + 2 > MAX_ANNOTATION_BYTES;
    if (!isLong && !value.includes('\n')) {
      w.write(0, `${key}: ${value}\n`);
      return;
    }
    w.write(0, `${key}:\n`);
    for (const line of value.split('\n')) w.write(0, `\t  ${shorten(line, MAX_ANNOTATION_BYTES - 2)}\n`);
  });
}

/** Returns the text, or its first bytes and three dots. */
export function shorten(text: string, maxBytes: number): string {
  return byteLength(text) > maxBytes ? `${Buffer.from(text).subarray(0, maxBytes).toString()}...` : text;
}

/** Writes name, namespace, labels and annotations: how most descriptions begin. */
export function writeHead(w: PrefixWriter, { metadata }: KubeObject): void {
  w.field(0, 'Name', metadata.name);
  w.field(0, 'Namespace', metadata.namespace);
  writeLabelsAndAnnotations(w, metadata);
}
export function writeLabelsAndAnnotations(w: PrefixWriter, { labels, annotations }: KubeObject['metadata']): void {
  writeLabels(w, 'Labels', labels);
  writeAnnotations(w, 'Annotations', annotations);
}

/** Writes who controls the object, if anyone does. */
export function writeController(w: PrefixWriter, object: KubeObject): void {
  const owner = controllerOf(object);
  if (owner) w.field(0, 'Controlled By', `${owner.kind}/${owner.name}`);
}

/** Writes the conditions of a workload: type, status and reason. */
export function writeConditions(
  w: PrefixWriter,
  conditions: readonly { type: string; status: string; reason?: string }[] = [],
): void {
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
  w.row(1, '----', '------', '------');
  for (const { type, status, reason } of conditions) w.row(1, `${type} `, status, reason);
}

/** Writes taints by effect and key. Upstream: printTaintsMultilineWithIndent. */
export function writeTaints(w: PrefixWriter, title: string, taints: readonly Taint[] = []): void {
  const sorted = [...taints];
  const order = ({ effect, key }: Taint): string => `${effect},${key}`;
  goSort(sorted, (a, b) => order(a) < order(b));
  writeBeside(w, title, sorted.map(taintText));
}

/** Upstream: api core/v1/taint.go ToString. */
function taintText({ key, value, effect }: Taint): string {
  if (!effect) return value ? `${key}=${value}:` : key;
  return value ? `${key}=${value}:${effect}` : `${key}:${effect}`;
}

/** Writes tolerations by key. Upstream: printTolerationsMultilineWithIndent. */
export function writeTolerations(w: PrefixWriter, title: string, tolerations: readonly Toleration[] = []): void {
  const sorted = [...tolerations];
  goSort(sorted, (a, b) => (a.key ?? '') < (b.key ?? ''));
  writeBeside(w, title, sorted.map(tolerationText));
}

function tolerationText({ key = '', value = '', effect = '', operator, tolerationSeconds }: Toleration): string {
  let text = key;
  if (value !== '') text += `=${value}`;
  if (effect !== '') text += `:${effect}`;
  if (operator === 'Exists' && value === '') text += text === '' ? 'op=Exists' : ' op=Exists';
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
}

/** Writes topology spread constraints by topology key, if there are any. */
export function writeTopologySpreadConstraints(
  w: PrefixWriter,
  space: string,
  constraints: readonly TopologySpreadConstraint[] = [],
): void {
  if (constraints.length === 0) return;
  const sorted = [...constraints];
  goSort(sorted, (a, b) => a.topologyKey < b.topologyKey);
  w.write(0, `${space}Topology Spread Constraints:\t`);
  sorted.forEach(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }, i) => {
    const selector = labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : '';
    const text = `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}\n`;
    w.write(0, i === 0 ? text : `${space}\t${text}`);
  });
}

/** Returns `Terminating (lasts 5s)` or the phase. */
export function terminatingText(deletionTimestamp: string, nowMs: number): string {
  return `Terminating (lasts ${translateTimestampSince(deletionTimestamp, nowMs)})`;
}

/**
 * Returns a time as 'Mon, 23 Nov 2026 05:50:07 +0000', in the time zone of the reader; the year 1 when there is none.
 * Upstream: Go time.RFC1123Z.
 */
export function timeText(time: string | null | undefined, { utcOffsetMinutes }: DescribeContext): string {
  const ms = parseTime(time ?? undefined);
  if (ms === undefined) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const offset = utcOffsetMinutes?.(ms) ?? 0;
  const local = new Date(ms + offset * 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${DAYS[local.getUTCDay()]}, ${two(local.getUTCDate())} ${MONTHS[local.getUTCMonth()]}`;
  const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  const minutes = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}${two(Math.trunc(minutes) % 60)}`;
  return `${day} ${String(local.getUTCFullYear()).padStart(4, '0')} ${clock} ${zone}`;
}

/** Returns True or False, as a person reads it. */
export function boolText(value: boolean | undefined): string {
  return value ? 'True' : 'False';
}

/** Returns a host and a port, the host in brackets when it has a colon. Upstream: Go net.JoinHostPort. */
export function joinHostPort(host: string, port: string | number): string {
  return host.includes(':') || host.includes('%') ? `[${host}]:${port}` : `${host}:${port}`;
}
