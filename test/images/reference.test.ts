import { describe, expect, it } from '@jest/globals';
import { findImage } from '../../src/images/index.ts';
import { formatReference, parseReference } from '../../src/images/reference.ts';
import { pullError } from '../../src/images/registry.ts';

const digest = `sha256:${'0'.repeat(64)}`;

describe('references', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.25', 'docker.io/library/nginx:1.25'],
    ['library/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['acme/shop:v1', 'docker.io/acme/shop:v1'],
    ['gcr.io/kuar-demo/kuard-amd64:1', 'gcr.io/kuar-demo/kuard-amd64:1'],
    ['localhost/x', 'localhost/x:latest'],
    ['registry.example.com:5000/team/press', 'registry.example.com:5000/team/press:latest'],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    [`nginx:1@${digest}`, `docker.io/library/nginx:1@${digest}`],
    ['a__b.c--d', 'docker.io/library/a__b.c--d:latest'],
  ])('%s is %s', (text, full) => {
    expect(formatReference(parseReference(text))).toBe(full);
  });

  it.each([
    ['', 'invalid reference format'],
    ['nginx:', 'invalid reference format'],
    ['nginx:a b', 'invalid reference format'],
    ['-nginx', 'invalid reference format'],
    ['a//b', 'invalid reference format'],
    ['nginx@sha256:12', 'invalid reference format'],
    ['Nginx', 'invalid reference format: repository name (library/Nginx) must be lowercase'],
    ['gcr.io/Acme/x', 'invalid reference format: repository name (Acme/x) must be lowercase'],
    ['a'.repeat(64), `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`],
  ])('%j is refused', (text, message) => {
    expect(() => parseReference(text)).toThrow(message);
  });
});

describe('pulling', () => {
  const errorOf = (text: string): string | undefined => {
    const reference = parseReference(text);
    return pullError(reference, findImage(reference));
  };

  it.each([
    'nginx',
    'nginx:1.7.9',
    'nginx:1.27-alpine',
    'nginx:stable',
    'busybox:1.36',
    'redis:7',
    'postgres:16-alpine',
    'gcr.io/kuar-demo/kuard-amd64:blue',
    'fluent/fluentd:v1.16',
    'quay.io/anyone/anything:x',
    'acme/ink',
    'eu.gcr.io/a/b',
    'registry.k8s.io/pause:3.10',
    `nginx@${digest}`,
  ])('%s succeeds', (text) => {
    expect(errorOf(text)).toBeUndefined();
  });

  it.each([
    ['nginx:1.161', /: not found$/],
    ['gcr.io/kuar-demo/kuard-amd64:9', /: not found$/],
    ['grc.io/a/b', /: dial tcp: lookup grc.io on 192.168.49.1:53: no such host$/],
    ['localhost:5000/x', /: dial tcp 127.0.0.1:5000: connect: connection refused$/],
    ['10.0.0.9:5000/x', /: dial tcp 10.0.0.9:5000: i\/o timeout$/],
  ])('%s fails', (text, error) => {
    expect(errorOf(text)).toMatch(error);
  });
});
