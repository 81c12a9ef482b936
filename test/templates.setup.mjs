// Makes the folder of the clusters that test files begin with (template.ts), before all tests.
// Called by: Jest (jest.config.js). Must not know: what is put there.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export default function setup() {
  process.env.SANDKUBE_TEMPLATES = fs.mkdtempSync(path.join(os.tmpdir(), 'sandkube-templates-'));
}
