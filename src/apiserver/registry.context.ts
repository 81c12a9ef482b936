// What the parts of the registry share: the store with time and chance, the options of a write, the admission chain.
// Called by: registry and its parts. Must not know: HTTP, any kind's inside.
import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import { groupVersionString, type KubeObject, type ObjectKey, type ObjectMeta } from '../machinery/types.ts';
import type { ResourceDefinition, Strategy, StrategyContext } from '../resources/definition.ts';
import type { Store } from '../storage/types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';
import type { UserInfo } from './user.ts';

/** What comes with every write. */
export interface WriteOptions {
  isDryRun?: boolean;
  user?: UserInfo;
  /** Who writes, in managedFields; without it they stay as they are. */
  fieldManager?: string;
  /** The version in which the request came, 'apps/v1'; default the hub's. */
  apiVersion?: string;
  /** True for a component's write of a status and nothing else: whose fields they are is worked out when somebody asks. */
  isStatusOnly?: boolean;
  /** True when the object brings its managers along: server-side apply has worked them out. */
  isApplied?: boolean;
  /** Takes the texts of `Warning:` headers. */
  warn?(text: string): void;
}

/** What the registry's parts share. */
export interface RegistryContext extends StrategyContext {
  store: Store;
  clock: Clock;
  random: Random;
  admission(): readonly AdmissionPlugin[];
}

/** Metadata as the server may write it: clients' types mark the system's fields as read-only. */
export type WritableMeta = { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] };

/** Returns the object's own metadata, to be written. */
export function writableMeta({ metadata }: KubeObject): WritableMeta {
  return metadata as WritableMeta;
}

/** Returns the store's key: cluster-scoped kinds have no namespace whatever the request says. */
export function keyFor(definition: ResourceDefinition, { namespace, name }: ObjectKey): ObjectKey {
  return definition.namespaced ? { namespace, name } : { name };
}

/** Runs the mutating half of the chain. */
export function admit(context: RegistryContext, attributes: AdmissionAttributes): void {
  for (const plugin of context.admission()) plugin.admit?.(attributes, context);
}

/** Runs the validating half of the chain. */
export function validateAdmission(context: RegistryContext, attributes: AdmissionAttributes): void {
  for (const plugin of context.admission()) plugin.validate?.(attributes, context);
}

/** Returns the hooks for a write in a version; default the hub's. */
export function strategyFor(definition: ResourceDefinition, { apiVersion }: WriteOptions): Strategy<KubeObject> {
  const { custom, versions, strategy } = definition;
  if (!custom || apiVersion === undefined) return strategy;
  return versions?.find(({ gvr }) => groupVersionString(gvr) === apiVersion)?.strategy ?? strategy;
}

/** Returns a stored object as its kind has it today: the schemas of custom resources change. Shared. */
export function readStored({ custom }: ResourceDefinition, stored: KubeObject): KubeObject {
  return custom ? custom.fromStorage(stored) : stored;
}
