// Deployment as extensions/v1beta1 served it: defaults of its own, the same fields.
// Called by: deployment.ts. Must not know: HTTP, storage.
import type { Deployment } from './deployment.ts';
import type { ServedVersion } from './definition.ts';
import { extensionsVersion, setSelectorFromTemplate } from './extensions.ts';
import { setPodTemplateDefaults } from './podtemplate.ts';

/** No limit: what revisionHistoryLimit and progressDeadlineSeconds meant when they were left out. */
const UNLIMITED = 2147483647;

export const deploymentV1beta1: ServedVersion<Deployment> = extensionsVersion<Deployment>({
  resource: 'deployments',
  kind: 'Deployment',
  warning: 'extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; use apps/v1 Deployment',
  hub: 'apps/v1',
  subresources: ['status', 'scale'],
  setDefaults(object) {
    setPodTemplateDefaults(object);
    setSelectorFromTemplate(object);
    const { spec } = object;
    spec.replicas ??= 1;
    spec.strategy ??= {};
    spec.strategy.type ||= 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate' || spec.strategy.rollingUpdate) {
      spec.strategy.rollingUpdate ??= {};
      spec.strategy.rollingUpdate.maxUnavailable ??= 1;
      spec.strategy.rollingUpdate.maxSurge ??= 1;
    }
    spec.progressDeadlineSeconds ??= UNLIMITED;
    spec.revisionHistoryLimit ??= UNLIMITED;
  },
});
