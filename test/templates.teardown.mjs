// Removes what templates.setup.mjs made, after all tests.
// Called by: Jest (jest.config.js).
import fs from 'node:fs';

export default function teardown() {
  fs.rmSync(process.env.SANDKUBE_TEMPLATES, { recursive: true, force: true });
}
