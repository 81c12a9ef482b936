// The scheduler's plugins in the order in which they filter: the first that refuses a node gives the reason.
// Called by: scheduler/scheduler.ts. Must not know: what they do.
import type { SchedulerPlugin } from '../framework.ts';
import { balancedAllocation } from './balancedallocation.ts';
import { imageLocality } from './imagelocality.ts';
import { interPodAffinity } from './interpodaffinity.ts';
import { nodeAffinity } from './nodeaffinity.ts';
import { nodeName } from './nodename.ts';
import { nodePorts } from './nodeports.ts';
import { nodeResourcesFit } from './noderesourcesfit.ts';
import { nodeUnschedulable } from './nodeunschedulable.ts';
import { podTopologySpread } from './podtopologyspread.ts';
import { taintToleration } from './tainttoleration.ts';
import { volumeBinding } from './volumebinding.ts';

/** Upstream: kubernetes pkg/scheduler/apis/config/v1/default_plugins.go. */
export const schedulerPlugins: readonly SchedulerPlugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeBinding,
  podTopologySpread,
  interPodAffinity,
  balancedAllocation,
  imageLocality,
];
