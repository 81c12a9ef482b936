// Parts of a pod's spec as the server's errors print them: internal field names, internal order, nothing left out.
// Called by: validation that prints structs (updates of pods and Jobs, security contexts). Must not know: the rules.
import { canonicalizeQuantity } from '../machinery/quantity.ts';
import { INTERNAL_FIELDS } from './podspec.internal.fields.ts';

type Fields = Record<string, unknown>;

/** Names in v1 that are not the internal name with small first letters: 'Type.Field'. */
const V1_NAMES: Readonly<Record<string, string>> = {
  'VolumeSource.CephFS': 'cephfs',
  'VolumeSource.StorageOS': 'storageos',
  'RBDVolumeSource.CephMonitors': 'monitors',
  'RBDVolumeSource.RBDImage': 'image',
  'RBDVolumeSource.RBDPool': 'pool',
  'RBDVolumeSource.RadosUser': 'user',
  'GlusterfsVolumeSource.EndpointsName': 'endpoints',
  'AzureDiskVolumeSource.DataDiskURI': 'diskURI',
  'FCVolumeSource.WWIDs': 'wwids',
};

/** Returns the struct of an internal type that a v1 value decodes to: every field there, in order. */
export function internalForm(type: string, value: object | null | undefined): Fields | null {
  if (value === null || value === undefined) return null;
  const form: Fields = {};
  fillForm(form, type, type === 'PodSpec' ? withSecurityFields(value as Fields) : (value as Fields));
  return form;
}

/** The host's namespaces stand in the security context internally. */
function withSecurityFields(spec: Fields): Fields {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  const host = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers };
  return { ...spec, securityContext: { ...(spec['securityContext'] as Fields), ...host } };
}

function fillForm(form: Fields, type: string, value: Fields): void {
  for (const field of (INTERNAL_FIELDS[type] ?? '').split(' ')) {
    if (field === '+ObjectMeta') Object.assign(form, metadataForm(value['metadata'] as Fields | undefined));
    else if (field.startsWith('+')) fillForm(form, field.slice(1), value);
    else {
      const [, name = '', mark = '', of = ''] = /^(\w+?)([#!$?:]?)((?<=[?:])\w+)?$/.exec(field) ?? [];
      const v1 = value[V1_NAMES[`${type}.${name}`] ?? lowerFirstWord(name)];
      form[name] = fieldForm(v1, mark, of);
    }
  }
}

function fieldForm(value: unknown, mark: string, type: string): unknown {
  if (mark === ':') return internalForm(type, (value ?? {}) as object);
  if (mark === '#') return value ?? 0;
  if (mark === '!') return value ?? false;
  if (mark === '$') return value === undefined ? '0' : canonicalizeQuantity(String(value));
  if (mark === '') return value ?? '';
  if (value === undefined || value === null) return null;
  if (type === '') return sortedForm(value);
  return Array.isArray(value) ? value.map((item) => internalForm(type, item)) : internalForm(type, value);
}

/** metav1.ObjectMeta keeps its own names and leaves out what is empty. */
function metadataForm(metadata: Fields | undefined): Fields {
  const form: Fields = {};
  for (const name of ['name', 'generateName', 'namespace', 'labels', 'annotations'])
    if (metadata?.[name] !== undefined) form[name] = sortedForm(metadata[name]);
  return form;
}

/** Maps are printed in key order. */
function sortedForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** 'HTTPGet' → 'httpGet', 'TTY' → 'tty', 'SELinuxOptions' → 'seLinuxOptions'. */
function lowerFirstWord(name: string): string {
  const [capitals = ''] = /^[A-Z]+/.exec(name) ?? [];
  const length = capitals.length === name.length || capitals.length === 1 ? capitals.length : capitals.length - 1;
  return name.slice(0, length).toLowerCase() + name.slice(length);
}
