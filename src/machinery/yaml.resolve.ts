// What an unquoted YAML scalar means to Go: YAML 1.1 with its booleans, octals and underscores.
// Called by: machinery/yaml.parse.ts and machinery/yaml.emit.ts. Must not know: documents.

export type ScalarTag = 'str' | 'null' | 'bool' | 'int' | 'float' | 'timestamp';

export interface ResolvedScalar {
  tag: ScalarTag;
  /** The value; for str and timestamp the text itself. */
  value: string | number | boolean | null;
}

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULL = /^(?:|~|null|Null|NULL)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;
const INFINITE = /^([-+]?)\.(?:inf|Inf|INF)$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9]*)$/;
const BASED = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[oO]?([0-7]+)|[bB]([01]+))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const DATE = /^[0-9]{4}-([0-9]{1,2})-([0-9]{1,2})$/;
const DATE_TIME =
  /^[0-9]{4}-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]*)?(?:Z|[-+][0-9]{2}:[0-9]{2})| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:\.[0-9]*)?)$/;

const MAX_INT = 2n ** 64n - 1n;
const MIN_INT = -(2n ** 63n);

/**
 * Returns what the plain scalar stands for in YAML 1.1 as Go reads it. Integers past 2^53 lose precision.
 * Upstream: sigs.k8s.io/yaml/goyaml.v2/resolve.go resolve.
 */
export function resolveScalar(text: string): ResolvedScalar {
  const first = text === '' ? 0 : text.charCodeAt(0);
  const isNumeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!isNumeric) return resolveWord(text);
  if (NAN.test(text)) return { tag: 'float', value: Number.NaN };
  const infinite = INFINITE.exec(text);
  if (infinite) return { tag: 'float', value: infinite[1] === '-' ? -Infinity : Infinity };
  return (
    (first === 46 ? resolveFloat(text.replace(/(?<=\d)_(?=\d)/g, '')) : (resolveTime(text) ?? resolveNumber(text))) ?? {
      tag: 'str',
      value: text,
    }
  );
}

function resolveWord(text: string): ResolvedScalar {
  if (text.length <= 5) {
    if (NULL.test(text)) return { tag: 'null', value: null };
    if (TRUE.test(text)) return { tag: 'bool', value: true };
    if (FALSE.test(text)) return { tag: 'bool', value: false };
  }
  return { tag: 'str', value: text };
}

function resolveNumber(text: string): ResolvedScalar | undefined {
  const plain = text.replaceAll('_', '');
  if (DECIMAL.test(plain)) return resolveInteger(BigInt(plain.replace('+', ''))) ?? resolveFloat(plain);
  const based = BASED.exec(plain);
  if (based) {
    const [, sign, hex, octal, binary] = based;
    const size = hex ? BigInt(`0x${hex}`) : octal ? BigInt(`0o${octal}`) : BigInt(`0b${binary}`);
    const integer = resolveInteger(sign === '-' ? -size : size);
    if (integer) return integer;
  }
  return resolveFloat(plain);
}

function resolveInteger(value: bigint): ResolvedScalar | undefined {
  return value > MAX_INT || value < MIN_INT ? undefined : { tag: 'int', value: Number(value) };
}

function resolveFloat(text: string): ResolvedScalar | undefined {
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? { tag: 'float', value } : undefined;
}

function resolveTime(text: string): ResolvedScalar | undefined {
  if (text.charCodeAt(4) !== 45) return undefined;
  const date = DATE.exec(text) ?? DATE_TIME.exec(text);
  if (!date) return undefined;
  const [month, day] = [Number(date[1]), Number(date[2])];
  const hour = Number(date[3] ?? date[6] ?? 0);
  const [minute, second] = [Number(date[4] ?? date[7] ?? 0), Number(date[5] ?? date[8] ?? 0)];
  const days = new Date(Date.UTC(Number(text.slice(0, 4)), month, 0)).getUTCDate();
  const isTime = month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
  return isTime ? { tag: 'timestamp', value: text } : undefined;
}

/** Returns true for texts such as 12:30:45, which YAML 1.1 once read as a number of base 60 and Go therefore quotes. */
export function isBase60(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text);
}
