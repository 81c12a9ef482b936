// Resource quantities ("100m", "1.5Gi", "12e6"): exact values, canonical texts, arithmetic.
// Called by: validation, defaults, the scheduler, quota, printers, describe. Must not know: which resource it measures.

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An exact amount: unscaled × 10^scale. Immutable. */
export interface Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
  /** The text it was read from, when Go keeps that text instead of a canonical one. */
  readonly text?: string;
}

const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMERIC_WRONG = 'unable to parse numeric part of quantity';
const SUFFIX_WRONG = "unable to parse quantity's suffix";

/** Thrown by parseQuantity; the message is one of upstream's three. */
export class QuantityError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QuantityError';
  }
}

const NANO = -9;
const MAX_INT64 = 2n ** 63n - 1n;
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

export const ZERO_QUANTITY: Quantity = { unscaled: 0n, scale: 0, format: 'DecimalSI', text: '0' };

/**
 * Returns the quantity a text or a JSON number names.
 * @throws QuantityError with Go's text. Upstream: apimachinery/pkg/api/resource ParseQuantity.
 */
export function parseQuantity(input: string | number): Quantity {
  const text = typeof input === 'number' ? String(input) : input;
  if (text === '') throw new QuantityError(FORMAT_WRONG);
  if (text === '0') return ZERO_QUANTITY;
  const match = /^([+-]?)(0*)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*(?:[+-]?[0-9]*))$/.exec(text);
  if (!match) throw new QuantityError(FORMAT_WRONG);
  const [, sign = '', zeros = '', significant = '', fraction = '', suffix = ''] = match;
  const { base, exponent, format } = interpretSuffix(suffix);
  const parts: NumberParts = {
    text,
    isNegative: sign === '-',
    whole: significant === '' ? '0' : significant,
    fraction,
    value: zeros + significant + fraction,
    exponent,
  };
  return base === 2 ? parseBinary(parts) : parseDecimal(parts, format);
}

interface NumberParts {
  text: string;
  isNegative: boolean;
  whole: string;
  fraction: string;
  value: string;
  exponent: number;
}

interface Suffix {
  base: 2 | 10;
  exponent: number;
  format: QuantityFormat;
}

function interpretSuffix(suffix: string): Suffix {
  const decimal = DECIMAL_SUFFIXES.indexOf(suffix);
  if (decimal >= 0) return { base: 10, exponent: 3 * decimal + NANO, format: 'DecimalSI' };
  const binary = BINARY_SUFFIXES.indexOf(suffix);
  if (binary > 0) return { base: 2, exponent: 10 * binary, format: 'BinarySI' };
  if (!/^[eE][+-]?[0-9]+$/.test(suffix)) throw new QuantityError(SUFFIX_WRONG);
  const exponent = BigInt(suffix[1] === '+' ? suffix.slice(2) : suffix.slice(1));
  if (BigInt.asIntN(64, exponent) !== exponent) throw new QuantityError(SUFFIX_WRONG);
  return { base: 10, exponent: Number(BigInt.asIntN(32, exponent)), format: 'DecimalExponent' };
}

// Go keeps the text of a short number that looks canonical to it ("1.100" stays, "1000" becomes "1k").
function parseDecimal(parts: NumberParts, format: QuantityFormat): Quantity {
  const shifted = parts.whole + parts.fraction;
  const scale = parts.exponent - parts.fraction.length;
  const magnitude = BigInt(shifted);
  const unscaled = parts.isNegative ? -magnitude : magnitude;
  if (shifted.length <= 18 && scale >= NANO) {
    const keepsText = scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
    return keepsText ? { unscaled, scale, format, text: parts.text } : { unscaled, scale, format };
  }
  if (parts.value === '') throw new QuantityError(NUMERIC_WRONG);
  return roundToNano({ unscaled, scale, format });
}

function parseBinary(parts: NumberParts): Quantity {
  const { exponent, fraction, whole } = parts;
  const sign = parts.isNegative ? -1n : 1n;
  const isShort = fraction === '' && 14 - whole.length - Math.trunc((exponent * 3) / 10) >= 0;
  if (isShort) {
    const value = BigInt(whole);
    const quantity: Quantity = { unscaled: sign * (value << BigInt(exponent)), scale: 0, format: 'BinarySI' };
    return (value & 7n) === 0n ? quantity : { ...quantity, text: parts.text };
  }
  if (parts.value === '') throw new QuantityError(NUMERIC_WRONG);
  const magnitude = BigInt(whole + fraction) << BigInt(exponent);
  const rounded = roundToNano({ unscaled: magnitude, scale: -fraction.length, format: 'BinarySI' });
  const capped = compareQuantities(rounded, { unscaled: MAX_INT64, scale: 0, format: 'BinarySI' }) > 0;
  const { unscaled, scale } = capped ? { unscaled: MAX_INT64, scale: 0 } : rounded;
  const isBelowOne = unscaled !== 0n && compareQuantities(rounded, { unscaled: 1n, scale: 0, format: 'BinarySI' }) < 0;
  return { unscaled: sign * unscaled, scale, format: isBelowOne ? 'DecimalSI' : 'BinarySI' };
}

// What is too small to be held becomes one nano: who asks for something gets something.
function roundToNano(q: Quantity): Quantity {
  return q.scale >= NANO ? q : { unscaled: unscaledAt(q, NANO), scale: NANO, format: q.format };
}

// The amount in units of 10^scale, rounded away from zero.
function unscaledAt(q: Quantity, scale: number): bigint {
  if (q.unscaled === 0n) return 0n;
  if (q.scale >= scale) return q.unscaled * 10n ** BigInt(q.scale - scale);
  const places = scale - q.scale;
  if (places > digits(q.unscaled)) return q.unscaled < 0n ? -1n : 1n;
  const divisor = 10n ** BigInt(places);
  const result = q.unscaled / divisor;
  if (q.unscaled % divisor === 0n) return result;
  return q.unscaled < 0n ? result - 1n : result + 1n;
}

function digits(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

/** Returns the quantity of a whole number. Upstream: resource.NewQuantity. */
export function newQuantity(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { unscaled: BigInt(value), scale: 0, format };
}

/** Returns the quantity of a whole number of thousandths. Upstream: resource.NewMilliQuantity. */
export function newMilliQuantity(value: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { unscaled: BigInt(value), scale: -3, format };
}

/** Returns the amount in thousandths, rounded away from zero. */
export function milliValue(q: Quantity): number {
  return scaledValue(q, -3);
}

/** Returns the amount as a whole number, rounded away from zero. */
export function value(q: Quantity): number {
  return scaledValue(q, 0);
}

/** Returns the amount in units of 10^scale, rounded away from zero. Upstream: Quantity.ScaledValue. */
export function scaledValue(q: Quantity, scale: number): number {
  if (q.scale - scale > 400) return q.unscaled < 0n ? -Number.MAX_VALUE : q.unscaled === 0n ? 0 : Number.MAX_VALUE;
  return Number(unscaledAt(q, scale));
}

/** Returns the amount as a floating point number; it may lose precision. Upstream: Quantity.AsApproximateFloat64. */
export function approximateFloat(q: Quantity): number {
  return Number(`${q.unscaled}e${q.scale}`);
}

/** Returns -1, 0 or 1. Upstream: Quantity.Sign. */
export function signOf(q: Quantity): number {
  return q.unscaled === 0n ? 0 : q.unscaled < 0n ? -1 : 1;
}

/** Returns a negative number, 0 or a positive number; formats do not count. Upstream: Quantity.Cmp. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  const signs = signOf(a) - signOf(b);
  if (signs !== 0 || a.unscaled === 0n) return Math.sign(signs);
  const sizeA = digits(a.unscaled) + a.scale;
  const sizeB = digits(b.unscaled) + b.scale;
  if (sizeA !== sizeB) return Math.sign(sizeA - sizeB) * signOf(a);
  const scale = Math.min(a.scale, b.scale);
  const x = unscaledAt(a, scale);
  const y = unscaledAt(b, scale);
  return x === y ? 0 : x < y ? -1 : 1;
}

/** Returns the sum, in the format of `a` unless `a` is zero. Upstream: Quantity.Add. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  const format = a.unscaled === 0n ? b.format : a.format;
  if (b.unscaled === 0n) return { unscaled: a.unscaled, scale: a.scale, format };
  if (a.unscaled === 0n) return { unscaled: b.unscaled, scale: b.scale, format };
  const scale = Math.min(a.scale, b.scale);
  return { unscaled: unscaledAt(a, scale) + unscaledAt(b, scale), scale, format };
}

/** Returns `a` less `b`, in the format of `a` unless `a` is zero. Upstream: Quantity.Sub. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return addQuantities(a, { unscaled: -b.unscaled, scale: b.scale, format: b.format });
}

/** Returns the amount times a whole number. Upstream: Quantity.Mul. */
export function multiplyQuantity(q: Quantity, factor: number): Quantity {
  return { unscaled: q.unscaled * BigInt(factor), scale: q.scale, format: q.format };
}

/**
 * Returns the quantity with no digit finer than 10^scale, rounded away from zero; -3 is what pods' resources get.
 * Upstream: Quantity.RoundUp.
 */
export function roundUpQuantity(q: Quantity, scale: number): Quantity {
  if (q.scale >= scale) return q;
  return { unscaled: unscaledAt(q, scale), scale, format: q.format };
}

/** Returns the text the API server prints for it. Upstream: Quantity.String, Quantity.MarshalJSON. */
export function formatQuantity(q: Quantity): string {
  return q.text ?? canonicalText(q);
}

function canonicalText(q: Quantity): string {
  if (q.unscaled === 0n) return '0';
  if (q.format === 'BinarySI' && isBinaryExact(q)) {
    const [mantissa, times] = removeFactors(unscaledAt(q, 0), 1024n);
    // Past Ei there is no suffix: upstream prints the mantissa alone.
    return `${mantissa}${BINARY_SUFFIXES[times] ?? ''}`;
  }
  let [mantissa, exponent] = removeFactors(q.unscaled, 10n);
  exponent += q.scale;
  for (; exponent % 3 !== 0; exponent--) mantissa *= 10n;
  if (q.format === 'DecimalExponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${DECIMAL_SUFFIXES[(exponent - NANO) / 3] ?? ''}`;
}

// Fractions and what lies within ±1024 are printed in the decimal form even when asked for in the binary one.
function isBinaryExact(q: Quantity): boolean {
  const magnitude = unscaledAt(q, 0);
  if (magnitude > -1024n && magnitude < 1024n) return false;
  if (magnitude === 1024n || magnitude === -1024n) return compareQuantities(q, newQuantity(magnitude)) === 0;
  return q.scale >= 0 || q.unscaled % 10n ** BigInt(-q.scale) === 0n;
}

function removeFactors(amount: bigint, base: bigint): [bigint, number] {
  let times = 0;
  let rest = amount;
  while (rest !== 0n && rest % base === 0n) {
    rest /= base;
    times++;
  }
  return [rest, times];
}

/**
 * Returns the text under which the API server stores the quantity: '1000m' → '1', '0.5' → '500m'.
 * @throws QuantityError
 */
export function canonicalizeQuantity(text: string | number): string {
  return formatQuantity(parseQuantity(text));
}
