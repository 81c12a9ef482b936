// Leader election as client-go does it over a Lease, for clients whose library lacks it: an optimistic lock that is renewed.
// Called by: clientnode.watch.test.ts. Must not know: the clock; the caller says when it is.
import { ApiException, V1MicroTime, type CoordinationV1Api, type V1Lease } from '@kubernetes/client-node';

const LEASE_SECONDS = 15;

export interface CandidateOptions {
  api: CoordinationV1Api;
  namespace: string;
  name: string;
  identity: string;
}

export class Candidate {
  readonly #options: CandidateOptions;
  /** What was last seen of the Lease, and when this candidate saw it change: clocks of others are not trusted. */
  #observed: { lease: V1Lease; atMs: number } | undefined;

  constructor(options: CandidateOptions) {
    this.#options = options;
  }

  /** Returns whether this candidate leads now. */
  async tryAcquireOrRenew(nowMs: number): Promise<boolean> {
    const { api, namespace, name, identity } = this.#options;
    const now = new V1MicroTime(nowMs);
    const lease = await this.#read();
    if (!lease) {
      const spec = { holderIdentity: identity, leaseDurationSeconds: LEASE_SECONDS, acquireTime: now, renewTime: now };
      const body = { metadata: { name }, spec: { ...spec, leaseTransitions: 0 } };
      return this.#write(() => api.createNamespacedLease({ namespace, body }), nowMs);
    }
    if (lease.metadata?.resourceVersion !== this.#observed?.lease.metadata?.resourceVersion)
      this.#observed = { lease, atMs: nowMs };
    const { holderIdentity = '', leaseTransitions = 0, acquireTime } = lease.spec ?? {};
    const isHolder = holderIdentity === identity;
    const isAlive = (this.#observed?.atMs ?? 0) + LEASE_SECONDS * 1000 > nowMs;
    if (holderIdentity !== '' && !isHolder && isAlive) return false;
    const spec = isHolder
      ? { ...lease.spec, acquireTime, renewTime: now }
      : { ...lease.spec, holderIdentity: identity, acquireTime: now, renewTime: now };
    const body = { ...lease, spec: { ...spec, leaseTransitions: leaseTransitions + (isHolder ? 0 : 1) } };
    return this.#write(() => api.replaceNamespacedLease({ namespace, name, body }), nowMs);
  }

  /** Gives the Lease back, so that others need not wait until it has run out. */
  async release(nowMs: number): Promise<void> {
    const { api, namespace, name } = this.#options;
    const lease = await this.#read();
    if (!lease) return;
    const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 };
    await this.#write(() => api.replaceNamespacedLease({ namespace, name, body: { ...lease, spec } }), nowMs);
  }

  async #read(): Promise<V1Lease | undefined> {
    const { api, namespace, name } = this.#options;
    try {
      return await api.readNamespacedLease({ namespace, name });
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw error;
    }
  }

  /** Returns false when somebody else was faster. */
  async #write(write: () => Promise<V1Lease>, nowMs: number): Promise<boolean> {
    try {
      this.#observed = { lease: await write(), atMs: nowMs };
      return true;
    } catch (error) {
      if (error instanceof ApiException && error.code === 409) return false;
      throw error;
    }
  }
}
