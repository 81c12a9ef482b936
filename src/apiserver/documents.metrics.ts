// /metrics: what this process counts and measures, in Prometheus' text format.
// Called by: documents.ts. Must not know: who counts. Upstream: component-base metrics; prometheus/common expfmt.
import { newMethodNotAllowed } from '../machinery/status.ts';
import { groupResourceString } from '../machinery/types.ts';
import type { Store } from '../storage/types.ts';
import type { Labels, RequestCounts } from './requestcounts.ts';
import type { Scheme } from './scheme.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

export interface MetricsOptions {
  counts: RequestCounts;
  scheme: Scheme;
  store: Store;
  /** The body of /version. */
  build: Readonly<Record<string, string>>;
}

interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  samples: { labels?: Labels; value: number }[];
}

/** GET /metrics. @throws StatusError MethodNotAllowed. */
export function metricsDocument({ method }: ApiRequest, options: MetricsOptions): ApiResponse {
  if (method !== 'GET') throw newMethodNotAllowed();
  const families = [requests(options), objects(options), buildInfo(options), ...processFamilies()];
  families.sort((a, b) => (a.name < b.name ? -1 : 1));
  const text = families.filter(({ samples }) => samples.length > 0).map(familyText);
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
  return { status: 200, headers, warnings: [], text: text.join('') };
}

function requests({ counts }: MetricsOptions): Family {
  return {
    name: 'apiserver_request_total',
    help:
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, ' +
      'component, and HTTP response code.',
    type: 'counter',
    samples: counts.entries().map(({ labels, count }) => ({ labels, value: count })),
  };
}

/** Of kinds that are stored; those with versions of the same name are one. */
function objects({ scheme, store }: MetricsOptions): Family {
  const resources = new Set<string>();
  for (const group of scheme.groups())
    for (const version of scheme.versions(group))
      for (const { definition } of scheme.resources(group, version))
        if (!definition.isReview && !definition.virtual) resources.add(groupResourceString(definition.gvr));
  return {
    name: 'apiserver_storage_objects',
    help: '[STABLE] Number of stored objects at the time of last check split by kind.',
    type: 'gauge',
    samples: [...resources].sort().map((resource) => ({ labels: { resource }, value: store.count(resource) })),
  };
}

function buildInfo({ build }: MetricsOptions): Family {
  const labels: Record<string, string> = {};
  const names = [
    ['build_date', 'buildDate'],
    ['compiler', 'compiler'],
    ['git_commit', 'gitCommit'],
    ['git_tree_state', 'gitTreeState'],
    ['git_version', 'gitVersion'],
    ['go_version', 'goVersion'],
    ['major', 'major'],
    ['minor', 'minor'],
    ['platform', 'platform'],
  ] as const;
  for (const [label, field] of names) labels[label] = build[field] ?? '';
  return {
    name: 'kubernetes_build_info',
    help:
      "[ALPHA] A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build " +
      'date, Go version, and compiler from which Kubernetes was built, and platform on which it is running.',
    type: 'gauge',
    samples: [{ labels, value: 1 }],
  };
}

/** Upstream: prometheus/client_golang process collector. */
function processFamilies(): Family[] {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const one = (name: string, help: string, type: Family['type'], value: number): Family => ({
    name: `process_${name}`,
    help,
    type,
    samples: [{ value }],
  });
  return [
    one(
      'cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      'counter',
      (userCPUTime + systemCPUTime) / 1_000_000,
    ),
    one('resident_memory_bytes', 'Resident memory size in bytes.', 'gauge', process.memoryUsage.rss()),
    one(
      'start_time_seconds',
      'Start time of the process since unix epoch in seconds.',
      'gauge',
      Math.round(performance.timeOrigin / 10) / 100,
    ),
  ];
}

function familyText({ name, help, type, samples }: Family): string {
  const lines = samples.map(({ labels = {}, value }) => `${name}${labelsText(labels)} ${numberText(value)}`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function labelsText(labels: Labels): string {
  const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** As Go's shortest float: large numbers have an exponent. */
function numberText(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e21 || (Number.isInteger(value) && Math.abs(value) >= 1e6))) {
    const [digits = '', exponent = ''] = value.toExponential().split('e+');
    return `${digits}e+${exponent.padStart(2, '0')}`;
  }
  return String(value);
}
