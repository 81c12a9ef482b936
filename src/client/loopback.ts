// The controllers' client, under the name by which they know it. The API server, which implements it, declares it.
// Called by: controllers, kubelet, network. Must not know: HTTP.
export type { InternalStore, LoopbackClient } from '../apiserver/loopbackclient.ts';
