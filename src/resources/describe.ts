// What describers get to read, and how they write: indented lines through a tabwriter.
// Called by: resources/*.describe.ts; the context is made by cli/commands/describe.ts. Must not know: HTTP, storage.
import type { KubeObject } from '../machinery/types.ts';
import type { ResourceDefinition } from './definition.ts';

/** Reads live objects the way kubectl does: over REST. Missing objects are undefined. */
export interface DescribeReader {
  get<T extends KubeObject>(
    definition: ResourceDefinition<T>,
    key: { namespace?: string | undefined; name: string },
  ): Promise<T | undefined>;
  list<T extends KubeObject>(
    definition: ResourceDefinition<T>,
    options: { namespace?: string | undefined; labelSelector?: string; fieldSelector?: string },
  ): Promise<T[]>;
}

export interface DescribeContext {
  reader: DescribeReader;
  nowMs: number;
  /** --show-events (default true). */
  showsEvents: boolean;
  /** How far the reader's clocks are ahead of UTC at an instant, for times of day. Default: not at all. */
  utcOffsetMinutes?(atMs: number): number;
}
