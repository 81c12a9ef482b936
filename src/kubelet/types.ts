// The node side of the API server's pod subresources, under the names by which the kubelet knows them.
// Called by: kubelet, sim. Must not know: HTTP.
export type { ExecOptions, LogOptions, NodeConnector } from '../apiserver/connector.ts';
