// Validation of how a definition converts between its versions.
// Called by: customresourcedefinition.validation.ts. Must not know: storage, HTTP.
// Upstream: apiextensions-apiserver validation.go validateCustomResourceConversion; apiserver pkg/util/webhook/validation.go.
import { forbidden, invalid, notSupported, required, type FieldErrors, type Path } from '../machinery/field.ts';
import { isDNS1035Label, isDNS1123Subdomain, isValidPortNum } from '../machinery/validation.ts';
import type { CustomResourceSpec } from './customresourcedefinition.ts';

type Webhook = NonNullable<NonNullable<CustomResourceSpec['conversion']>['webhook']>;
type ClientConfig = NonNullable<Webhook['clientConfig']>;
type Service = NonNullable<ClientConfig['service']>;

const STRATEGIES = ['None', 'Webhook'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const URL_FORM = '; desired format: https://host[/path]';

export function validateConversion({ conversion }: CustomResourceSpec, path: Path): FieldErrors {
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  const errors: FieldErrors = [];
  if (!strategy) errors.push(required(path.child('strategy')));
  else if (!STRATEGIES.includes(strategy)) errors.push(notSupported(path.child('strategy'), strategy, STRATEGIES));
  const configPath = path.child('webhookClientConfig');
  const versionsPath = path.child('conversionReviewVersions');
  const versions = webhook?.conversionReviewVersions ?? [];
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook';
    if (webhook?.clientConfig) errors.push(forbidden(configPath, why));
    if (versions.length > 0) errors.push(forbidden(versionsPath, why));
    return errors;
  }
  errors.push(...validateClientConfig(webhook?.clientConfig, configPath));
  return [...errors, ...validateReviewVersions(versions, versionsPath)];
}

function validateClientConfig(config: ClientConfig | undefined, path: Path): FieldErrors {
  if (!config) return [required(path, 'required when strategy is set to Webhook')];
  const { url, service } = config;
  if ((url === undefined) === (service === undefined))
    return [required(path, 'exactly one of url or service is required')];
  return service ? validateService(service, path.child('service')) : validateUrl(url ?? '', path.child('url'));
}

function validateUrl(text: string, path: Path): FieldErrors {
  const [, scheme = '', authority = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?/.exec(text) ?? [];
  const at = authority.lastIndexOf('@');
  const errors: FieldErrors = [];
  if (scheme !== 'https') errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${URL_FORM}`));
  if (authority.slice(at + 1) === '') errors.push(invalid(path, '', `host must be specified${URL_FORM}`));
  if (at >= 0) errors.push(invalid(path, authority.slice(0, at), 'user information is not permitted in the URL'));
  const [beforeFragment = '', fragment = ''] = text.split('#');
  if (fragment !== '') errors.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  const query = beforeFragment.split('?')[1] ?? '';
  if (query !== '') errors.push(invalid(path, query, 'query parameters are not permitted in the URL'));
  return errors;
}

function validateService({ name, namespace, path: urlPath, port = 443 }: Service, path: Path): FieldErrors {
  const errors: FieldErrors = [];
  // Upstream hands the two names over in the other order.
  if (!namespace) errors.push(required(path.child('name')));
  if (!name) errors.push(required(path.child('namespace')));
  const messages = isValidPortNum(port);
  if (messages.length > 0) errors.push(invalid(path.child('port'), port, `port is not valid: ${messages.join(', ')}`));
  if (!urlPath || urlPath === '/') return errors;
  const at = path.child('path');
  if (urlPath === '//') return [...errors, invalid(at, urlPath, 'segment[0] may not be empty')];
  if (!urlPath.startsWith('/')) errors.push(invalid(at, urlPath, "must start with a '/'"));
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/');
  for (const [i, step] of steps.entries()) {
    if (step === '') errors.push(invalid(at, urlPath, `segment[${i}] may not be empty`));
    else errors.push(...isDNS1123Subdomain(step).map((message) => invalid(at, urlPath, `segment[${i}]: ${message}`)));
  }
  return errors;
}

function validateReviewVersions(versions: readonly string[], path: Path): FieldErrors {
  if (versions.length === 0) return [required(path)];
  const errors: FieldErrors = [];
  for (const [i, version] of versions.entries()) {
    const isRepeated = versions.indexOf(version) < i;
    const messages = isRepeated ? ['duplicate version'] : isDNS1035Label(version);
    errors.push(...messages.map((message) => invalid(path.index(i), version, message)));
  }
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    errors.push(invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(', ')}`));
  return errors;
}
