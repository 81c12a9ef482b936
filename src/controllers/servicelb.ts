// Gives Services of type LoadBalancer an address, where the cluster's settings have something that does.
// Called by: controllers/manager.ts through the index. Must not know: endpoints, routing.
import { clone, deepEqual, isDeleting, parseKey } from '../machinery/meta.ts';
import type { Random } from '../machinery/random.ts';
import { service as serviceResource, type Service } from '../resources/service.ts';
import type { Controller, ControllerContext } from './controller.ts';
import { self } from './enqueue.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';

/** Upstream: cloud-provider controllers/service/controller.go. */
export const serviceLBController: Controller = {
  name: 'service-controller',
  watches: [{ definition: serviceResource, enqueue: self }],
  reconcile(context, key) {
    const service = context.client.get(serviceResource, parseKey(key));
    if (!service) return;
    const isWanted = service.spec.type === 'LoadBalancer' && !isDeleting(service) && !service.spec.loadBalancerClass;
    const isOurs = service.metadata.finalizers?.includes(FINALIZER) ?? false;
    if (isWanted && context.settings.loadBalancer === 'cloud') ensure(context, service, isOurs);
    else if (isOurs && !isWanted) remove(context, service);
  },
};

/** Returns an address of a range that documentation reserves: nothing out there has it. */
function addressOf(random: Random, service: Service): string {
  const { loadBalancerIP } = service.spec;
  return loadBalancerIP || `203.0.113.${random.int('load-balancer', service.metadata.uid ?? '', 254) + 1}`;
}

function ensure({ client, random, recorder }: ControllerContext, service: Service, isOurs: boolean): void {
  const ingress = [{ ip: addressOf(random, service), ipMode: 'VIP' }];
  if (isOurs && deepEqual(service.status.loadBalancer?.ingress, ingress)) return;
  recorder.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  const changed = clone(service);
  changed.metadata.finalizers = [...new Set([...(changed.metadata.finalizers ?? []), FINALIZER])];
  const stored = clone(client.update(serviceResource, changed));
  stored.status = { ...stored.status, loadBalancer: { ingress } };
  client.updateStatus(serviceResource, stored);
  recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
}

function remove({ client, recorder }: ControllerContext, service: Service): void {
  recorder.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
  const emptied = clone(service);
  emptied.status = { ...emptied.status, loadBalancer: {} };
  const changed = clone(client.updateStatus(serviceResource, emptied));
  const finalizers = changed.metadata.finalizers?.filter((finalizer) => finalizer !== FINALIZER) ?? [];
  if (finalizers.length > 0) changed.metadata.finalizers = finalizers;
  else delete changed.metadata.finalizers;
  client.update(serviceResource, changed);
  recorder.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
}
