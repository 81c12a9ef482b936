// FlowSchema and PriorityLevelConfiguration: how a server shares itself among its clients.
// Called by: resources/index.ts. Must not know: HTTP, storage. They are kept and shown; this server serves everybody at once.
import { Path, invalid } from '../machinery/field.ts';
import { semanticEqual } from '../machinery/metavalidation.ts';
import type { KubeObject } from '../machinery/types.ts';
import { ageCell, ageColumn, nameColumn, textColumn } from './columns.ts';
import { defineResource } from './definition.ts';
import { raiseGeneration, startGeneration } from './strategy.ts';

type WithStatus = KubeObject & { spec: object; status: { conditions?: { type: string; status: string }[] } };
type FlowSchema = WithStatus & {
  spec: {
    priorityLevelConfiguration?: { name?: string };
    matchingPrecedence?: number;
    distinguisherMethod?: { type?: string };
  };
};
type PriorityLevel = WithStatus & {
  spec: {
    type?: string;
    limited?: {
      nominalConcurrencyShares?: number;
      lendablePercent?: number;
      limitResponse?: { type?: string; queuing?: { queues?: number; handSize?: number; queueLengthLimit?: number } };
    };
    exempt?: { nominalConcurrencyShares?: number; lendablePercent?: number };
  };
};

const GROUP = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1' };
const PRECEDENCE = Path.of('spec', 'matchingPrecedence');

const strategy = {
  prepareForCreate(object: WithStatus): void {
    object.status = {};
    startGeneration(object);
  },
  prepareForUpdate(object: WithStatus, old: WithStatus): void {
    object.status = old.status;
    raiseGeneration(object, old, !semanticEqual(object.spec, old.spec));
  },
};

export const flowSchema = defineResource<FlowSchema>({
  gvr: { ...GROUP, resource: 'flowschemas' },
  kind: 'FlowSchema',
  singular: 'flowschema',
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.api.flowcontrol.v1.FlowSchema',
  setDefaults({ spec }) {
    spec.matchingPrecedence ||= 1000;
  },
  strategy: {
    ...strategy,
    validate({ spec: { matchingPrecedence = 1000 } }) {
      if (matchingPrecedence > 0 && matchingPrecedence <= 10_000) return [];
      return [invalid(PRECEDENCE, matchingPrecedence, 'must be between 1 and 10000 (inclusive)')];
    },
  },
  table: {
    columns: [
      nameColumn,
      textColumn('PriorityLevel'),
      textColumn('MatchingPrecedence'),
      textColumn('DistinguisherMethod'),
      ageColumn,
      textColumn('MissingPL'),
    ],
    row: (object, nowMs) => [
      object.metadata.name,
      object.spec.priorityLevelConfiguration?.name ?? '',
      object.spec.matchingPrecedence ?? 0,
      object.spec.distinguisherMethod?.type ?? '<none>',
      ageCell(object, nowMs),
      object.status.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ],
  },
});

export const priorityLevelConfiguration = defineResource<PriorityLevel>({
  gvr: { ...GROUP, resource: 'prioritylevelconfigurations' },
  kind: 'PriorityLevelConfiguration',
  singular: 'prioritylevelconfiguration',
  namespaced: false,
  subresources: ['status'],
  schema: 'io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration',
  setDefaults({ spec: { limited, exempt } }) {
    if (exempt) {
      exempt.nominalConcurrencyShares ??= 0;
      exempt.lendablePercent ??= 0;
    }
    if (!limited) return;
    limited.nominalConcurrencyShares ??= 30;
    limited.lendablePercent ??= 0;
    const { queuing } = limited.limitResponse ?? {};
    if (!queuing) return;
    queuing.handSize ||= 8;
    queuing.queues ||= 64;
    queuing.queueLengthLimit ||= 50;
  },
  strategy,
  table: {
    columns: [
      nameColumn,
      textColumn('Type'),
      textColumn('NominalConcurrencyShares'),
      textColumn('Queues'),
      textColumn('HandSize'),
      textColumn('QueueLengthLimit'),
      ageColumn,
    ],
    row(object, nowMs) {
      const { type = '', limited } = object.spec;
      const { queues, handSize, queueLengthLimit } = limited?.limitResponse?.queuing ?? {};
      const cells = [limited?.nominalConcurrencyShares, queues, handSize, queueLengthLimit];
      return [object.metadata.name, type, ...cells.map((cell) => cell ?? '<none>'), ageCell(object, nowMs)];
    },
  },
});
