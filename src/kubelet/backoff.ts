// How long the kubelet waits before it tries again: pulls, restarts, mounts, containers whose configuration is not
// there.
// Called by: kubelet's stages. Must not know: pods.

const FIRST_MS = 10_000;
const MAX_MS = 300_000;

/** Returns 10 s, 20 s, 40 s … up to 5 min for the first, second, third … failure in a row; 0 for none. */
export function backoffMs(failures: number): number {
  return failures <= 0 ? 0 : Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 10), MAX_MS);
}

/** A run at least this long makes the next crash count as the first. */
export const BACKOFF_RESET_MS = 600_000;

/** How long after a failure a container whose configuration is missing is looked at again. */
export const SYNC_MS = 12_000;

/**
 * Returns when, after the pod's start, mounting is tried for the n-th time (from 0): the waits double from half a
 * second to two minutes; rounded up to seconds. Upstream: kubernetes pkg/util/goroutinemap/exponentialbackoff.
 */
export function mountAttemptMs(n: number): number {
  let sumMs = 0;
  for (let i = 0; i < n; i++) sumMs += Math.min(500 * 2 ** Math.min(i, 20), 122_000);
  return 1000 + Math.ceil(sumMs / 1000) * 1000;
}

/** Returns the first whole second at or after an instant: many pods change at one instant. */
export function wholeSecond(ms: number): number {
  return Math.ceil(ms / 1000) * 1000;
}
