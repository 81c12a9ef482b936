// Holds the program against recordings of a genuine cluster and against the number of steps that were equal before.
// Called by: npm run goldens [REGEX]. The recordings lie beside the project, not in it; without them this says so and ends.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const recordings = path.resolve(root, '../shared/goldens');
const countFile = path.join(root, 'test/goldens/equal-steps.json');
const only = process.argv[2];

if (!fs.existsSync(recordings)) {
  console.log('goldens: no recordings beside the project, nothing to compare');
  process.exit(0);
}
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-goldens-'));
const filter = only ? ['--only', only] : [];
node([path.join(recordings, 'run.mjs'), '--bin', path.join(root, 'bin'), '--out', out, ...filter], 'ignore');
const compared = node(
  [path.join(recordings, 'compare.mjs'), out, ...filter, '--show', process.env.SHOW ?? '0'],
  'pipe',
);
console.log(compared);
fs.rmSync(out, { recursive: true, force: true });

const equal = Number(/^(\d+)\/\d+ steps equal/m.exec(compared)?.[1] ?? 0);
if (!only) {
  const tracked = JSON.parse(fs.readFileSync(countFile, 'utf8'));
  if (equal < tracked.equalSteps) {
    console.log(`goldens: ${equal} steps are equal, ${tracked.equalSteps} were before`);
    process.exit(1);
  }
  if (equal > tracked.equalSteps && process.env.UPDATE) {
    fs.writeFileSync(countFile, `${JSON.stringify({ equalSteps: equal }, null, 2)}\n`);
  }
}

function node(args, stdout) {
  const result = spawnSync(process.execPath, args, {
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return result.stdout ?? '';
}
