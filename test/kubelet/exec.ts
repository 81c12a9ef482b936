// Runs commands in containers of a test cluster as pods/exec does.
import type { Status } from '../../src/machinery/status.ts';
import type { KubeletCluster } from './cluster.ts';

export interface ExecOutcome {
  stdout: string;
  stderr: string;
  /** 0, or the code of the Status; the message of one that has none. */
  result: number | string;
}

export interface ExecRequest {
  command: readonly string[];
  pod?: string;
  container?: string;
  /** What comes on the input, part by part. */
  stdin?: readonly (string | Uint8Array)[];
  /** Instead of the parts. */
  readStdin?(): Promise<Uint8Array | undefined>;
  tty?: boolean;
  /** Attach instead of exec. */
  attaches?: boolean;
}

export async function exec(cluster: KubeletCluster, request: ExecRequest): Promise<ExecOutcome & { bytes: Buffer }> {
  const { command, stdin, tty = false, attaches = false } = request;
  const pod = cluster.pod(request.pod);
  const container = request.container ?? pod.spec.containers[0]?.name ?? '';
  const parts = [...(stdin ?? [])];
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const options = { container, command, stdin: stdin !== undefined, stdout: true, stderr: !tty, tty };
  const handler = attaches ? cluster.connector.attach(pod, options) : cluster.connector.exec(pod, options);
  const readStdin = async (): Promise<Uint8Array | undefined> => {
    // Whoever types waits for what the last key did.
    if (tty) await new Promise((resolve) => setImmediate(resolve));
    const part = parts.shift();
    return typeof part === 'string' ? Buffer.from(part) : part;
  };
  const status = await handler({
    ...(stdin === undefined ? {} : { readStdin: request.readStdin ?? readStdin }),
    writeStdout: (bytes) => void out.push(Buffer.from(bytes)),
    writeStderr: (bytes) => void err.push(Buffer.from(bytes)),
    signal: new AbortController().signal,
  });
  cluster.manager.runToRest();
  const bytes = Buffer.concat(out);
  return { stdout: bytes.toString(), stderr: Buffer.concat(err).toString(), result: resultOf(status), bytes };
}

function resultOf({ status, reason, message = '', details }: Status): number | string {
  if (status !== 'Failure') return 0;
  return reason === 'NonZeroExitCode' ? Number(details?.causes?.[0]?.message) : message;
}
