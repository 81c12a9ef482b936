// `kubectl create ingress`.
// Called by: commands/create.ts. Upstream: kubectl pkg/cmd/create/create_ingress.go.
import { compact, generatorCommand } from './generator.ts';

/** host/path=svcname:svcport[,tls[=secret]] */
const RULE =
  /^(?<host>[\w*\-.]*)(?<path>\/.*)=(?<svcname>[\w-]+):(?<svcport>[\w-]+)(,(?<istls>tls)(=(?<secretname>[\w-]+))?)?$/;

interface IngressRule {
  host?: string;
  http: { paths: object[] };
}
interface IngressTLS {
  hosts?: string[];
  secretName?: string;
}

export const createIngress = generatorCommand({
  use: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  aliases: ['ing'],
  short: 'Create an ingress',
  example: `# Send foo.com/bar to port 8080 of svc1, with a TLS secret
kubectl create ingress simple --rule="foo.com/bar=svc1:8080,tls=my-cert"

# Send everything of foo.com to svc, and what no rule matches to defaultsvc
kubectl create ingress ingdefault --default-backend=defaultsvc:http --rule="foo.com/*=svc:8080,tls=secret1"`,
  flags: [
    { name: 'class', type: 'string', default: '', usage: 'Ingress class.' },
    {
      name: 'rule',
      type: 'stringArray',
      default: '[]',
      usage:
        "Rule, as host/path=service:port[,tls=secretname]. A path that ends in '*' stands for all that begin with it.",
    },
    { name: 'default-backend', type: 'string', default: '', usage: 'Where the rest goes, as svcname:port.' },
    {
      name: 'annotation',
      type: 'stringArray',
      default: '[]',
      usage: 'Annotation, as annotation=value; may be repeated.',
    },
  ],
  failure: 'failed to create ingress: ',
  build({ flags }, name) {
    const rules = flags.strings('rule');
    const defaultBackend = flags.string('default-backend');
    const annotations = flags.strings('annotation');
    validate(rules, defaultBackend, annotations);
    const pairs = annotations.map((a): [string, string] => [a.slice(0, a.indexOf('=')), a.slice(a.indexOf('=') + 1)]);
    const tls = tlsOf(rules);
    const ingressRules = rulesOf(rules);
    return {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: compact({ name, annotations: pairs.length > 0 ? Object.fromEntries(pairs.sort()) : undefined }),
      spec: compact({
        ingressClassName: flags.string('class') || undefined,
        defaultBackend: defaultBackend === '' ? undefined : backendOf(defaultBackend),
        tls: tls.length > 0 ? tls : undefined,
        rules: ingressRules.length > 0 ? ingressRules : undefined,
      }),
      status: { loadBalancer: {} },
    };
  },
});

function validate(rules: readonly string[], defaultBackend: string, annotations: readonly string[]): void {
  if (defaultBackend === '' && rules.length === 0)
    throw new Error(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) ' +
        'or a list of rules (which catch specific paths)',
    );
  for (const rule of rules)
    if (!RULE.test(rule))
      throw new Error(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  for (const annotation of annotations)
    if (!annotation.includes('='))
      throw new Error(`annotation ${annotation} is invalid and should be in format key=[value]`);
  if (defaultBackend !== '' && defaultBackend.split(':').length !== 2)
    throw new Error('default-backend should be in format servicename:serviceport');
}

function backendOf(text: string): object {
  const [name = '', port = ''] = text.split(':');
  const isNumber = /^[+-]?\d+$/.test(port);
  return { service: { name, port: isNumber ? { number: Number(port) } : { name: port } } };
}

function rulesOf(rules: readonly string[]): IngressRule[] {
  const found: IngressRule[] = [];
  for (const rule of rules) {
    const [withoutTls = ''] = rule.split(',');
    const slash = withoutTls.indexOf('/');
    const host = withoutTls.slice(0, slash);
    const path = pathOf(withoutTls.slice(slash + 1));
    const same = found.find((r) => (r.host ?? '') === host);
    if (same) same.http.paths.push(path);
    else found.push({ ...(host === '' ? {} : { host }), http: { paths: [path] } });
  }
  return found;
}

function pathOf(text: string): object {
  const [name = '', service = ''] = text.split('=');
  const isPrefix = name.endsWith('*');
  const path = `/${isPrefix ? name.slice(0, -1) : name}`;
  return { path, pathType: isPrefix ? 'Prefix' : 'Exact', backend: backendOf(service) };
}

function tlsOf(rules: readonly string[]): IngressTLS[] {
  const found: IngressTLS[] = [];
  const seen = new Set<string>();
  for (const rule of rules) {
    const parts = rule.split(',');
    if (parts.length !== 2) continue;
    const [host = ''] = rule.split('/');
    if (seen.has(host)) continue;
    seen.add(host);
    const secretName = parts[1]?.split('=')[1] ?? '';
    const same = found.find((t) => (t.secretName ?? '') === secretName);
    if (same) same.hosts = [...(same.hosts ?? []), host];
    else if (host !== '' || secretName !== '')
      found.push({ ...(host === '' ? {} : { hosts: [host] }), ...(secretName === '' ? {} : { secretName }) });
  }
  return found;
}
