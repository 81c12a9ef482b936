// By which names a server may be asked: a page of a foreign site must not reach it through the visitor's browser.
// Called by: http.ts, upgrades.ts. Must not know: requests' paths.
import type { IncomingHttpHeaders } from 'node:http';

/** Names by which programs inside and outside the cluster call the server. */
export const usualHosts: readonly string[] = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  '127.0.0.1',
  '::1',
  '10.96.0.1',
];

/** Returns whether an address is this machine's own only. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/** Returns the function that tells what of a request is foreign, undefined for nothing. Hosts may come with any port. */
export function createHostCheck(more: readonly string[]): (headers: IncomingHttpHeaders) => string | undefined {
  const hosts = new Set([...usualHosts, ...more]);
  // An address that stands for all of the machine's: then any address of it is right, but no name.
  const takesAddresses = hosts.has('0.0.0.0') || hosts.has('::');
  const isOwn = (text: string): boolean => {
    const host = hostOf(text);
    if (hosts.has(host)) return true;
    return takesAddresses && process.getBuiltinModule('node:net').isIP(host) !== 0;
  };
  return ({ host, origin }) => {
    if (host === undefined || !isOwn(host)) return `host ${JSON.stringify(host ?? '')} is not this server`;
    // Browsers name the page that asks; programs have none.
    const isForeign = origin !== undefined && !isOwn(origin.replace(/^https?:\/\//, ''));
    return isForeign ? `pages of ${JSON.stringify(origin)} may not ask this server` : undefined;
  };
}

/** 'LOCALHOST:6443' → 'localhost', '[::1]:6443' → '::1'. */
function hostOf(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  return (bracketed ?? text.replace(/:\d*$/, '')).toLowerCase();
}
