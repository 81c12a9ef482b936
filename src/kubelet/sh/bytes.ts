// Bytes as the text that commands work on, and back: UTF-8, in which what is no UTF-8 stands as lone surrogates.
// Called by: the shell's parts, exec and its sessions. Must not know: files, commands. So `cat` of a picture keeps its bytes.

/** A byte that is part of no character: U+DC80 to U+DCFF. No text that was decoded otherwise has them alone. */
const ESCAPE = 0xdc00;
const ESCAPED = /[\uDC80-\uDCFF]/u;
const REPLACEMENT = '\uFFFD';

/** Returns bytes as text. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString();
  return text.includes(REPLACEMENT) ? decode(buffer) : text;
}

/** Returns text as bytes: what `textOf` was given, to the byte. */
export function bytesOf(text: string): Buffer {
  return ESCAPED.test(text) ? encode(text) : Buffer.from(text);
}

/** Returns how many of the bytes make whole characters: the last one may still be coming. */
export function completeLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function decode(buffer: Buffer): string {
  const { isUtf8 } = process.getBuiltinModule('node:buffer');
  const units = new Uint16Array(buffer.length);
  let count = 0;
  for (let at = 0; at < buffer.length;) {
    const byte = buffer[at] ?? 0;
    const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    const character = length > 1 ? buffer.subarray(at, at + length) : undefined;
    if (!character || byte < 0xc0 || !isUtf8(character)) {
      units[count++] = byte < 0x80 ? byte : ESCAPE | byte;
      at += 1;
      continue;
    }
    const text = character.toString();
    for (let i = 0; i < text.length; i++) units[count++] = text.charCodeAt(i);
    at += length;
  }
  return Buffer.from(units.buffer, 0, count * 2).toString('utf16le');
}

function encode(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text));
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes[count++] = code & 0xff;
    else if (code < 0x80) bytes[count++] = code;
    else {
      count += bytes.write(String.fromCodePoint(code), count);
      if (code > 0xffff) at += 1;
    }
  }
  return bytes.subarray(0, count);
}
