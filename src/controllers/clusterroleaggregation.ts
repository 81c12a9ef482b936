// ClusterRole aggregation: a ClusterRole with an aggregationRule has the rules of those that its selectors take.
// Called by: controllers/manager.ts through the index. Must not know: who is bound to what.
import { clone, deepEqual } from '../machinery/meta.ts';
import { labelSelectorAsSelector, matchesLabels } from '../machinery/selectors.ts';
import { clusterRole, type ClusterRole } from '../resources/clusterrole.ts';
import type { PolicyRule } from '../resources/role.ts';
import type { Controller, ControllerContext } from './controller.ts';

/** Upstream: kubernetes pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go. */
export const clusterRoleAggregationController: Controller = {
  name: 'clusterrole-aggregation-controller',
  fieldManager: 'clusterrole-aggregation-controller',
  watches: [
    {
      definition: clusterRole,
      // Any change may concern any of them: there are few.
      enqueue: (_, { client }) =>
        client
          .list(clusterRole)
          .filter(({ aggregationRule }) => aggregationRule)
          .map(({ metadata }) => metadata.name),
      resync: (object) => ((object as ClusterRole).aggregationRule ? [object.metadata.name] : []),
    },
  ],
  reconcile({ client }, name) {
    const found = client.get(clusterRole, { name });
    if (!found?.aggregationRule) return;
    const rules = aggregated(client, found);
    if (deepEqual(rules, found.rules ?? [])) return;
    client.update(clusterRole, { ...clone(found), rules });
  },
};

/** Returns the rules of the selected roles by name, each rule once. */
function aggregated(client: ControllerContext['client'], { aggregationRule, metadata }: ClusterRole): PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const labelSelector of aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = labelSelectorAsSelector(labelSelector);
    for (const role of client.list(clusterRole)) {
      if (role.metadata.name === metadata.name || !matchesLabels(selector, role.metadata.labels)) continue;
      for (const rule of role.rules ?? []) rules.set(keyOf(rule), rules.get(keyOf(rule)) ?? rule);
    }
  }
  return [...rules.values()];
}

/** Lists that are absent and empty ones mean the same. */
function keyOf({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  return JSON.stringify([verbs ?? [], apiGroups, resources, resourceNames, nonResourceURLs]);
}
