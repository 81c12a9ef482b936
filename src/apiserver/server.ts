// The API server as one function, with the loopback client for what runs inside.
// Called by: sim, server (sockets), tests, the library door. Must not know: sockets, controllers.
import type { Clock } from '../machinery/clock.ts';
import type { Random } from '../machinery/random.ts';
import type { LoopbackClient } from './loopbackclient.ts';
import type { NodeConnector } from './connector.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { Store } from '../storage/types.ts';
import type { AdmissionPlugin } from './admission.ts';
import { createCertificateChecks } from './admission.certificates.ts';
import { admissionPlugins } from './admission.plugins.ts';
import { createEscalationCheck } from './authorization.escalation.ts';
import { createAuthorizer } from './authorization.ts';
import { createDocuments } from './documents.ts';
import { createHandler } from './handler.ts';
import { customResourcesIn } from '../resources/customresource.ts';
import { createLoopbackClient } from './loopback.ts';
import { Registry } from './registry.ts';
import { answerReview } from './reviews.ts';
import { RequestCounts } from './requestcounts.ts';
import { Scheme } from './scheme.ts';
import { createSubresources } from './subresources.ts';
import { TokenAuthority, type TokenAnswer } from './tokens.ts';
import type { ApiRequest, ApiResponse } from './types.ts';

/** What of the cluster's settings the server looks at. */
export interface ApiServerSettings {
  allowsLegacyApis: boolean;
  /** 'v1.35.2'. */
  version?: string;
  serviceCidr?: string;
  /** What the cluster's keys are drawn from beside the seed. */
  tokenSecret?: string;
  /** 'host:port' that /api tells clients. Default 127.0.0.1:6443. */
  serverAddress?: string;
}

export interface ApiServerOptions {
  store: Store;
  definitions: readonly ResourceDefinition[];
  clock: Clock;
  random: Random;
  settings: ApiServerSettings;
  /** The kubelets' side of logs, exec, attach, port-forward and proxies; without it they answer 503. */
  connector?: NodeConnector;
  /** Default: the settings' version. */
  version?: string;
}

export interface ApiServer {
  /** Answers one request, to completion. Throws for our own bugs only. */
  handle(request: ApiRequest): ApiResponse;
  /** Returns whom a service account's token stands for, or why nobody; undefined when it is none of this cluster's. */
  authenticateToken(token: string, nowMs?: number): TokenAnswer | undefined;
  readonly registry: Registry;
  readonly scheme: Scheme;
  readonly loopback: LoopbackClient;
  /** Kubelets come after the server that they report to. */
  setConnector(connector: NodeConnector): void;
}

export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, definitions, clock, random, settings } = options;
  const version = options.version ?? settings.version ?? 'v1.35.2';
  const customResources = customResourcesIn(store);
  const scheme = new Scheme(definitions, { ...settings, customResources });
  let connector = options.connector;
  let admission: readonly AdmissionPlugin[] | undefined;
  const registry = new Registry({
    store,
    clock,
    random,
    admission: () =>
      (admission ??= [...admissionPlugins, createEscalationCheck(authorizer), createCertificateChecks(authorizer)]),
    ...pickCidr(settings),
    podUsage: (pod) => connector?.usage(pod),
    nodeUsage: (name) => connector?.nodeUsage(name),
  });
  const { reader } = registry.context;
  const authorizer = createAuthorizer(reader);
  const tokens = new TokenAuthority(registry.context, settings.tokenSecret);
  const subresource = createSubresources({ registry, definitions, connector: () => connector, tokens, authorizer });
  const serverAddress = settings.serverAddress ?? '127.0.0.1:6443';
  const counts = new RequestCounts();
  const documents = createDocuments({ scheme, version, serverAddress, clock, store, tokens, counts });
  return {
    handle: createHandler({
      registry,
      scheme,
      authorizer,
      documents,
      counts,
      subresource,
      review: (exchange) => answerReview(exchange, { authorizer, tokens }),
    }),
    authenticateToken: (token, nowMs) => tokens.authenticate(token, nowMs === undefined ? {} : { nowMs }),
    registry,
    scheme,
    loopback: createLoopbackClient(registry, tokens),
    setConnector(given) {
      connector = given;
    },
  };
}

function pickCidr({ serviceCidr }: ApiServerSettings): { serviceCidr?: string } {
  return serviceCidr === undefined ? {} : { serviceCidr };
}
