// What `kubectl describe configmap` says.
// Called by: configmap.ts. Must not know: HTTP, storage.
import type { ConfigMap } from './configmap.ts';
import { eventsOf, writeEvents } from './describe.events.ts';
import { writeHead } from './describe.metadata.ts';
import type { DescribeContext } from './describe.ts';
import { tabbed } from './describe.writer.ts';

/** Upstream: ConfigMapDescriber.Describe. */
export async function describeConfigMap(configMap: ConfigMap, context: DescribeContext): Promise<string> {
  const { data = {}, binaryData = {} } = configMap;
  const events = await eventsOf(configMap, context);
  return tabbed((w) => {
    writeHead(w, configMap);
    w.write(0, '\nData\n====\n');
    for (const key of Object.keys(data).sort()) w.write(0, `${key}:\n----\n${data[key]}\n\n`);
    w.write(0, '\nBinaryData\n====\n');
    for (const key of Object.keys(binaryData).sort()) {
      w.write(0, `${key}: ${Buffer.from(binaryData[key] ?? '', 'base64').length} bytes\n`);
    }
    w.write(0, '\n');
    writeEvents(w, events, context);
  });
}
