// The ordered index of controllers: at one instant they work in this order, round after round, until all are at rest.
// Called by: sim/cluster.ts. Must not know: what any of them does.
import type { Controller } from './controller.ts';
import { deploymentController } from './deployment.ts';
import { replicaSetController } from './replicaset.ts';
import { schedulerController } from './scheduler/scheduler.ts';

export const controllers: readonly Controller[] = [deploymentController, replicaSetController, schedulerController];
