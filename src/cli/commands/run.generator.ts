// The pod that `kubectl run` makes.
// Called by: commands/run.ts. Upstream: kubectl pkg/generate/versioned/run.go BasicPod.
import { isEnvVarName } from '../../machinery/validation.ts';
import type { CommandContext } from '../command.ts';
import { parseGoDecimal } from '../govalues.ts';
import { parsePairs } from '../pairs.ts';
import { parseLabelsText } from '../servicegenerator.ts';

/** Returns the pod in the order of upstream's fields. @throws Error for flags that do not fit. */
export function generatePod({ args, flags }: CommandContext, restartPolicy: string): object {
  const [name = '', ...words] = args;
  const env = parseEnv(flags.strings('env'));
  const annotations = parsePairs(flags.strings('annotations'), 'annotations', false).added;
  const labels = flags.string('labels') === '' ? { run: name } : parseLabelsText(flags.string('labels'));
  const isInteractive = flags.bool('stdin');
  const pullPolicy = flags.string('image-pull-policy');
  const port = flags.string('port');
  const container = {
    name,
    image: flags.string('image'),
    ...(words.length > 0 ? { [flags.bool('command') ? 'command' : 'args']: words } : {}),
    ...(port === '' ? {} : { ports: [{ containerPort: parseGoDecimal(port) }] }),
    ...(env.length > 0 ? { env } : {}),
    resources: {},
    ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(isInteractive ? { stdin: true } : {}),
    ...(isInteractive && !flags.bool('leave-stdin-open') ? { stdinOnce: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      labels,
      ...(annotations.size > 0 ? { annotations: Object.fromEntries([...annotations].sort()) } : {}),
    },
    spec: { containers: [container], restartPolicy, dnsPolicy: 'ClusterFirst' },
    status: {},
  };
}

/** @throws Error `invalid env: x`. */
function parseEnv(texts: readonly string[]): { name: string; value?: string }[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(at, 0));
    if (at <= 0 || isEnvVarName(name).length > 0) throw new Error(`invalid env: ${text}`);
    const value = text.slice(at + 1);
    return value === '' ? { name } : { name, value };
  });
}
