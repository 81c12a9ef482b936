// The credentials that lie with a cluster: kept, made anew, and whose they are.
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authoritySource } from '../../src/machinery/certificateauthority.ts';
import { Random } from '../../src/machinery/random.ts';
import { openCredentials, type Credentials } from '../../src/server/tls.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 24 * 3600 * 1000;
const source = (secret: string) => authoritySource(new Random('1'), secret);

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-pki-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

const open = (secret: string, { nowMs = NOW_MS, hosts = [] as string[] } = {}): Promise<Credentials> =>
  openCredentials({ directory, hosts, nowMs, authority: source(secret) });

function isSigned({ ca, client, server }: Credentials): boolean {
  const authority = new X509Certificate(ca);
  return [client, server].every(({ certificate }) => new X509Certificate(certificate).verify(authority.publicKey));
}

describe('credentials', () => {
  it('are kept', async () => {
    const made = await open('a');
    expect(isSigned(made)).toBe(true);
    expect(new X509Certificate(made.ca).serialNumber).toBe(source('a').serial);
    expect(await open('a')).toEqual(made);
  });

  it('of another cluster, which was reset, count no more; the token stays', async () => {
    const before = await open('a');
    const made = await open('b');
    expect(isSigned(made)).toBe(true);
    expect([made.ca === before.ca, made.client.certificate === before.client.certificate]).toEqual([false, false]);
    expect(made.token).toBe(before.token);
    expect((await open('a')).ca).toBe(before.ca);
  });

  it('are made anew before they end, and for further hosts; the authority stays', async () => {
    const before = await open('a');
    const later = await open('a', { nowMs: NOW_MS + 10 * YEAR_MS });
    expect([later.ca === before.ca, later.server.certificate === before.server.certificate]).toEqual([true, false]);
    const further = await open('a', { nowMs: NOW_MS + 10 * YEAR_MS, hosts: ['kube.example.com', '10.1.2.3'] });
    const { subjectAltName = '' } = new X509Certificate(further.server.certificate);
    expect(subjectAltName).toMatch(/DNS:kube\.example\.com.*IP Address:10\.1\.2\.3/);
    expect(further.client).toEqual(later.client);
  });
});
