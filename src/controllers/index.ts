// The ordered index of controllers: at one instant they work in this order, round after round, until all are at rest.
// Called by: sim/cluster.ts. Must not know: what any of them does.
import type { Controller } from './controller.ts';
import { certificateCleaner } from './certificatecleaner.ts';
import { certificateSigningController } from './certificatesigning.ts';
import { cronJobController } from './cronjob.ts';
import { customResourceApprovalController } from './customresourceapproval.ts';
import { customResourceEstablishingController } from './customresourceestablishing.ts';
import { customResourceFinalizer } from './customresourcefinalizer.ts';
import { customResourceNamingController } from './customresourcenaming.ts';
import { clusterRoleAggregationController } from './clusterroleaggregation.ts';
import { daemonSetController } from './daemonset.ts';
import { deploymentController } from './deployment.ts';
import { disruptionController } from './disruption.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring.ts';
import { ephemeralVolumeController } from './ephemeralvolume.ts';
import { garbageCollector } from './garbagecollector.ts';
import { horizontalPodAutoscalerController } from './horizontalpodautoscaler.ts';
import { jobController } from './job.ts';
import { kubernetesServiceController } from './kubernetesservice.ts';
import { namespaceController } from './namespace.ts';
import { nodeLifecycleController } from './nodelifecycle.ts';
import { persistentVolumeController } from './persistentvolumes.ts';
import { podGCController } from './podgc.ts';
import { replicaSetController, replicationManager } from './replicaset.ts';
import { resourceQuotaController } from './resourcequota.ts';
import { schedulerController } from './scheduler/scheduler.ts';
import { rootCACertPublisher, serviceAccountController } from './serviceaccount.ts';
import { serviceLBController } from './servicelb.ts';
import { statefulSetController } from './statefulset.ts';
import { claimProtectionController, volumeProtectionController } from './storageprotection.ts';
import { storageProvisioner } from './storageprovisioner.ts';
import { taintEvictionController } from './tainteviction.ts';
import { ttlAfterFinishedController } from './ttlafterfinished.ts';

export const controllers: readonly Controller[] = [
  customResourceNamingController,
  customResourceEstablishingController,
  customResourceApprovalController,
  customResourceFinalizer,
  namespaceController,
  kubernetesServiceController,
  serviceAccountController,
  rootCACertPublisher,
  clusterRoleAggregationController,
  certificateSigningController,
  certificateCleaner,
  garbageCollector,
  nodeLifecycleController,
  taintEvictionController,
  podGCController,
  deploymentController,
  replicaSetController,
  replicationManager,
  daemonSetController,
  statefulSetController,
  cronJobController,
  jobController,
  ttlAfterFinishedController,
  horizontalPodAutoscalerController,
  disruptionController,
  resourceQuotaController,
  ephemeralVolumeController,
  persistentVolumeController,
  storageProvisioner,
  claimProtectionController,
  volumeProtectionController,
  schedulerController,
  endpointsController,
  endpointSliceController,
  endpointSliceMirroringController,
  serviceLBController,
];
