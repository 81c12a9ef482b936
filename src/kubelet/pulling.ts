// Getting a container's image onto its node: already there, pulled in a time by its size, or the runtime's error.
// Called by: stages.start.ts. Must not know: containers beyond their image. Upstream: kubernetes pkg/kubelet/images.
import { findImage } from '../images/index.ts';
import { formatReference, isLatest, parseReference, type ImageReference } from '../images/reference.ts';
import { pullError } from '../images/registry.ts';
import { secret } from '../resources/secret.ts';
import { wholeSecond } from './backoff.ts';
import { builtImage } from './builtimages.ts';
import { imageIdentity } from './containers.ts';
import { imageReadyAtMs, recordImage, reportImage } from './nodes.ts';
import type { ContainerSpec, PodWork } from './work.ts';

export type PullStep =
  | { kind: 'ready' }
  | { kind: 'pulling' }
  /** `reason` is the waiting reason. */
  | { kind: 'failed'; reason: string; message: string };

const BYTES_PER_MS = 38_000;
const HANDSHAKE_MS = 700;
/** A failed pull answers within a second. */
const FAILURE_MS = 1000;

/** Go's time.Duration, cut to milliseconds: '312ms', '2.1s', '1m2.5s'. */
function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = (ms % 60_000) / 1000;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

/** Looks for the image on the node, or begins to pull it. Writes the events. */
export function beginPull(work: PodWork, container: ContainerSpec): PullStep {
  const text = container.image ?? '';
  let reference: ImageReference;
  try {
    reference = parseReference(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'invalid reference format';
    const message = `Failed to apply default image tag "${text}": couldn't parse image name "${text}": ${reason}`;
    work.event('Warning', 'InspectFailed', message, container.name);
    return { kind: 'failed', reason: 'InvalidImageName', message };
  }
  const { client } = work.context;
  const image = formatReference(reference);
  const readyAtMs = imageReadyAtMs(client, work.node.metadata.name, image);
  const isBuilt = builtImage(client, reference) !== undefined;
  const isPresent = isBuilt || (readyAtMs !== undefined && readyAtMs <= work.nowMs);
  const policy = container.imagePullPolicy ?? (isLatest(reference) ? 'Always' : 'IfNotPresent');
  if (policy === 'Never' && !isPresent) {
    const message = `Container image "${text}" is not present with pull policy of Never`;
    work.event('Warning', 'ErrImageNeverPull', message, container.name);
    return { kind: 'failed', reason: 'ErrImageNeverPull', message };
  }
  if (policy !== 'Always' && isPresent) {
    const message = `Container image "${text}" already present on machine and can be accessed by the pod`;
    work.event('Normal', 'Pulled', message, container.name);
    return { kind: 'ready' };
  }
  warnOfSecrets(work);
  work.event('Normal', 'Pulling', `Pulling image "${text}"`, container.name);
  startPull(work, container, { reference, image, readyAtMs, isBuilt });
  return { kind: 'pulling' };
}

/** Upstream: kubernetes pkg/kubelet/kubelet_pods.go getPullSecretsForPod. */
function warnOfSecrets(work: PodWork): void {
  const { namespace } = work.pod.metadata;
  const names = (work.pod.spec.imagePullSecrets ?? []).map(({ name }) => name ?? '');
  const missing = names.filter((name) => !work.context.client.get(secret, { namespace, name }));
  if (missing.length === 0) return;
  const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`;
  work.event('Warning', 'FailedToRetrieveImagePullSecret', message);
}

interface WantedImage {
  reference: ImageReference;
  image: string;
  /** From when on the node has it, or will have it. */
  readyAtMs: number | undefined;
  /** It was built here: no registry has it. */
  isBuilt: boolean;
}

function denied(image: string): string {
  const reason = 'pull access denied, repository does not exist or may require authorization: server message: ';
  return `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${reason}insufficient_scope: authorization failed`;
}

function startPull(
  work: PodWork,
  container: ContainerSpec,
  { reference, image, readyAtMs, isBuilt }: WantedImage,
): void {
  const { client, random } = work.context;
  const node = work.node.metadata.name;
  const definition = findImage(reference);
  const error = isBuilt ? denied(image) : pullError(reference, definition);
  const record = work.containerRecord(container.name);
  if (error !== undefined) {
    record.pull = { startedAtMs: work.nowMs, endsAtMs: work.nowMs + FAILURE_MS, pullMs: FAILURE_MS, error };
    return;
  }
  const chance = 0.85 + 0.3 * random.fraction('pull', `${node}/${image}`);
  if (readyAtMs === undefined) {
    const pullMs = Math.round((HANDSHAKE_MS + (definition?.sizeBytes ?? 0) / BYTES_PER_MS) * chance);
    const endsAtMs = wholeSecond(work.nowMs + pullMs);
    recordImage(client, node, image, endsAtMs);
    record.pull = { startedAtMs: work.nowMs, endsAtMs, pullMs };
    return;
  }
  // Its layers are there or on their way: what is left is to ask the registry for the digest.
  const pullMs = Math.round(500 * (0.7 + 0.6 * random.fraction('pull', `${work.uid}/${container.name}`)));
  const fromMs = Math.max(readyAtMs, work.nowMs);
  const endsAtMs = readyAtMs > work.nowMs ? wholeSecond(fromMs) : wholeSecond(fromMs + pullMs);
  record.pull = { startedAtMs: work.nowMs, endsAtMs, pullMs };
}

/** Ends the pull that was under way. Writes the events. */
export function endPull(work: PodWork, container: ContainerSpec): PullStep {
  const record = work.containerRecord(container.name);
  const { pull } = record;
  delete record.pull;
  if (!pull) return { kind: 'ready' };
  const text = container.image ?? '';
  if (pull.error !== undefined) {
    const count = (record.failedPulls?.count ?? 0) + 1;
    record.failedPulls = { count, lastAtMs: work.nowMs, error: pull.error };
    work.event('Warning', 'Failed', `Failed to pull image "${text}": ${pull.error}`, container.name);
    return { kind: 'failed', reason: 'ErrImagePull', message: pull.error };
  }
  delete record.failedPulls;
  const sizeBytes = findImage(parseReference(text))?.sizeBytes ?? 0;
  const waitedMs = Math.max(pull.pullMs, pull.endsAtMs - pull.startedAtMs - 1000);
  const times = `${goDuration(pull.pullMs)} (${goDuration(waitedMs)} including waiting)`;
  const message = `Successfully pulled image "${text}" in ${times}. Image size: ${sizeBytes} bytes.`;
  work.event('Normal', 'Pulled', message, container.name);
  const { image, imageID } = imageIdentity(text);
  reportImage(work.context.client, work.node.metadata.name, { names: [imageID, image], sizeBytes });
  return { kind: 'ready' };
}
