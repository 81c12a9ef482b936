// PEM: base64 between a BEGIN and an END line.
// Called by: whatever reads or writes certificates. Must not know: what the bytes mean. Upstream: Go encoding/pem.

export interface PemBlock {
  type: string;
  hasHeaders: boolean;
  bytes: Buffer;
}

const BLOCK = /(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t\r]*\n([^]*?)\n?-----END ([^\n]*?)-----[ \t\r]*(?=\n|$)/g;
const HEADER = /^[^\n:]+:[^\n]*$/;
const LINE_LENGTH = 64;

/** Returns the blocks of a text; what is no block is passed over. */
export function pemBlocks(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  for (const [, type = '', body = '', end] of text.matchAll(BLOCK)) {
    if (type !== end) continue;
    const lines = body.split('\n').map((line) => line.trim());
    const isHeader = lines.map((line) => HEADER.test(line));
    const first = isHeader.indexOf(false);
    const data = lines.slice(first < 0 ? lines.length : first).join('');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data) || data.length % 4 !== 0) continue;
    blocks.push({ type, hasHeaders: first !== 0 && isHeader.length > 0, bytes: Buffer.from(data, 'base64') });
  }
  return blocks;
}

/** Returns a block as text. */
export function pemText(type: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return `-----BEGIN ${type}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${type}-----\n`;
}
