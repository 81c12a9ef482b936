// A process of its own that writes to a state folder: bundled and started by processes.test.ts.
// Arguments: folder, its name, how many pods to create, bytes after which a checkpoint is due. Prints each pod once it is durable.
import fs from 'node:fs';
import { openState } from '../../src/storage/state.ts';

const [folder = '', name = '', count = '', checkpointBytes = ''] = process.argv.slice(2);
const state = openState(folder, { checkpointBytes: Number(checkpointBytes) });
for (let i = 0; i < Number(count); i++) {
  await state.lock();
  const metadata = { namespace: i % 2 === 0 ? 'default' : 'other', name: `${name}-${i}` };
  state.store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata });
  const counter = state.store.get('counters', { name: 'all' });
  const next = { apiVersion: 'v1', kind: 'Counter', metadata: { name: 'all', labels: { n: '1' } } };
  if (counter === undefined) state.store.create('counters', next);
  else {
    next.metadata.labels.n = String(Number(counter.metadata.labels?.['n']) + 1);
    state.store.update('counters', next);
  }
  state.updateMeta({ [name]: i });
  state.commit({ command: `create ${metadata.name}`, atMs: i });
  fs.writeSync(1, `${metadata.namespace}/${metadata.name}\n`);
  state.unlock();
}
