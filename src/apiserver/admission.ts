// Admission: what may change or refuse a write between decoding and the store. Its shapes.
// Called by: the plugins (admission.<plugin>.ts), admission.plugins.ts, registry. Must not know: HTTP.
import { newForbidden, type StatusError } from '../machinery/status.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition, StrategyContext } from '../resources/definition.ts';
import type { Store } from '../storage/types.ts';
import type { UserInfo } from './user.ts';

export interface AdmissionAttributes {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  definition: ResourceDefinition;
  subresource: string;
  namespace: string;
  /** '' while a generated name is not known yet. */
  name: string;
  /** The new state; plugins may change it in admit. Absent for DELETE. */
  object?: KubeObject;
  old?: KubeObject;
  isDryRun: boolean;
  user?: UserInfo;
  warn(text: string): void;
  /** Stands for the instant of the write in what is drawn by chance. */
  revision: number;
}

/** What plugins have: what hooks may read, and the store for what they keep count of. */
export interface AdmissionContext extends StrategyContext {
  store: Store;
}

export interface AdmissionPlugin {
  name: string;
  /** May change `attributes.object`. @throws StatusError to refuse. */
  admit?(attributes: AdmissionAttributes, context: StrategyContext): void;
  /** Sees the final object, must not change it; may write others. @throws StatusError to refuse. */
  validate?(attributes: AdmissionAttributes, context: AdmissionContext): void;
}

/** Returns a Forbidden for the object of the attributes. Upstream: apiserver pkg/admission/errors.go NewForbidden. */
export function newAdmissionForbidden(attributes: AdmissionAttributes, why: string): StatusError {
  const { definition, object } = attributes;
  const name = attributes.name || object?.metadata.name || object?.metadata.generateName || 'Unknown!';
  return newForbidden(definition.gvr, name, why);
}

/** True for the kind itself (not a subresource of it) named by GroupResource text. */
export function isFor({ definition, subresource }: AdmissionAttributes, group: string, resource: string): boolean {
  return subresource === '' && definition.gvr.resource === resource && definition.gvr.group === group;
}
