// Asks the user for a name and a password, where nothing else says who asks a server.
// Called by: main.serve.client.ts. Must not know: servers. Upstream: client-go tools/clientcmd/auth_loaders.go PromptingAuthLoader.
import type { InputStream, IOStreams } from './command.ts';

const NEWLINE = /[\r\n]/;
const END_OF_TRANSMISSION = '\u0004';
const INTERRUPT = '\u0003';

/** Returns what was typed; the password is not shown. `flush` writes out what is held back. @throws Error at the end of the input. */
export async function promptForCredentials(
  { in: input, out }: IOStreams,
  flush: () => void,
): Promise<{ name: string; password: string }> {
  out.write('Please enter Username: ');
  flush();
  const name = await readWord(input);
  out.write('Please enter Password: ');
  flush();
  if (!input.isTerminal) throw new Error('error reading input for Password');
  return { name, password: await readHidden(input) };
}

/** Upstream: fmt.Fscan: blanks and empty lines before the word do not count. */
async function readWord(input: InputStream): Promise<string> {
  let text = '';
  for (;;) {
    const found = /^\s*(\S+)\s/.exec(text)?.[1];
    if (found !== undefined) return found;
    const bytes = await input.read();
    if (!bytes) break;
    text += Buffer.from(bytes).toString();
  }
  const word = text.trim();
  if (word === '') throw new Error('EOF');
  return word;
}

async function readHidden(input: InputStream): Promise<string> {
  input.setRawMode(true);
  try {
    let text = '';
    for (let bytes = await input.read(); bytes; bytes = await input.read()) {
      text += Buffer.from(bytes).toString();
      if (text.includes(INTERRUPT)) throw new Error('EOF');
      const end = text.search(NEWLINE);
      if (end >= 0) return text.slice(0, end);
      if (text.includes(END_OF_TRANSMISSION)) return text.replaceAll(END_OF_TRANSMISSION, '');
    }
    return text;
  } finally {
    input.setRawMode(false);
  }
}
