// A pod template as `rollout history` and `rollout undo --dry-run` show it.
// Called by: commands/rollout/revisions.ts. Upstream: kubectl pkg/describe/describe.go DescribePodTemplate.
import type { Container, PodTemplateSpec } from 'kubernetes-types/core/v1';

/** Returns the lines of the template, indented by blanks, with tabs between names and values. */
export function podTemplateText(template: PodTemplateSpec): string {
  const { metadata = {}, spec } = template;
  const lines = ['Pod Template:', ...mapLines('  Labels:\t', metadata.labels)];
  if (Object.keys(metadata.annotations ?? {}).length > 0)
    lines.push(...mapLines('  Annotations:\t', metadata.annotations, ': '));
  if (spec?.serviceAccountName) lines.push(`  Service Account:\t${spec.serviceAccountName}`);
  if (spec?.initContainers?.length) lines.push('  Init Containers:', ...spec.initContainers.flatMap(containerLines));
  lines.push('  Containers:', ...(spec?.containers ?? []).flatMap(containerLines));
  lines.push('  Volumes:\t<none>');
  lines.push(...mapLines('  Node-Selectors:\t', spec?.nodeSelector), '  Tolerations:\t<none>');
  return lines.map((line) => `${line}\n`).join('');
}

function mapLines(head: string, map: Record<string, string> | undefined, equals = '='): string[] {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return [`${head}<none>`];
  return entries.map(([key, value], i) => `${i === 0 ? head : '\t'}${key}${equals}${value}`);
}

function containerLines(container: Container): string[] {
  const ports = container.ports ?? [];
  const list = (values: string[], none: string) => (values.length === 0 ? none : values.join(', '));
  const env = (container.env ?? []).map((e) => `      ${e.name}:\t${e.value ?? ''}`);
  return [
    `   ${container.name}:`,
    `    Image:\t${container.image ?? ''}`,
    `    Port:\t${list(ports.map((p) => `${p.containerPort}/${p.protocol ?? 'TCP'}`), '<none>')}`,
    `    Host Port:\t${list(ports.map((p) => `${p.hostPort ?? 0}/${p.protocol ?? 'TCP'}`), '<none>')}`,
    ...(env.length === 0 ? ['    Environment:\t<none>'] : ['    Environment:', ...env]),
    '    Mounts:\t<none>',
  ];
}
