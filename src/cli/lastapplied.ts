// The annotation that remembers what was applied last.
// Called by: commands apply, create, replace, edit, set, expose … Must not know: commands. Upstream: kubectl pkg/util/apply.go.
import { marshalJson } from '../machinery/gofmt.ts';
import { clone } from '../machinery/meta.ts';
import type { Unstructured } from '../machinery/types.ts';

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Returns the configuration that the annotation holds; undefined without one. */
export function originalConfiguration(object: Unstructured): string | undefined {
  return object.metadata?.annotations?.[LAST_APPLIED];
}

/** Returns what the annotation of this object would hold: the object without the annotation, and a newline. */
export function configurationText(object: Unstructured): string {
  const copy = clone(object);
  const annotations = { ...copy.metadata?.annotations };
  delete annotations[LAST_APPLIED];
  return `${marshalJson({ ...copy, metadata: { ...copy.metadata, annotations } })}\n`;
}

/** Returns a copy with the annotation telling the object itself. Upstream: util.CreateApplyAnnotation. */
export function withApplyAnnotation(object: Unstructured): Unstructured {
  return withAnnotation(object, configurationText(object));
}

/** Returns a copy with this text in the annotation. */
export function withAnnotation(object: Unstructured, text: string): Unstructured {
  const copy = clone(object);
  return {
    ...copy,
    metadata: { ...copy.metadata, annotations: { ...copy.metadata?.annotations, [LAST_APPLIED]: text } },
  };
}

/**
 * Returns the object with the annotation written when it is asked for, renewed when the object has one, else the object
 * itself. Upstream: util.CreateOrUpdateAnnotation.
 */
export function createOrUpdateAnnotation(isAsked: boolean, object: Unstructured): Unstructured {
  const hasOne = (originalConfiguration(object) ?? '') !== '';
  return isAsked || hasOne ? withApplyAnnotation(object) : object;
}
