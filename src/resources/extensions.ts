// The group extensions/v1beta1, in which old manifests still write workloads and Ingresses.
// Called by: the kinds that were served there. Must not know: any of them.
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { clone } from '../machinery/meta.ts';
import type { KubeObject } from '../machinery/types.ts';
import type { ServedVersion, Subresource } from './definition.ts';

interface ExtensionsVersion<T extends KubeObject> {
  resource: string;
  kind: string;
  warning: string;
  /** apiVersion of the stored form. */
  hub: string;
  subresources?: readonly Subresource[];
  schema?: string;
  setDefaults(object: T): void;
  /** Changes the fields that differ, from this version's form to the stored one. Changes its argument. */
  toHub?(object: KubeObject): void;
  /** The way back. Changes its argument. */
  fromHub?(object: KubeObject): void;
}

/** Returns the legacy version of a kind, given what it has of its own. */
export function extensionsVersion<T extends KubeObject>(options: ExtensionsVersion<T>): ServedVersion<T> {
  const { resource, kind, warning, hub, subresources, schema, setDefaults, toHub, fromHub } = options;
  return {
    gvr: { group: 'extensions', version: 'v1beta1', resource },
    kind,
    warning,
    isLegacy: true,
    ...(schema === undefined ? {} : { schema }),
    ...(subresources ? { subresources } : {}),
    // The two forms differ in their apiVersion and in what toHub converts; defaults look at neither.
    setDefaults: (object) => setDefaults(object as T),
    toHub(object) {
      toHub?.(object);
      object.apiVersion = hub;
      return object as T;
    },
    fromHub(object) {
      const copy: KubeObject = clone<KubeObject>(object);
      copy.apiVersion = 'extensions/v1beta1';
      fromHub?.(copy);
      return copy;
    },
  };
}

interface Workload extends KubeObject {
  spec: { template?: PodTemplateSpec; selector?: LabelSelector };
}

/** Takes selector and labels from the template's labels where they are absent. Changes its argument. */
export function setSelectorFromTemplate(workload: Workload): void {
  const labels = workload.spec.template?.metadata?.labels;
  if (!labels) return;
  workload.spec.selector ??= { matchLabels: { ...labels } };
  if (Object.keys(workload.metadata.labels ?? {}).length === 0) workload.metadata.labels = { ...labels };
}
