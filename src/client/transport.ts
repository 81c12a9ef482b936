// How a client reaches an API server: a function call (in process) or HTTPS. The cli sees only this.
// Called by: client/rest.ts. Implemented by main.ts (in process) and client/http.ts. Must not know: kinds.
import type { ApiRequest, ApiResponse, PortConnection, StreamIO, WatchEvent } from '../apiserver/types.ts';
import type { Status } from '../machinery/status.ts';

export type { ApiRequest, ApiResponse, StreamIO, WatchEvent, PortConnection };

export interface RequestManner {
  /** The answer is taken as it comes, so a connection that breaks is not tried again. Default: reads are. */
  isStream?: boolean;
}

export interface Transport {
  /** One exchange. Refusals come as a response with a Status body, not as an exception. @throws Error when the server cannot be reached. */
  request(request: ApiRequest, manner?: RequestManner): Promise<ApiResponse>;
  /** Events until the server ends the watch (timeoutSeconds, an error) or the signal fires. Refusals throw StatusError. */
  watch(request: ApiRequest, signal?: AbortSignal): AsyncIterable<WatchEvent>;
  /** exec, attach, log -f: runs until the far side ends. */
  stream(request: ApiRequest, io: StreamIO): Promise<Status>;
  /** pods/portforward: opens one connection to a port. */
  openPort(request: ApiRequest, port: number): Promise<PortConnection>;
}
