// What `kubectl describe networkpolicy` says.
// Called by: networkpolicy.ts. Must not know: HTTP, storage.
import type { NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import { parseTime } from '../machinery/clock.ts';
import { formatLabelSelector } from '../machinery/selectors.ts';
import { writeLabelsAndAnnotations } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { type PrefixWriter, tabbed } from './describe.writer.ts';
import type { NetworkPolicy } from './networkpolicy.ts';

const INDENT = '    ';
/** In two pieces, lest it be taken for a type. */
const ANY = ['<', 'any>'].join('');

/** The words of the two directions. */
interface Direction {
  /** 'ingress', 'egress'. */
  name: string;
  /** 'From', 'To'. */
  peers: string;
  /** 'source', 'destination'. */
  end: string;
}
interface Rule {
  ports: readonly NetworkPolicyPort[];
  peers: readonly NetworkPolicyPeer[];
}

/** Upstream: NetworkPolicyDescriber.Describe, describeNetworkPolicy. It tells no events. */
export async function describeNetworkPolicy(policy: NetworkPolicy, context: DescribeContext): Promise<string> {
  const { metadata, spec } = policy;
  const { policyTypes = [], ingress = [], egress = [] } = spec;
  return tabbed((w) => {
    w.field(0, 'Name', metadata.name);
    w.field(0, 'Namespace', metadata.namespace);
    w.field(0, 'Created on', goTimeText(metadata.creationTimestamp, context));
    writeLabelsAndAnnotations(w, metadata);
    w.write(0, 'Spec:\n');
    w.write(1, 'PodSelector: ');
    const selector = formatLabelSelector(spec.podSelector);
    const everything = '<none> (Allowing the specific traffic to all pods in this namespace)';
    w.write(2, `${selector === '<none>' ? everything : selector}\n`);
    const incoming = ingress.map(({ ports = [], from = [] }) => ({ ports, peers: from }));
    const outgoing = egress.map(({ ports = [], to = [] }) => ({ ports, peers: to }));
    writeDirection(w, policyTypes.includes('Ingress'), incoming, { name: 'ingress', peers: 'From', end: 'source' });
    writeDirection(w, policyTypes.includes('Egress'), outgoing, { name: 'egress', peers: 'To', end: 'destination' });
    w.write(1, `Policy Types: ${policyTypes.join(', ') || '<none>'}\n`);
  });
}

/** Returns a time as Go prints one that nobody formatted: '2026-11-23 05:50:07 +0000 UTC'. */
function goTimeText(time: string | undefined, { utcOffsetMinutes }: DescribeContext): string {
  const ms = parseTime(time);
  if (ms === undefined) return '0001-01-01 00:00:00 +0000 UTC';
  const offset = utcOffsetMinutes?.(ms) ?? 0;
  const local = new Date(ms + offset * 60_000).toISOString();
  const minutes = Math.abs(offset);
  const two = (value: number): string => String(value).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}${two(minutes % 60)}`;
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${zone} ${offset === 0 ? 'UTC' : zone}`;
}

function writeDirection(w: PrefixWriter, isAffected: boolean, rules: readonly Rule[], words: Direction): void {
  if (!isAffected) {
    w.write(1, `Not affecting ${words.name} traffic\n`);
    return;
  }
  w.write(1, `Allowing ${words.name} traffic:\n`);
  if (rules.length === 0) w.write(0, `${INDENT}<none> (Selected pods are isolated for ${words.name} connectivity)\n`);
  rules.forEach(({ ports, peers }, i) => {
    if (ports.length === 0) w.write(0, `${INDENT}To Port: ${ANY} (traffic allowed to all ports)\n`);
    for (const { port, endPort, protocol = 'TCP' } of ports) {
      // A rule may leave the port out; Go then prints its nil.
      const text = port ?? '<nil>';
      if (endPort === undefined) w.write(0, `${INDENT}To Port: ${text}/${protocol}\n`);
      else w.write(0, `${INDENT}To Port Range: ${text}-${endPort}/${protocol}\n`);
    }
    if (peers.length === 0) w.write(0, `${INDENT}${words.peers}: ${ANY} (traffic not restricted by ${words.end})\n`);
    for (const peer of peers) writePeer(w, peer, words);
    if (i < rules.length - 1) w.write(0, `${INDENT}----------\n`);
  });
}

function writePeer(
  w: PrefixWriter,
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  { peers }: Direction,
): void {
  w.write(0, `${INDENT}${peers}:\n`);
  if (namespaceSelector) w.write(1, `${INDENT}NamespaceSelector: ${formatLabelSelector(namespaceSelector)}\n`);
  if (podSelector) w.write(1, `${INDENT}PodSelector: ${formatLabelSelector(podSelector)}\n`);
  if (namespaceSelector ?? podSelector) return;
  if (!ipBlock) return;
  w.write(1, `${INDENT}IPBlock:\n`);
  w.write(2, `${INDENT}CIDR: ${ipBlock.cidr}\n`);
  w.write(2, `${INDENT}Except: ${(ipBlock.except ?? []).join(', ')}\n`);
}
