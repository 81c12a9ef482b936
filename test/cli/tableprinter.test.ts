import { describe, expect, it } from '@jest/globals';
import { PrintedWatchEvent, type Printable } from '../../src/cli/printer.ts';
import { TablePrinter, type TablePrinterOptions } from '../../src/cli/tableprinter.ts';
import { getNewTabWriter } from '../../src/machinery/table.ts';
import type { Unstructured } from '../../src/machinery/types.ts';

const columnDefinitions = [
  { name: 'Name', type: 'string', format: 'name', priority: 0 },
  { name: 'Ready', type: 'string', priority: 0 },
  { name: 'IP', type: 'string', priority: 1 },
];

function tableOf(
  rows: { cells: unknown[]; object?: object }[],
  columns: object[] | undefined = columnDefinitions,
): Unstructured {
  const table = { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: {}, columnDefinitions: columns, rows };
  return table as unknown as Unstructured;
}

function row(name: string, ready: string, labels?: Record<string, string>) {
  const metadata = { name, namespace: 'default', ...(labels ? { labels } : {}) };
  return { cells: [name, ready, null], object: { kind: 'PartialObjectMetadata', metadata } };
}

function print(options: Partial<TablePrinterOptions>, ...objects: Printable[]): string {
  let text = '';
  const printer = new TablePrinter({ nowMs: () => Date.UTC(2026, 0, 2), ...options });
  const writer = getNewTabWriter({ write: (piece) => (text += piece) });
  for (const object of objects) printer.print(object, writer);
  writer.flush();
  return text;
}

const pods = tableOf([row('web-1', '1/1', { app: 'web', 'a/b': 'x' }), row('database', '0/1')]);

describe('TablePrinter', () => {
  it.each<[string, Partial<TablePrinterOptions>, string]>([
    ['plain', {}, 'NAME       READY\nweb-1      1/1\ndatabase   0/1\n'],
    ['wide', { wide: true }, 'NAME       READY   IP\nweb-1      1/1     \ndatabase   0/1     \n'],
    ['without headers', { noHeaders: true }, 'web-1      1/1\ndatabase   0/1\n'],
    [
      'with the namespace',
      { withNamespace: true },
      'NAMESPACE   NAME       READY\ndefault     web-1      1/1\ndefault     database   0/1\n',
    ],
    [
      'with the kind',
      { withKind: true, kind: { group: 'apps', kind: 'Deployment' } },
      'NAME                       READY\ndeployment.apps/web-1      1/1\ndeployment.apps/database   0/1\n',
    ],
    [
      'with labels',
      { columnLabels: ['app', 'a/b'], showLabels: true },
      'NAME       READY   APP   B     LABELS\nweb-1      1/1     web   x     a/b=x,app=web\ndatabase   0/1                 <none>\n',
    ],
  ])('prints a table %s', (_, options, expected) => {
    expect(print(options, pods)).toBe(expected);
  });

  it('prints nothing for a table without rows', () => {
    expect(print({}, tableOf([]))).toBe('');
  });

  it('prints headers once for tables of the same columns, and for those that bring none', () => {
    const more = tableOf([row('a', '1/1')]);
    const bare = tableOf([row('b', '1/1')]) as Unstructured & { columnDefinitions?: unknown };
    delete bare.columnDefinitions;
    expect(print({}, pods, more, bare)).toBe(
      'NAME       READY\nweb-1      1/1\ndatabase   0/1\na          1/1\nb          1/1\n',
    );
  });

  it('puts the type of an event in front', () => {
    const events = [
      new PrintedWatchEvent('ADDED', pods),
      new PrintedWatchEvent('DELETED', tableOf([row('web-1', '1/1')])),
    ];
    expect(print({}, ...events)).toBe(
      'EVENT      NAME       READY\nADDED      web-1      1/1\nADDED      database   0/1\nDELETED    web-1      1/1\n',
    );
  });

  it('shows one line of a cell, and what a terminal would obey', () => {
    const table = tableOf([{ cells: ['a\nb', 'x\u001b[31m', null] }, { cells: [7, true, null] }]);
    expect(print({}, table)).toBe('NAME   READY\na...   x^[[31m\n7      true\n');
  });

  it('prints name and age of what is no table', () => {
    const object = { kind: 'ConfigMap', metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } };
    const status = { kind: 'Status', status: 'Failure', reason: 'Expired', message: 'too old' };
    expect(print({}, object, { kind: 'List', items: [object, { metadata: { name: 'b' } }] }, status)).toBe(
      'NAME   AGE\na      24h\na      24h\nb      <unknown>\n\nSTATUS    REASON    MESSAGE\nFailure   Expired   too old\n',
    );
  });
});
