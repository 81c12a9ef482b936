// A stand-in for yargs' entry at bundle time: the same parser, without what its own entry brings along for help and versions
// that are never shown (layout, languages, a look for the nearest package.json) and without the --help and --version that it
// adds to every command line and that the program takes off again.
// Called by: nothing of ours; the bundler puts it in place of the package. Must not know: flags.
import path from 'node:path';
import { YargsInstance } from '../../node_modules/yargs/build/lib/yargs-factory.js';
import { camelCase, decamelize, looksLikeNumber } from '../../node_modules/yargs-parser/build/lib/string-utils.js';
import { YargsParser } from '../../node_modules/yargs-parser/build/lib/yargs-parser.js';

const parser = new YargsParser({
  cwd: process.cwd,
  env: () => process.env,
  format,
  normalize: path.normalize,
  resolve: path.resolve,
  require: unasked,
});
const Parser = (argv, options) => Parser.detailed(argv, options).argv;
Object.assign(Parser, { camelCase, decamelize, looksLikeNumber });
Parser.detailed = (argv, options) => parser.parse(argv.slice(), options);

/** What the parser asks of its platform. Upstream: yargs lib/platform-shims. */
const platform = {
  assert: {
    notStrictEqual: (a, b, message) => check(!Object.is(a, b), message),
    strictEqual: (a, b, message) => check(Object.is(a, b), message),
  },
  cliui: unasked,
  findUp: () => undefined,
  getEnv: (name) => process.env[name],
  inspect: String,
  getProcessArgvBin: () => process.argv[1],
  mainFilename: process.argv[1],
  Parser,
  path,
  process: {
    argv: () => process.argv,
    cwd: process.cwd,
    emitWarning: (warning, type) => process.emitWarning(warning, type),
    execPath: () => process.execPath,
    exit: unasked,
    nextTick: process.nextTick,
    stdColumns: null,
  },
  readFileSync: unasked,
  readdirSync: unasked,
  require: unasked,
  getCallerFile: unasked,
  stringWidth: (text) => text.length,
  y18n: {
    __: format,
    __n: (one, other, count, ...values) => format(count === 1 ? one : other, count, ...values),
    getLocale: () => 'en',
    setLocale() {},
    updateLocale() {},
  },
};

export default function yargs(argv) {
  return new YargsInstance(argv, process.cwd(), undefined, platform);
}

function format(text, ...values) {
  return text.replace(/%[sd]/g, () => String(values.shift()));
}

function check(isGood, message) {
  if (!isGood) throw new Error(message ?? 'assertion');
}

function unasked() {
  throw new Error('assertion: the argument parser lays out no help and reads no files');
}
