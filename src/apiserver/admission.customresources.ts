// Nothing new of a kind whose CustomResourceDefinition is going.
// Called by: the chain in admission.ts. Must not know: the controller that deletes what there is.
import { newForbidden } from '../machinery/status.ts';
import type { AdmissionPlugin } from './admission.ts';

/** Upstream: apiextensions-apiserver pkg/apiserver/customresource_handler.go forbidCreateAdmission. */
export const terminatingCustomResources: AdmissionPlugin = {
  name: 'TerminatingCustomResources',
  admit({ operation, definition, name }) {
    if (operation === 'CREATE' && definition.custom?.isTerminating)
      throw newForbidden(definition.gvr, name, 'create not allowed while custom resource definition is terminating');
  },
};
