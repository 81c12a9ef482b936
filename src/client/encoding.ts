// Bodies as a server writes them, for those who pass its answers on.
// Called by: cli/proxyhandler.ts. Must not know: kinds.
export { encodeBody } from '../apiserver/encoding.ts';
